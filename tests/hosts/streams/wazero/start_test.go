// Shows why a data transform may not start in a Redpanda Connect with wazero 1.12.0: Connect compiles a
// module in one runtime and starts it in another. Since 1.12.0, wazero compares the types of imports by
// numbers that each runtime gives out in the order in which it meets the types, and Connect registers
// its functions in the random order of a map. No module can have numbers that always fit.
package wazero

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

type (
	ctx  = context.Context
	half = uint32
)

// The functions of Redpanda Connect 4.105.0, internal/impl/redpanda/functions.go.
var functions = map[string]any{
	"check_abi_version_1":       func(ctx, api.Module) {},
	"check_abi_version_2":       func(ctx, api.Module) {},
	"read_batch_header":         func(_ ctx, _ api.Module, a, b, c, d, e, f, g, h, i, j half) int32 { return -1 },
	"read_next_record":          func(_ ctx, _ api.Module, a, b, c, d, e half) int32 { return -1 },
	"write_record":              func(_ ctx, _ api.Module, a, b half) int32 { return 0 },
	"write_record_with_options": func(_ ctx, _ api.Module, a, b, c, d half) int32 { return 0 },
}

// start registers the functions in this order, and starts the module. If inOne is false, it compiles
// the module in another runtime, as Connect does.
func start(t *testing.T, order []string, inOne bool) error {
	t.Helper()
	ctx := context.Background()
	code, err := os.ReadFile("../../../../dist/crypt32_redpanda_drop.wasm")
	if err != nil {
		t.Fatal(err)
	}
	config := wazero.NewRuntimeConfigInterpreter().WithCompilationCache(wazero.NewCompilationCache())
	runtime := wazero.NewRuntimeWithConfig(ctx, config)
	defer runtime.Close(ctx)
	host := runtime.NewHostModuleBuilder("redpanda_transform")
	for _, name := range order {
		host = host.NewFunctionBuilder().WithFunc(functions[name]).Export(name)
	}
	if _, err := host.Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
	compiler := runtime
	if !inOne {
		compiler = wazero.NewRuntimeWithConfig(ctx, config)
	}
	compiled, err := compiler.CompileModule(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	_, err = runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithStartFunctions())
	return err
}

func orders() [][]string {
	var names []string
	for name := range functions {
		names = append(names, name)
	}
	var all [][]string
	for i := range names {
		all = append(all, append(append([]string{}, names[i:]...), names[:i]...))
	}
	return all
}

func TestItStartsInTheRuntimeThatCompiledIt(t *testing.T) {
	for _, order := range orders() {
		if err := start(t, order, true); err != nil {
			t.Errorf("%v: %v", order, err)
		}
	}
}

func TestInAnotherRuntimeItMayNotStart(t *testing.T) {
	failed := 0
	for _, order := range orders() {
		err := start(t, order, false)
		if err != nil && !strings.Contains(err.Error(), "signature mismatch") {
			t.Errorf("%v: another error: %v", order, err)
		}
		if err != nil {
			failed++
		}
	}
	if failed == 0 {
		t.Error("this wazero starts it; say so in docs/kafka.md")
	}
	t.Logf("%d of %d orders fail", failed, len(functions))
}
