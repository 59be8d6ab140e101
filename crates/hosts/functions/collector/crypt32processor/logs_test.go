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

// fails is a module whose functions for records trap:
//
//	(module (memory (export "memory") 2)
//	  (func (export "clickhouse_create_buffer") (param i32) (result i32) i32.const 64)
//	  (func (export "clickhouse_destroy_buffer") (param i32))
//	  (func (export "crypt32_verdict") (export "crypt32_benign") (param i32 i32) (result i32)
//	    unreachable))
const fails = "AGFzbQEAAAABEwRgAABgAX8Bf2ABfwBgAn9/AX8DBQQAAQIDBQMBAAIHZAUGbWVtb3J5AgAYY2xpY2tob3VzZV9j" +
	"cmVhdGVfYnVmZmVyAAEZY2xpY2tob3VzZV9kZXN0cm95X2J1ZmZlcgACD2NyeXB0MzJfdmVyZGljdAADDmNyeXB0MzJfYmVuaWdu" +
	"AAMKEgQDAAALBQBBwAALAgALAwAACw=="

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
		if module, err := load(context.Background(), broken); err == nil || module != nil {
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
	if l.module, err = load(context.Background(), broken); err != nil {
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
