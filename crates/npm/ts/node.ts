/**
 * Tags or drops the benign Crypt32 event 8 records that KB2253680 explains, and nothing else.
 *
 * This is the entry for Node, Deno and Bun. It reads its WASM module synchronously, so that there
 * is nothing to wait for and `require()` works as `import` does.
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
 * Only for code that also runs in browsers, where it must be awaited. Here the module is there
 * already, and nothing is done.
 */
export async function init(_source?: unknown): Promise<void> {}

/**
 * Reports on a whole log of any kind: by computer, error and hour, with intervals and with the
 * neighbours that contradict the article's cause. Reads JSON, text, syslog, CSV and XML, `.evt`
 * and `.evtx`, packed (gzip, zstd) or not. The second module, which can do that, is loaded with
 * the first call.
 *
 * @param log the log, or its pieces (a stream, a list, a generator)
 * @param options what bears on verdicts, and on how the log is read
 * @returns the report; `complete` and `notes` say what could not be read
 * @throws Crypt32ArgumentError if a piece is no text, bytes or object
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
