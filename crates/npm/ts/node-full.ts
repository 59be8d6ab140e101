import { readFileSync } from "node:fs";
import { loader } from "./report.js";

/** Loads the second module from the package's folder. @internal */
export const load = loader(() => readFileSync(new URL("./crypt32_full_bg.wasm", import.meta.url)));
