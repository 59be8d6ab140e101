/**
 * Tags or drops the benign Crypt32 event 8 records that KB2253680 explains, and nothing else.
 *
 * This is the entry for Node, Deno and Bun. It reads its WASM module synchronously, so there is
 * nothing to await, and `require()` works like `import`.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { startSync } from "./core.js";
import { version as coreVersion } from "./crypt32_filter.js";
import { Crypt32ArgumentError } from "./errors.js";
import { load } from "./node-full.js";
import { type Reporter, reporter } from "./report.js";

startSync(readFileSync(new URL("./crypt32_filter_bg.wasm", import.meta.url)));

export {
  type ClassifyFileOptions,
  classifyFile,
  type FileOptions,
  type FileVerdict,
  type FileVerdicts,
  type FilterFileOptions,
  type FilterFileResult,
  filterFile,
  type Progress,
  type ReportFileOptions,
  reportFile,
} from "./node-file.js";
export { createFilterStream, type FilterStream, type FilterStreamOptions } from "./node-stream.js";
export * from "./shared.js";

/**
 * Does nothing, because the module is already loaded. It exists for code that also runs in
 * browsers, where it must be awaited.
 *
 * @example
 * ```js
 * await init();
 * console.log(classify({ EventID: 7 }).verdict); // unrelated
 * ```
 */
export async function init(_source?: unknown): Promise<void> {}

/**
 * Reports on a whole log in any format: by computer, error and hour, with intervals and with the
 * neighbours that contradict the article's cause. Reads JSON, text, syslog, CSV and XML, `.evt` and
 * `.evtx`, compressed (gzip, zstd) or not. The first call loads a second module for this.
 *
 * @param log the log, or its pieces (a stream, a list, a generator); for a file, use
 *   {@link reportFile}
 * @param options the options for verdicts and for reading the log
 * @returns the report; `complete` and `notes` say what could not be read
 * @throws Crypt32ArgumentError if a piece is not text, bytes or an object, or if the log is the name
 *   of a file
 * @throws Crypt32OptionError for an unknown option or value
 *
 * @example
 * ```js
 * const { totals, computers } = await report(process.stdin);
 * console.log(totals.benign, computers.map(({ name }) => name));
 * ```
 */
export const report: Reporter = async (log, options) => {
  if (typeof log === "string" && !log.includes("\n") && existsSync(log)) {
    const name = JSON.stringify(log);
    throw new Crypt32ArgumentError(`${name} is the name of a file; call reportFile(${name})`);
  }
  return reportOn(log, options);
};

const reportOn = reporter(load);

/**
 * The version of this package.
 *
 * @example
 * ```js
 * console.log(/^\d+\.\d+\.\d+/.test(version)); // true
 * ```
 */
export const version: string = coreVersion();
