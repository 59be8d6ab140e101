import type { Verdict } from "./answers.js";
import { type Core, core } from "./core.js";
import { Crypt32ModuleError } from "./errors.js";
import { optionsJson } from "./options.js";
import { type LogRecord, recordBytes } from "./record.js";
import type { ClassifyOptions } from "./types.js";

/** A longer record, in bytes, gets its own instance, so that its memory is released afterwards. */
const LARGE = 256 * 1024;

/**
 * A limit on the size of an answer, which takes much more memory as objects. A record can cause an
 * answer of a hundred times its size.
 */
const LONGEST = 64 * 1024 * 1024;

/**
 * Classifies one record of a log: a JSON object, which may be an envelope of several events, or a
 * line of text. This is a pure function: the same record gives the same answer.
 *
 * @param record the record as text, as bytes or as an object
 * @param options the options that influence a verdict
 * @returns the verdict with its evidence; for an envelope, the verdict that the filter uses, and
 *   one verdict for each event in `events`
 * @throws Crypt32ArgumentError if the record has another type. No content causes an error: an
 *   unreadable record is `unrelated`
 * @throws Crypt32OptionError for an unknown option or value
 * @throws Crypt32ModuleError if the record or the answer needs more memory than is available
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
    throw new Crypt32ModuleError("the record has too many events to list each verdict");
  }
  return JSON.parse(answer) as Verdict;
}

/**
 * Explains the verdict of {@link classify} in words: each condition, what the record says about it,
 * its source, and what would change the verdict.
 *
 * @param record the record as text, as bytes or as an object
 * @param options the options that influence a verdict
 * @returns lines of at most about 100 columns, without colours; control characters and hidden
 *   characters are escaped
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
  // Options are read first, because a getter of an option can change the record.
  const json = optionsJson(options);
  const bytes = recordBytes(record);
  const shared = core();
  const instance = bytes.length > LARGE ? shared.again() : shared;
  return instance.run((core) => question(core, bytes, json));
}
