import { assertStarted } from "./core.js";
import { classify as classifyCore, explain as explainCore } from "./crypt32_filter.js";
import { withOptions } from "./errors.js";
import { type LogRecord, recordBytes } from "./record.js";
import type { ClassifyOptions, Verdict } from "./types.js";

/**
 * Classifies one record as it stands in a log: a JSON object, possibly an envelope of several
 * events, or a line of text. A pure function: the same record gives the same answer.
 *
 * @param record the record as text, as bytes or as an object
 * @param options what bears on a verdict
 * @returns the verdict with its evidence; for an envelope the one that the filter acts on, and
 *   one for each event in `events`
 * @throws Crypt32ArgumentError if the record is none of these. No content throws: what cannot be
 *   read is `unrelated`
 * @throws Crypt32OptionError for an unknown option or value
 *
 * @example
 * ```js
 * const { verdict, basis, reasons } = classify('{"SourceName":"crypt32","EventID":8}');
 * console.log(verdict, basis, reasons); // review null [ 'message', 'url', 'error' ]
 * ```
 */
export function classify(record: LogRecord, options?: ClassifyOptions): Verdict {
  assertStarted();
  const bytes = recordBytes(record);
  return JSON.parse(withOptions((json) => classifyCore(bytes, json), options)) as Verdict;
}

/**
 * Says in words what {@link classify} decides and why: each condition, what was seen, what of the
 * article it rests on, and what would change the verdict.
 *
 * @param record the record as text, as bytes or as an object
 * @param options what bears on a verdict
 * @returns lines of at most about 100 columns, without colours; what a log could use to fool a
 *   terminal is shown as an escape
 * @throws Crypt32ArgumentError, Crypt32OptionError as {@link classify} does
 *
 * @example
 * ```js
 * console.log(explain({ SourceName: "crypt32", EventID: 8 }));
 * ```
 */
export function explain(record: LogRecord, options?: ClassifyOptions): string {
  assertStarted();
  const bytes = recordBytes(record);
  return withOptions((json) => explainCore(bytes, json), options);
}
