// wasm-link.mjs FILE: removes unreachable code and data from a linked module.
import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "../www/node_modules/binaryen/index.js";
import { withoutDeadEnds } from "./dead-ends.mjs";

const [, , file] = process.argv;
const module = withoutDeadEnds(readFileSync(file), false);
binaryen.setDebugInfo(true);
writeFileSync(file, module.emitBinary());
