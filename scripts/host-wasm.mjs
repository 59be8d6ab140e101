// host-wasm.mjs IN OUT: removes the panic messages from a host module.
//
// A panic ends in the trap `unreachable`, and nobody can see its message in a module without
// imports. Still, the compiled standard library formats the message first, and every possible panic
// passes a file name, a line and a column. This is an eighth of the module. So this script replaces
// the functions that only lead to the trap by the trap, and blanks file names and locations. The
// module then behaves as before, except that a call no longer depends on how an earlier one ended.
// tests/hosts run the result.
import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "../www/node_modules/binaryen/index.js";

const [, , from, to] = process.argv;
const bytes = readFileSync(from);

/** Reads a LEB128 number at `at`, and returns the value and the end. */
function leb(at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

/** The data segments, with their addresses and bytes. */
function* segments() {
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at];
    const [size, start] = leb(at + 1);
    at = start + size;
    if (id !== 11) continue;
    let [count, next] = leb(start);
    for (; count > 0; count--) {
      // An active segment of memory 0: `i32.const` (positive, below 2^27, so no sign bit), `end`.
      if (bytes[next] !== 0 || bytes[next + 1] !== 0x41) throw new Error("unknown kind of segment");
      const [address, end] = leb(next + 2);
      const [length, data] = leb(end + 1);
      yield { address, data: bytes.subarray(data, data + length) };
      next = data + length;
    }
  }
}

const PATHS =
  /(?:\/rustc\/[0-9a-f]{40}\/|\/rust\/deps\/|[\w.-]+-[0-9a-f]{16}\/|src\/)[\w./-]*?\.rs/g;
const found = new Map();
for (const { address, data } of segments()) {
  for (const match of data.toString("latin1").matchAll(PATHS)) {
    found.set(address + match.index, match[0].length);
    data.fill(0, match.index, match.index + match[0].length);
  }
}
let places = 0;
for (const { data } of segments()) {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let at = 0; at + 16 <= data.length; at += 4) {
    // core::panic::Location has a file name (address and length), a line and a column.
    const path = view.getUint32(at, true);
    const length = found.get(path);
    if (length && view.getUint32(at + 4, true) === length) {
      data.fill(0, at, at + 16);
      places++;
    }
  }
}

const DEAD_ENDS =
  /9panicking|slice_error_fail|slice_index_fail|unwrap_failed|expect_failed|len_mismatch_fail|capacity_overflow|handle_error|handle_alloc_error|panic_handler|Debug(?:\$GT\$)?3fmt|PadAdapter/;
const module = binaryen.readBinary(bytes);
let functions = 0;
for (let i = 0; i < module.getNumFunctions(); i++) {
  const fn = module.getFunctionByIndex(i);
  if (DEAD_ENDS.test(binaryen.getFunctionInfo(fn).name)) {
    binaryen.Function.setBody(fn, module.unreachable());
    functions++;
  }
}
if (!functions || !places) throw new Error(`${from}: no panics found; were the names stripped?`);

// If a host aborts a call, the stack pointer stays where it was. Each call resets it, so that an
// aborted call takes no stack from later ones. `allocate` is called within other calls, so it does
// not.
const pointer = binaryen.getGlobalInfo(module.getGlobal("__stack_pointer"));
const start = binaryen.getExpressionInfo(pointer.init).value;
for (let i = 0; i < module.getNumExports(); i++) {
  const { kind, name, value } = binaryen.getExportInfo(module.getExportByIndex(i));
  if (kind !== binaryen.ExternalFunction || ["allocate", "memcmp"].includes(name)) continue;
  const fn = module.getFunction(value);
  const { results, body } = binaryen.getFunctionInfo(fn);
  const reset = module.global.set(pointer.name, module.i32.const(start));
  binaryen.Function.setBody(fn, module.block(null, [reset, body], results));
}
// Rust exports its C symbols, but only the module itself uses this one
// (crates/hosts/support/src/memcmp.rs).
module.removeExport("memcmp");
// The names stay, because options of wasm-opt refer to them.
binaryen.setDebugInfo(true);
writeFileSync(to, module.emitBinary());
