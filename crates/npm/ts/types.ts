/** What the filter does with verdicts. `observe` passes everything untouched and counts. */
export type Action = "tag" | "drop" | "observe";

/**
 * Why a record is benign: `listed` (KB2253680 prints its error), `sibling` (KB317541 prints it for
 * the same event and cause), `cause` (the error itself says that the server was out of reach).
 */
export type Basis = "listed" | "sibling" | "cause";

/** The answer in one word. */
export type Outcome = "benign" | "review" | "unrelated";

/** One thing that must hold. Reasons come in this order. */
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

/** A message template of a localised Windows, and its error texts with the codes they stand for. */
export interface Localised {
  /** The message, with `%1` for the URL and, after it, `%2` for the error. */
  template: string;
  /** Error texts in that language, each with the decimal code of a known error. */
  errors: Record<string, number>;
  /** Words for the category None in that language. */
  none?: readonly string[] | undefined;
}

/** The options that bear on a verdict. */
export interface ClassifyOptions {
  /** Whether a record that does not name its operating system is to be reviewed. Default: false. */
  require_system?: boolean | undefined;
  /** Log (channel) names to accept besides Application and ForwardedEvents. */
  logs?: readonly string[] | undefined;
  /** Templates and error texts of localised Windows. None is shipped. */
  localised?: readonly Localised[] | undefined;
}

/** The options of a {@link Filter}. The same names as on the command line. */
export interface FilterOptions extends ClassifyOptions {
  /** What to do. Default: `tag`. */
  action?: Action | undefined;
  /** The bases that `drop` drops and that get the word `benign`. Default: `listed`, `sibling`. */
  accept?: readonly Basis[] | undefined;
  /**
   * With `drop`: keep, tagged, the first benign record of each computer and then every Nth.
   * Default: 0, which is off.
   */
  keep_every?: number | undefined;
  /** The name of the member that holds the tag. Default: `kb`. */
  key?: string | undefined;
  /** Whether to write words into `tags`. Default: true. */
  tags?: boolean | undefined;
  /** A longer record passes unread; in bytes. Default: 1048576. */
  max_record?: number | undefined;
}

/** How one condition stands, and what was seen. */
export interface Evidence {
  code: Condition;
  /** `assumed`: the record does not say, and nothing speaks against it. */
  state: "met" | "assumed" | "failed";
  /** What the record says, where it says something. */
  seen?: string | null;
}

/** Another event of the same family: named for a person to know, never acted on. */
export interface Related {
  /** `crypt32` on Windows XP and Server 2003, `CAPI2` on later systems. */
  source: string;
  /** Its number there. */
  id: number;
  /** What it says about reaching Windows Update, in one word. */
  kind: string;
  /** What it means, in one sentence. */
  means: string;
}

/** The answer about one event. */
export interface EventVerdict {
  verdict: Outcome;
  /** Why it is benign; `null` unless it is. */
  basis: Basis | null;
  /** The conditions that failed; empty unless the verdict is `review`. */
  reasons: Condition[];
  /** Every condition; empty for an unrelated event. */
  evidence: Evidence[];
  /** The code of the error, where it is a known one that has a code. */
  error: number | null;
  /** The same error as an HRESULT, such as `0x80072EE7`. */
  hresult: string | null;
  /** The computer that wrote the event. */
  computer: string | null;
  /** RFC 3339; with a zone only if the record gives one. */
  time: string | null;
  /** How the record spells its event, such as `winlogbeat`. */
  shape: string | null;
  /** The event of the same family that an unrelated one is. */
  related: Related | null;
}

/** The answer about one record. */
export interface Verdict extends EventVerdict {
  /** Where the record is an envelope: the answer about each event in it. */
  events?: EventVerdict[];
  /** True where it mentions the event and was not read, so that nothing is known of it. */
  unjudged?: true;
}

/** What was counted for one computer. */
export interface ComputerLedger {
  benign: number;
  review: number;
  dropped: number;
  /** Time of the first and of the last record, where the records give one. */
  first: string | null;
  last: string | null;
  /** How many records by the code of their error. */
  errors: Record<string, number>;
}

/** What passed a filter because it could not be judged. */
export interface Unjudged {
  /** Lines that mention the event. */
  count: number;
  /** The numbers of the first of them, from 1. */
  lines: number[];
  /** The same for a person, with the format that the first of them is nearest to, where it can be told. */
  note: string | null;
  /** What the whole input is, where it is no text and passed as it came, such as `gzip`. */
  input: string | null;
}

/**
 * The account of what was seen and done. `records = unrelated + benign + review + oversized` and
 * `bytes_out = bytes_in - bytes_dropped + bytes_inserted`, always.
 */
export interface Ledger {
  records: number;
  unrelated: number;
  benign: number;
  review: number;
  /** Longer than `max_record`: passed unread. */
  oversized: number;
  tagged: number;
  dropped: number;
  /** Should have been tagged, but has no place for a tag (plain text). */
  untagged: number;
  /** Already had another value under the key: passed unchanged. */
  conflicts: number;
  /** Mentioned the event, but was no valid record: passed unchanged. Part of `unrelated`. */
  unparsed: number;
  bytes_in: number;
  bytes_out: number;
  bytes_dropped: number;
  bytes_inserted: number;
  /** By the name of the computer; `-` where a record gives none. */
  computers: Record<string, ComputerLedger>;
}
