/**
 * Tags or drops the benign Crypt32 event 8 records that KB2253680 explains, and nothing else.
 *
 * This is the entry for browsers, their workers and bundlers. Call and await {@link init} first.
 *
 * @module
 */
import { start } from "./core.js";
import { inflate } from "./inline.js";
import { loader, type Reporter, reporter } from "./report.js";

export * from "./shared.js";

/** The sources from which {@link init} can load the module, instead of the package itself. */
export type ModuleSource =
  | string
  | URL
  | Response
  | Promise<Response>
  | BufferSource
  | WebAssembly.Module;

let starting: Promise<void> | undefined;

/**
 * Starts the module. Await it before any other call. Calling it again does nothing.
 *
 * @param source where to load the module from, instead of the package itself: an address, a
 *   `Response`, bytes, or a compiled `WebAssembly.Module`. The package exports this file as
 *   `crypt32-filter/crypt32_filter.wasm`
 * @throws the error of loading the source; `init` can then be called again
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
 * Reports on a whole log in any format: by computer, error and hour, with intervals and with the
 * neighbours that contradict the article's cause. Reads JSON, text, syslog, CSV and XML, `.evt` and
 * `.evtx`, compressed (gzip, zstd) or not. The first call loads a second module for this; it does
 * not need {@link init}.
 *
 * @param log the log, or its pieces (`file.stream()`, `response.body`, a list, a generator)
 * @param options the options for verdicts and for reading the log
 * @returns the report; `complete` and `notes` say what could not be read
 * @throws Crypt32ArgumentError if a piece is not text, bytes or an object
 * @throws Crypt32OptionError for an unknown option or value
 *
 * @example
 * ```js
 * const { totals } = await report(file.stream());
 * console.log(totals.benign);
 * ```
 */
export const report: Reporter = /* @__PURE__ */ reporter(
  /* @__PURE__ */ loader(async () =>
    inflate((await import("./crypt32_full_wasm.js" as string)).default),
  ),
);
