package crypt32processor

import (
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

//go:embed crypt32_plain.wasm
var code []byte

// The words of a judgement, by their numbers in the module.
var (
	verdicts = [...]string{"unrelated", "benign", "review"}
	bases    = [...]string{"", "listed", "sibling", "cause"}
)

// A call gets at most this many bytes. A longer record passes unread, as everywhere.
const largest = 1 << 20

// The bit of a length that marks the text of an error.
const failed = 1 << 31

// judgement is the answer about a record: bits 0 and 1 have the verdict, bits 2 and 3 the basis, and
// bit 4 says that the record is dropped.
type judgement byte

func (j judgement) verdict() string { return verdicts[min(int(j&3), len(verdicts)-1)] }
func (j judgement) basis() string   { return bases[j>>2&3] }
func (j judgement) drops() bool     { return j>>4&1 == 1 }

// module is an instance of crypt32_plain.wasm.
type module struct {
	runtime                        wazero.Runtime
	memory                         api.Memory
	alloc, dealloc, options, judge api.Function
}

// errMemory says that the module has no memory for an input.
var errMemory = errors.New("crypt32_plain.wasm: out of memory")

// How the module runs: interpreted starts at once, and compiled is faster.
var (
	interpreted = wazero.NewRuntimeConfigInterpreter
	compiled    = wazero.NewRuntimeConfig
)

func load(ctx context.Context, code []byte, config *Config, runs func() wazero.RuntimeConfig) (*module, error) {
	m := &module{runtime: wazero.NewRuntimeWithConfig(ctx, runs())}
	err := m.start(ctx, code)
	if err == nil {
		err = config.set(ctx, m)
	}
	if err != nil {
		return nil, errors.Join(err, m.close(ctx))
	}
	return m, nil
}

func (m *module) start(ctx context.Context, code []byte) error {
	instance, err := m.runtime.Instantiate(ctx, code)
	if err != nil {
		return fmt.Errorf("crypt32_plain.wasm: %w", err)
	}
	m.memory = instance.Memory()
	for name, function := range map[string]*api.Function{
		"alloc":           &m.alloc,
		"dealloc":         &m.dealloc,
		"crypt32_options": &m.options,
		"crypt32_judge":   &m.judge,
	} {
		if *function = instance.ExportedFunction(name); *function == nil {
			return fmt.Errorf("crypt32_plain.wasm has no %s", name)
		}
	}
	return nil
}

func (m *module) close(ctx context.Context) error {
	return m.runtime.Close(ctx)
}

// all answers about each record, in as few calls as possible.
func (m *module) all(ctx context.Context, records [][]byte) ([]judgement, error) {
	judgements := make([]judgement, len(records))
	for start := 0; start < len(records); {
		var column []byte
		end := start
		for end < len(records) && (end == start || len(column)+len(records[end]) <= largest) {
			record := records[end]
			if len(record) > largest {
				record = nil
			}
			column = append(binary.LittleEndian.AppendUint32(column, uint32(len(record))), record...)
			end++
		}
		// Without memory for them, records pass.
		answer, _, err := m.call(ctx, m.judge, column)
		if err != nil && err != errMemory {
			return nil, err
		}
		for i, one := range answer[:min(len(answer), end-start)] {
			judgements[start+i] = judgement(one)
		}
		start = end
	}
	return judgements, nil
}

// call calls a function with bytes, and returns the bytes of its answer or the text of an error.
func (m *module) call(ctx context.Context, function api.Function, in []byte) (out []byte, wrong string, err error) {
	block, err := m.alloc.Call(ctx, uint64(len(in)))
	if err != nil {
		return nil, "", err
	}
	if !m.memory.Write(uint32(block[0]), in) {
		return nil, "", errMemory
	}
	answer, err := function.Call(ctx, block[0], uint64(len(in)))
	if err != nil {
		return nil, "", err
	}
	at, size := answer[0]>>32, uint32(answer[0])
	view, _ := m.memory.Read(uint32(at), size&^failed)
	if size&failed != 0 {
		wrong = string(view)
	} else {
		out = append(out, view...)
	}
	_, err = m.dealloc.Call(ctx, block[0], uint64(len(in)))
	if err == nil {
		_, err = m.dealloc.Call(ctx, at, uint64(len(view)))
	}
	return out, wrong, err
}
