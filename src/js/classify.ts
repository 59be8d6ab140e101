import { classify as classifyCore } from "./crypt32_filter.js";
import { argumentError, isBytes, optionError, optionsJson } from "./errors.js";
import type { ClassifyOptions, Verdict } from "./types.js";

const encoder = new TextEncoder();

/**
 * Classifies one record: a JSON object as it stands in a log, possibly an envelope of several
 * events. A pure function: the same record gives the same answer.
 *
 * @param record the record as text or as bytes
 * @returns the verdict with its evidence; for an envelope the one that the filter acts on, and
 *   one for each event in `events`
 * @throws TypeError with a `code`, for an argument or option of the wrong kind. No record throws:
 *   what cannot be read is `unrelated`
 *
 * @example
 * ```js
 * const { verdict, basis, reasons } = classify('{"SourceName":"crypt32","EventID":8, ...}');
 * ```
 */
export function classify(record: string | Uint8Array, options?: ClassifyOptions): Verdict {
  const bytes = typeof record === "string" ? encoder.encode(record) : record;
  if (!isBytes(bytes)) {
    throw argumentError("a record is a string or bytes (Uint8Array or Buffer)", record);
  }
  let json: string;
  try {
    json = classifyCore(bytes, optionsJson(options));
  } catch (thrown) {
    throw optionError(thrown);
  }
  return JSON.parse(json) as Verdict;
}
