// host-wasm.mjs IN OUT: a host module without what nothing in it can come to (dead-ends.mjs), in which a
// call does not depend on how an earlier one ended. tests/hosts run the result.
import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "../www/node_modules/binaryen/index.js";
import { withoutDeadEnds } from "./dead-ends.mjs";

const [, , from, to] = process.argv;
const module = withoutDeadEnds(readFileSync(from), true);

// If a host aborts a call, the stack pointer stays where it was. Each call resets it, so that an
// aborted call takes no stack from later ones. A host with functions to import allocates and frees
// within calls, so there these exports do not reset it.
const functions = Array.from({ length: module.getNumFunctions() }, (_, i) =>
  binaryen.getFunctionInfo(module.getFunctionByIndex(i)),
);
const within = functions.some(({ base }) => base) ? ["allocate", "malloc", "free"] : [];
const pointer = binaryen.getGlobalInfo(module.getGlobal("__stack_pointer"));
const start = binaryen.getExpressionInfo(pointer.init).value;
for (let i = 0; i < module.getNumExports(); i++) {
  const { kind, name, value } = binaryen.getExportInfo(module.getExportByIndex(i));
  if (kind !== binaryen.ExternalFunction || [...within, "memcmp"].includes(name)) continue;
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
