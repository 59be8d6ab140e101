// Reads records as a program in Go does, into a struct with the names of the shapes: names that differ
// in case only are one. The file in the first argument has the names, a line each; each line of standard
// input is a JSON string that holds a record, each line of the output what the struct then holds.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
)

var anything = reflect.TypeFor[any]()

// of gives the type of an object that has these names: what begins longer ones is an object itself,
// unless the record has something else there.
func of(names []string, record map[string]any, top bool) reflect.Type {
	var order []string
	below := map[string][]string{}
	for _, name := range names {
		first, rest, dotted := strings.Cut(name, ".")
		if _, seen := below[first]; !seen {
			order = append(order, first)
			below[first] = nil
		}
		if dotted {
			below[first] = append(below[first], rest)
			if top {
				order = append(order, name)
			}
		}
	}
	var fields []reflect.StructField
	for at, name := range order {
		kind := anything
		inner, isObject := record[name].(map[string]any)
		if _, there := record[name]; len(below[name]) > 0 && (isObject || !there) {
			kind = of(below[name], inner, false)
		}
		tag := fmt.Sprintf(`json:"%s,omitzero"`, name)
		field := reflect.StructField{Name: fmt.Sprintf("F%d", at), Type: kind, Tag: reflect.StructTag(tag)}
		fields = append(fields, field)
	}
	return reflect.StructOf(fields)
}

func read(line string, names []string) (string, error) {
	var text string
	if err := json.Unmarshal([]byte(line), &text); err != nil {
		return "", err
	}
	var record map[string]any
	if err := json.Unmarshal([]byte(text), &record); err != nil {
		return "", err
	}
	value := reflect.New(of(names, record, true))
	err := json.Unmarshal([]byte(text), value.Interface())
	if kind := (*json.UnmarshalTypeError)(nil); err != nil && !errors.As(err, &kind) {
		return "", err
	}
	out, err := json.Marshal(value.Interface())
	return string(out), err
}

func main() {
	file, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	names := strings.Fields(string(file))
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		record, err := read(lines.Text(), names)
		if err != nil {
			panic(err)
		}
		out, _ := json.Marshal([]string{record})
		fmt.Println(string(out))
	}
}
