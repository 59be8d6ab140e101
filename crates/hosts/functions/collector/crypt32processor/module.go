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

//go:embed crypt32_filter.wasm
var code []byte

// The words of the verdict.
const (
	unrelated = "unrelated"
	benign    = "benign"
)

// A call gets at most this many bytes. A longer record passes unread, as everywhere.
const largest = 1 << 20

// judgement is the answer about a record. It is accepted if it is benign and its error is one that
// Microsoft's articles print.
type judgement struct {
	verdict  string
	accepted bool
}

// module is an instance of crypt32_filter.wasm, with its functions for ClickHouse. They take a
// column of records, in ClickHouse's format RowBinary.
type module struct {
	runtime                          wazero.Runtime
	memory                           api.Memory
	create, destroy, verdict, accept api.Function
}

func load(ctx context.Context, code []byte) (*module, error) {
	m := &module{runtime: wazero.NewRuntime(ctx)}
	instance, err := m.runtime.Instantiate(ctx, code)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("crypt32_filter.wasm: %w", err), m.close(ctx))
	}
	m.memory = instance.Memory()
	for name, function := range map[string]*api.Function{
		"clickhouse_create_buffer":  &m.create,
		"clickhouse_destroy_buffer": &m.destroy,
		"crypt32_verdict":           &m.verdict,
		"crypt32_benign":            &m.accept,
	} {
		if *function = instance.ExportedFunction(name); *function == nil {
			return nil, errors.Join(fmt.Errorf("crypt32_filter.wasm has no %s", name), m.close(ctx))
		}
	}
	return m, nil
}

func (m *module) close(ctx context.Context) error {
	return m.runtime.Close(ctx)
}

// judge answers about each record, in as few calls as possible.
func (m *module) judge(ctx context.Context, records [][]byte) ([]judgement, error) {
	judgements := make([]judgement, len(records))
	for i := range judgements {
		judgements[i].verdict = unrelated
	}
	for start := 0; start < len(records); {
		var column []byte
		end := start
		for end < len(records) && (end == start || len(column)+len(records[end]) <= largest) {
			record := records[end]
			if len(record) > largest {
				record = nil
			}
			column = append(binary.AppendUvarint(column, uint64(len(record))), record...)
			end++
		}
		if err := m.some(ctx, column, judgements[start:end]); err != nil {
			return nil, err
		}
		start = end
	}
	return judgements, nil
}

// some answers about the records of a column.
func (m *module) some(ctx context.Context, column []byte, judgements []judgement) error {
	verdicts, err := m.ask(ctx, m.verdict, column, len(judgements))
	if err != nil {
		return err
	}
	found := false
	for i := range judgements {
		// Every word is shorter than 128 bytes, so its length is one byte.
		if len(verdicts) == 0 || len(verdicts) <= int(verdicts[0]) {
			return nil
		}
		judgements[i].verdict = string(verdicts[1 : 1+verdicts[0]])
		found = found || judgements[i].verdict == benign
		verdicts = verdicts[1+verdicts[0]:]
	}
	if !found {
		return nil
	}
	accepted, err := m.ask(ctx, m.accept, column, len(judgements))
	for i, one := range accepted {
		judgements[i].accepted = one == 1
	}
	return err
}

// ask calls a function. Without memory for the records, it returns nothing, and they pass.
func (m *module) ask(ctx context.Context, function api.Function, column []byte, rows int) ([]byte, error) {
	block, err := m.create.Call(ctx, uint64(len(column)))
	if err != nil || block[0] == 0 {
		return nil, err
	}
	if data, _ := m.memory.ReadUint32Le(uint32(block[0])); !m.memory.Write(data, column) {
		return nil, errors.New("the buffer is outside of the memory")
	}
	answer, err := function.Call(ctx, block[0], uint64(rows))
	if err != nil {
		return nil, err
	}
	if _, err := m.destroy.Call(ctx, block[0]); err != nil || answer[0] == 0 {
		return nil, err
	}
	data, _ := m.memory.ReadUint32Le(uint32(answer[0]))
	size, _ := m.memory.ReadUint32Le(uint32(answer[0]) + 4)
	view, _ := m.memory.Read(data, size)
	out := append([]byte(nil), view...)
	_, err = m.destroy.Call(ctx, answer[0])
	return out, err
}
