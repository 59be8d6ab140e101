// Removes the unreachable code and data of a module.
//
// A panic ends in the trap `unreachable`, and nobody sees its message: a host module has no imports, and
// JavaScript gets only the trap. But the compiled standard library formats a message first, and every place
// that can panic passes a file name, a line and a column. This is an eighth of a module. So this script
// replaces the functions that only lead to the trap by the trap, and blanks file names and places. Then
// nothing refers to what only messages needed: tables of Unicode, texts, functions called by pointer. The
// linker cannot know this, but it keeps its relocations (`--emit-relocs`), which name what each function and
// each piece of data refers to. The behaviour of the module does not change.
import binaryen from "../www/node_modules/binaryen/index.js";
import { reachable, sections, segments, withoutRelocations } from "./relocations.mjs";

const PATHS =
  /(?:\/rustc\/[0-9a-f]{40}\/|\/rust\/deps\/|[\w.-]+-[0-9a-f]{16}\/|src\/)[\w./-]*?\.rs/g;

const DEAD_ENDS =
  /9panicking|assert_failed|radix_panic|slice_error_fail|slice_index_fail|unwrap_failed|expect_failed|len_mismatch_fail|capacity_overflow|7raw_vec12handle_error|handle_alloc_error|panic_handler/;
/** Functions that only messages need, in a module that formats none of its values. */
const SHOWN = /Debug(?:\$GT\$)?3fmt|PadAdapter/;

/** Returns the module as a binaryen module. `isSilent`: the module formats none of its values. */
export function withoutDeadEnds(bytes, isSilent) {
  const isDeadEnd = (name) => DEAD_ENDS.test(name) || (isSilent && SHOWN.test(name));
  const parts = sections(bytes);
  const data = segments(bytes, parts);
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

  const used = reachable(bytes, parts, data, isDeadEnd);
  for (const { content, from, to } of used.deadData) content.fill(0, from, to);
  const module = binaryen.readBinary(withoutRelocations(bytes, parts));
  let functions = 0;
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const fn = module.getFunctionByIndex(i);
    const { name, module: imported } = binaryen.getFunctionInfo(fn);
    if (imported) continue;
    // Binaryen keeps the order of functions. If two have the same name, it renames the second.
    const own = used.names.get(i) ?? name;
    if (!name.startsWith(own)) throw new Error(`${own} is number ${i}, and so is ${name}`);
    if (isDeadEnd(own) || used.deadFunctions.has(i)) {
      binaryen.Function.setBody(fn, module.unreachable());
      functions++;
    }
  }
  if (!functions || !places) throw new Error("no panics found; were the names stripped?");
  return module;
}
