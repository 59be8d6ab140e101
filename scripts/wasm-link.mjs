// wasm-link.mjs FILE: takes out of a linked module what nothing comes to.
import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "../www/node_modules/binaryen/index.js";
import { withoutDeadEnds } from "./dead-ends.mjs";

const [, , file] = process.argv;
const module = withoutDeadEnds(readFileSync(file), false);
binaryen.setDebugInfo(true);
writeFileSync(file, module.emitBinary());
