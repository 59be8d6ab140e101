// What in a module no export comes to, taken out of it.
//
// A panic ends in the trap `unreachable`, and nobody sees what it would have said: a host module has no
// imports, and JavaScript gets the trap. Yet the compiled standard library formats a message first, and
// every place that could panic hands it a file name, a line and a column. That is an eighth of a module, so
// here the functions that only lead up to the trap become the trap, and file names and places are
// blanked. Then nothing leads to what only messages needed: tables of Unicode, texts, functions behind
// pointers. The linker cannot know that, but it leaves its relocations (`--emit-relocs`), which say what
// each function and each piece of data refers to. What the module does is unchanged.
import binaryen from "../www/node_modules/binaryen/index.js";
import { reachable, sections, segments, withoutRelocations } from "./relocations.mjs";

const PATHS =
  /(?:\/rustc\/[0-9a-f]{40}\/|\/rust\/deps\/|[\w.-]+-[0-9a-f]{16}\/|src\/)[\w./-]*?\.rs/g;

const DEAD_ENDS =
  /9panicking|assert_failed|radix_panic|slice_error_fail|slice_index_fail|unwrap_failed|expect_failed|len_mismatch_fail|capacity_overflow|7raw_vec12handle_error|handle_alloc_error|panic_handler/;
/** What only messages need, in a module that shows nobody a value of its own. */
const SHOWN = /Debug(?:\$GT\$)?3fmt|PadAdapter/;

/** The module in these bytes, as binaryen has it. `isSilent`: it shows nobody a value of its own. */
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
    // Binaryen has them in their order; where two have one name, it changes the second.
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
