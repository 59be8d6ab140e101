/**
 * Tags or drops the benign Crypt32 event 8 records that KB2253680 explains, and nothing else.
 *
 * This is the entry for Node, Deno and Bun. It reads its WASM module synchronously, so there is
 * nothing to await, and `require()` works like `import`.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { startSync } from "./core.js";
import { version as coreVersion } from "./crypt32_filter.js";
import { type Reporter, reporter } from "./report.js";

startSync(readFileSync(new URL("./crypt32_filter_bg.wasm", import.meta.url)));

export { createFilterStream, type FilterStream, type FilterStreamOptions } from "./node-stream.js";
export * from "./shared.js";

/**
 * Does nothing, because the module is already loaded. It exists for code that also runs in
 * browsers, where it must be awaited.
 */
export async function init(_source?: unknown): Promise<void> {}

/**
 * Reports on a whole log in any format: by computer, error and hour, with intervals and with the
 * neighbours that contradict the article's cause. Reads JSON, text, syslog, CSV and XML, `.evt` and
 * `.evtx`, compressed (gzip, zstd) or not. The first call loads a second module for this.
 *
 * @param log the log, or its pieces (a stream, a list, a generator)
 * @param options the options for verdicts and for reading the log
 * @returns the report; `complete` and `notes` say what could not be read
 * @throws Crypt32ArgumentError if a piece is not text, bytes or an object
 * @throws Crypt32OptionError for an unknown option or value
 *
 * @example
 * ```js
 * import { createReadStream } from "node:fs";
 * const { totals, computers } = await report(createReadStream("Application.evtx"));
 * console.log(totals.benign, computers.map(({ name }) => name));
 * ```
 */
export const report: Reporter = reporter(() =>
  readFileSync(new URL("./crypt32_full_bg.wasm", import.meta.url)),
);

/** The version of this package. */
export const version: string = coreVersion();
