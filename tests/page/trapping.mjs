// The page's module with additional traps: it stops at a certain word as if its stack were
// exhausted, and at every later call.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./browser.mjs";

const require = createRequire(join(root, "www/package.json"));
const { default: binaryen } = await import(pathToFileURL(require.resolve("binaryen")).href);
const { i32, createType } = binaryen;

/**
 * The words that stop it: in a piece of a file, at the end of the file with the word, and in the
 * filter.
 */
export const WORDS = { piece: "TRAP", end: "LATE", filter: "TAKE" };
const LATE = "late";

export function trapping(module) {
  const made = binaryen.readBinary(module);
  made.addGlobal(LATE, i32, true, made.i32.const(0));
  const stop = () => {
    const stack = binaryen.getGlobalInfo(made.getGlobalByIndex(0)).name;
    return made.block(null, [made.global.set(stack, made.i32.const(0)), made.unreachable()]);
  };
  const note = () => made.global.set(LATE, made.i32.const(1));
  wrap(made, "triage_push", 3, [look(made, WORDS.piece, stop()), look(made, WORDS.end, note())]);
  wrap(made, "triage_endFile", 1, [made.if(made.global.get(LATE, i32), stop())]);
  wrap(made, "filtercore_push", 3, [look(made, WORDS.filter, stop())]);
  if (!made.validate()) throw new Error("the module is not valid");
  return Buffer.from(made.emitBinary());
}

/** Calls a function before an export with that many parameters. */
function wrap(made, name, params, before) {
  const { value: inner } = binaryen.getExportInfo(made.getExport(name));
  const { results } = binaryen.getFunctionInfo(made.getFunction(inner));
  const outer = `before ${name}`;
  const given = Array.from({ length: params }, (_, i) => made.local.get(i, i32));
  const body = made.block(null, [...before, made.call(inner, given, results)], results);
  made.addFunction(outer, createType(given.map(() => i32)), results, [i32], body);
  made.removeExport(name);
  made.addFunctionExport(outer, name);
}

/** Searches the bytes for a word; the second parameter is the address, the third the length. */
function look(made, word, found) {
  const [bytes, length, at] = [1, 2, 3].map((i) => () => made.local.get(i, i32));
  const number = (value) => made.i32.const(value);
  const here = made.i32.load(0, 1, made.i32.add(bytes(), at()));
  const loop = `look for ${word}`;
  const step = made.block(null, [
    made.if(made.i32.eq(here, number(Buffer.from(word).readInt32LE())), found),
    made.local.set(3, made.i32.add(at(), number(1))),
    made.br(loop),
  ]);
  const more = made.i32.le_u(made.i32.add(at(), number(4)), length());
  return made.block(null, [made.local.set(3, number(0)), made.loop(loop, made.if(more, step))]);
}
