/**
 * Tags or drops the benign Crypt32 event 8 records that KB2253680 explains, and nothing else.
 *
 * This is the entry for browsers, their workers and bundlers. Await {@link init} before anything
 * else.
 *
 * @module
 */
import { start } from "./core.js";
import { inflate } from "./inline.js";
import { type Reporter, reporter } from "./report.js";

export * from "./shared.js";

/** What {@link init} takes in place of the module that the package carries. */
export type ModuleSource =
  | string
  | URL
  | Response
  | Promise<Response>
  | BufferSource
  | WebAssembly.Module;

let starting: Promise<void> | undefined;

/**
 * Starts the module. To be awaited before anything else; calling it again does nothing more.
 *
 * @param source where to take the module from, if not from the package itself: its address, a
 *   `Response`, bytes, or a compiled `WebAssembly.Module`. It is the file that the package exports
 *   as `crypt32-filter/crypt32_filter.wasm`
 * @throws whatever loading the source throws; then it can be called again
 *
 * @example
 * ```js
 * await init();
 * console.log(classify('{"SourceName":"crypt32","EventID":8}').verdict); // review
 * ```
 */
export function init(source?: ModuleSource): Promise<void> {
  starting ??= start(source ?? carried()).catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

async function carried(): Promise<ArrayBuffer> {
  return inflate((await import("./crypt32_filter_wasm.js" as string)).default);
}

/**
 * Reports on a whole log of any kind: by computer, error and hour, with intervals and with the
 * neighbours that contradict the article's cause. Reads JSON, text, syslog, CSV and XML, `.evt`
 * and `.evtx`, packed (gzip, zstd) or not. The second module, which can do that, is loaded with
 * the first call; it does not need {@link init}.
 *
 * @param log the log, or its pieces (`file.stream()`, `response.body`, a list, a generator)
 * @param options what bears on verdicts, and on how the log is read
 * @returns the report; `complete` and `notes` say what could not be read
 * @throws Crypt32ArgumentError if a piece is no text, bytes or object
 * @throws Crypt32OptionError for an unknown option or value
 *
 * @example
 * ```js
 * const { totals } = await report(file.stream());
 * console.log(totals.benign);
 * ```
 */
export const report: Reporter = /* @__PURE__ */ reporter(async () =>
  inflate((await import("./crypt32_full_wasm.js" as string)).default),
);
