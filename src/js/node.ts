/**
 * Tags or drops the benign Crypt32 event 8 records that KB2253680 explains, and nothing else.
 *
 * This is the entry for Node. It reads its WASM module synchronously, so that there is nothing to
 * wait for and `require()` works as `import` does.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { version as coreVersion, initSync } from "./crypt32_filter.js";

initSync({ module: readFileSync(new URL("./crypt32_filter_bg.wasm", import.meta.url)) });

export { classify } from "./classify.js";
export type { ErrorCode } from "./errors.js";
export { Filter } from "./filter.js";
export type {
  Action,
  Basis,
  ClassifyOptions,
  ComputerLedger,
  Condition,
  EventVerdict,
  Evidence,
  FilterOptions,
  Ledger,
  Localised,
  Outcome,
  Related,
  Verdict,
} from "./types.js";

/** The version of this package. */
export const version: string = coreVersion();
