// host-wasm.mjs IN OUT: removes from a host module everything that no call can reach.
//
// A panic ends in the trap `unreachable`, and nobody can see its message in a module without
// imports. Still, the compiled standard library formats the message first, and every possible panic
// passes a file name, a line and a column. This is an eighth of the module. So this script replaces
// the functions that only lead to the trap by the trap, and blanks file names and locations. Then
// nothing refers to the code and data that only messages needed. The linker cannot know this, but
// its relocations (`--emit-relocs`) say what each function and each piece of data refers to. The
// module then behaves as before, except that a call no longer depends on how an earlier one ended.
// tests/hosts run the result.
import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "../www/node_modules/binaryen/index.js";
import { reachable, sections, segments, withoutRelocations } from "./host-relocations.mjs";

const [, , from, to] = process.argv;
const bytes = readFileSync(from);
const parts = sections(bytes);
const data = segments(bytes, parts);

const PATHS =
  /(?:\/rustc\/[0-9a-f]{40}\/|\/rust\/deps\/|[\w.-]+-[0-9a-f]{16}\/|src\/)[\w./-]*?\.rs/g;
const found = new Map();
for (const { address, content } of data) {
  for (const match of content.toString("latin1").matchAll(PATHS)) {
    found.set(address + match.index, match[0].length);
    content.fill(0, match.index, match.index + match[0].length);
  }
}
let places = 0;
for (const { content } of data) {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  for (let at = 0; at + 16 <= content.length; at += 4) {
    // core::panic::Location: a file name as address and length, a line, a column.
    const path = view.getUint32(at, true);
    const length = found.get(path);
    if (length && view.getUint32(at + 4, true) === length) {
      content.fill(0, at, at + 16);
      places++;
    }
  }
}

const DEAD_ENDS =
  /9panicking|slice_error_fail|slice_index_fail|unwrap_failed|expect_failed|len_mismatch_fail|capacity_overflow|handle_error|handle_alloc_error|panic_handler|Debug(?:\$GT\$)?3fmt|PadAdapter/;
const used = reachable(bytes, parts, data, (name) => DEAD_ENDS.test(name));
for (const { content, from, to } of used.deadData) content.fill(0, from, to);
const module = binaryen.readBinary(withoutRelocations(bytes, parts));
let functions = 0;
for (let i = 0; i < module.getNumFunctions(); i++) {
  const fn = module.getFunctionByIndex(i);
  const { name, module: imported } = binaryen.getFunctionInfo(fn);
  if (imported) continue;
  if (DEAD_ENDS.test(name) || used.deadFunctions.has(name)) {
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
