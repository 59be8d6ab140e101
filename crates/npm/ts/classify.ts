import { type Core, core } from "./core.js";
import { Crypt32ModuleError } from "./errors.js";
import { optionsJson } from "./options.js";
import { type LogRecord, recordBytes } from "./record.js";
import type { ClassifyOptions, Verdict } from "./types.js";

/** A longer record, in bytes, has an instance to itself: what it takes is given back at its end. */
const LARGE = 256 * 1024;

/** A longer answer would take much more as objects; a record can ask for a hundred times its size. */
const LONGEST = 64 * 1024 * 1024;

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
 * @throws Crypt32ModuleError if the record, or the answer, takes more memory than there is
 *
 * @example
 * ```js
 * const { verdict, basis, reasons } = classify('{"SourceName":"crypt32","EventID":8}');
 * console.log(verdict, basis, reasons); // review null [ 'message', 'url', 'error' ]
 * ```
 */
export function classify(record: LogRecord, options?: ClassifyOptions): Verdict {
  const answer = ask(record, options, (core, bytes, json) => core.classify(bytes, json));
  if (answer.length > LONGEST) {
    throw new Crypt32ModuleError("the record holds too many events to tell them one by one");
  }
  return JSON.parse(answer) as Verdict;
}

/**
 * Says in words what {@link classify} decides and why: each condition, what was seen, what of the
 * article it rests on, and what would change the verdict.
 *
 * @param record the record as text, as bytes or as an object
 * @param options what bears on a verdict
 * @returns lines of at most about 100 columns, without colours; what a log could use to fool a
 *   terminal is shown as an escape
 * @throws Crypt32ArgumentError, Crypt32OptionError, Crypt32ModuleError as {@link classify} does
 *
 * @example
 * ```js
 * console.log(explain({ SourceName: "crypt32", EventID: 8 }));
 * ```
 */
export function explain(record: LogRecord, options?: ClassifyOptions): string {
  return ask(record, options, (core, bytes, json) => core.explain(bytes, json));
}

function ask(
  record: LogRecord,
  options: ClassifyOptions | undefined,
  question: (core: Core, record: Uint8Array, options: string) => string,
): string {
  // Options first: to read them can run code, and so change the record.
  const json = optionsJson(options);
  const bytes = recordBytes(record);
  const shared = core();
  const instance = bytes.length > LARGE ? shared.again() : shared;
  return instance.run((core) => question(core, bytes, json));
}
