package crypt32processor

import (
	"context"
	"encoding/base64"
	"testing"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/metric/noop"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// fails is a module whose function for records traps:
//
//	(module (memory (export "memory") 2)
//	  (func (export "alloc") (param i32) (result i32) i32.const 64)
//	  (func (export "dealloc") (param i32 i32))
//	  (func (export "crypt32_options") (param i32 i32) (result i64) i64.const 0)
//	  (func (export "crypt32_judge") (param i32 i32) (result i64) unreachable))
const fails = "AGFzbQEAAAABEQNgAn9/AX5gAX8Bf2ACf38AAwUEAQIAAAUDAQACBz4FBm1lbW9yeQIABWFsbG9jAAAHZGVhbGxvYwABD2NyeXB0" +
	"MzJfb3B0aW9ucwACDWNyeXB0MzJfanVkZ2UAAwoTBAUAQcAACwIACwQAQgALAwAACw=="

func batch(bodies ...string) plog.Logs {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for _, body := range bodies {
		records.AppendEmpty().Body().SetStr(body)
	}
	return logs
}

func TestBrokenModulesDoNotStart(t *testing.T) {
	empty := []byte("\x00asm\x01\x00\x00\x00")
	for _, broken := range [][]byte{nil, []byte("no module"), code[:len(code)/2], empty} {
		if module, err := load(context.Background(), broken, &Config{}, interpreted); err == nil || module != nil {
			t.Errorf("a module of %d bytes starts", len(broken))
		}
	}
}

func TestRecordsPassAfterAFailureThatIsLoggedOnce(t *testing.T) {
	core, logged := observer.New(zap.InfoLevel)
	set := component.TelemetrySettings{Logger: zap.New(core), MeterProvider: noop.NewMeterProvider()}
	l, err := newLogs(set, &Config{Action: "drop", Accept: []string{"listed", "sibling"}})
	if err != nil {
		t.Fatal(err)
	}
	broken, _ := base64.StdEncoding.DecodeString(fails)
	if l.module, err = load(context.Background(), broken, l.config, compiled); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		out, err := l.process(context.Background(), batch("a", "b"))
		if err != nil || out.LogRecordCount() != 2 {
			t.Errorf("%d records, %v", out.LogRecordCount(), err)
		}
	}
	if logged.Len() != 1 {
		t.Errorf("%d messages", logged.Len())
	}
}
