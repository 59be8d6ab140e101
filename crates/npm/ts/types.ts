/** The filter's action. `observe` passes everything unchanged and counts. */
export type Action = "tag" | "drop" | "observe";

/**
 * Why a record is benign: `listed` (KB2253680 prints its error), `sibling` (KB317541 prints it for
 * the same event and cause), `cause` (the error itself says that the server could not be reached).
 */
export type Basis = "listed" | "sibling" | "cause";

/** The verdict in one word. */
export type Outcome = "benign" | "review" | "unrelated";

/** A condition for the verdict `benign`. Reasons come in this order. */
export type Condition =
  | "source"
  | "event-id"
  | "severity"
  | "log"
  | "message"
  | "url"
  | "error"
  | "system"
  | "integrity"
  | "unreachable"
  | "security-product"
  | "no-failure";

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
  require_system?: boolean | undefined;
  /** Log (channel) names to accept in addition to Application and ForwardedEvents. */
  logs?: readonly string[] | undefined;
  /** Templates and error texts of localised Windows. None are built in. */
  localised?: readonly Localised[] | undefined;
}

/** The options of a {@link Filter}. They have the same names as on the command line. */
export interface FilterOptions extends ClassifyOptions {
  /** The action. Default: `tag`. */
  action?: Action | undefined;
  /** The bases that `drop` drops and that get the word `benign`. Default: `listed`, `sibling`. */
  accept?: readonly Basis[] | undefined;
  /**
   * With `drop`: keep and tag the first benign record of each computer, and then every Nth.
   * Default: 0, which keeps none.
   */
  keep_every?: number | undefined;
  /**
   * With `drop`: drop only records of computers whose whole name matches one of these regular
   * expressions, in any case. Default: none, so those of all computers.
   */
  only_computers?: readonly string[] | undefined;
  /** The name of the member that holds the tag. Default: `kb`. */
  key?: string | undefined;
  /** Whether to add words to `tags`. Default: true. */
  tags?: boolean | undefined;
  /** The length, in bytes, above which a record passes unread. Default: 1048576. */
  max_record?: number | undefined;
}

/** The state of one condition, and what the record says about it. */
export interface Evidence {
  code: Condition;
  /** `assumed`: the record does not say, and nothing contradicts it. */
  state: "met" | "assumed" | "failed";
  /** What the record says about it, if anything. */
  seen?: string | null;
}

/** A related event. It is named for information and never changes the filter's action. */
export interface Related {
  /** `crypt32` on Windows XP and Server 2003, `CAPI2` on later systems. */
  source: string;
  /** Its event number. */
  id: number;
  /** What it says about reaching Windows Update, in one word. */
  kind: string;
  /** Its meaning, in one sentence. */
  means: string;
}

/** The verdict about one event. */
export interface EventVerdict {
  verdict: Outcome;
  /** Why it is benign; `null` unless it is. */
  basis: Basis | null;
  /** The failed conditions; empty unless the verdict is `review`. */
  reasons: Condition[];
  /** Every condition; empty for an unrelated event. */
  evidence: Evidence[];
  /** The code of the error, if the error is known and has a code. */
  error: number | null;
  /** The same error as an HRESULT, such as `0x80072EE7`. */
  hresult: string | null;
  /** The computer that wrote the event. */
  computer: string | null;
  /** The time as RFC 3339, with a zone only if the record gives one. */
  time: string | null;
  /** The shape of the record, such as `winlogbeat`. */
  shape: string | null;
  /** The related event, if an unrelated record is one. */
  related: Related | null;
}

/** The verdict about one record. */
export interface Verdict extends EventVerdict {
  /** For an envelope: the verdict about each of its events. */
  events?: EventVerdict[];
  /**
   * True if the record mentions the event and could not be read, so that nothing is known about it.
   */
  unjudged?: true;
}

/** The counts of one computer. */
export interface ComputerLedger {
  benign: number;
  review: number;
  dropped: number;
  /** The times of the first and the last record, if the records give them. */
  first: string | null;
  last: string | null;
  /** The number of records for each error code. */
  errors: Record<string, number>;
}

/** The lines that passed a filter because they could not be judged. */
export interface Unjudged {
  /** The number of lines that mention the event. */
  count: number;
  /** The line numbers of the first of them, from 1. */
  lines: number[];
  /** The same as text, with the most similar format of the first line, if known. */
  note: string | null;
  /** The kind of the whole input if it is not text and passed unchanged, such as `gzip`. */
  input: string | null;
}

/**
 * The ledger of a filter. These always hold: `records = unrelated + benign + review + oversized`
 * and `bytes_out = bytes_in - bytes_dropped + bytes_inserted`.
 */
export interface Ledger {
  records: number;
  unrelated: number;
  benign: number;
  review: number;
  /** Records longer than `max_record`, which passed unread. */
  oversized: number;
  tagged: number;
  dropped: number;
  /** Records that should have been tagged, but have no place for a tag (plain text). */
  untagged: number;
  /** Records that already had another value under the key, and passed unchanged. */
  conflicts: number;
  /**
   * Records that mention the event, but are not valid, and passed unchanged. They are part of
   * `unrelated`.
   */
  unparsed: number;
  bytes_in: number;
  bytes_out: number;
  bytes_dropped: number;
  bytes_inserted: number;
  /** Counts by computer name; `-` for records without one. */
  computers: Record<string, ComputerLedger>;
}
