import type { Basis, Summary } from "./answers.js";

/** The filter's action. `observe` passes everything unchanged and counts. */
export type Action = "tag" | "drop" | "observe";

/** A message template of a localised Windows, and its error texts with their codes. */
export interface Localised {
  /** The message, with `%1` for the URL and then `%2` for the error. */
  template: string;
  /** Error texts in that language, each with the decimal code of a known error. */
  errors: Record<string, number>;
  /** Words for the category None in that language. */
  none?: readonly string[] | undefined;
}

/** The options that influence a verdict. */
export interface ClassifyOptions {
  /** Whether a record without its operating system gets `review`. Default: false. */
  requireSystem?: boolean | undefined;
  /** Log (channel) names to accept in addition to Application and ForwardedEvents. */
  logs?: readonly string[] | undefined;
  /** Templates and error texts of localised Windows. None are built in. */
  localised?: readonly Localised[] | undefined;
}

/** The options of a {@link Filter}. On the command line, `keepEvery` is `--keep-every`. */
export interface FilterOptions extends ClassifyOptions {
  /** The action. Default: `tag`. */
  action?: Action | undefined;
  /** The bases that `drop` drops and that get the word `benign`. Default: `listed`, `sibling`. */
  accept?: readonly Basis[] | undefined;
  /**
   * With `drop`: keep and tag the first benign record of each computer, and then every Nth.
   * Default: 0, which keeps none.
   */
  keepEvery?: number | undefined;
  /**
   * With `drop`: drop only records of computers whose whole name matches one of these regular
   * expressions, in any case. Default: none, so those of all computers.
   */
  onlyComputers?: readonly string[] | undefined;
  /** The name of the member that holds the tag. Default: `kb`. */
  key?: string | undefined;
  /** Whether to add words to `tags`. Default: true. */
  tags?: boolean | undefined;
  /** The length, in bytes, above which a record passes unread. Default: 1048576. */
  maxRecord?: number | undefined;
}

/** The report on a log. */
export interface Report extends Summary {
  /** What could not be read, and where, one line for each. */
  notes: string[];
  /** Whether the log could be read to its end. */
  complete: boolean;
}
