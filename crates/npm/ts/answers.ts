// Written from the Rust types by crates/cli/tests/documents/answers.rs. Times are RFC 3339, with a
// zone only if the log gives one.

/**
 * The outcome in one word.
 *
 * - `unrelated`: Not this event. The filter never changes such a record.
 * - `benign`: The event of the article, and no condition failed.
 * - `review`: The event of the article by source and id, but a condition failed. Such a record is
 *   never dropped.
 */
export type Outcome = "unrelated" | "benign" | "review";

/**
 * Why a benign record is benign, ordered from the strongest basis to the weakest.
 *
 * - `listed`: KB2253680 prints this error.
 * - `sibling`: KB317541 prints this error for the same event and cause.
 * - `cause`: The error itself says that the server could not be reached, but no article prints it.
 */
export type Basis = "listed" | "sibling" | "cause";

/**
 * A condition that must hold. Reasons are listed in this order.
 *
 * - `source`: Every source field is `crypt32`.
 * - `event-id`: Every id field is 8, with the right high word.
 * - `severity`: The level is Error.
 * - `log`: The log is Application or `ForwardedEvents`.
 * - `message`: The whole message fits the grammar.
 * - `url`: The URL is the known one.
 * - `error`: The error is a known one that has a `Basis`.
 * - `system`: The computer runs XP or Server 2003.
 * - `integrity`: No field has two different values, and nothing is added.
 * - `unreachable`: The article's first condition: Windows Update is out of reach.
 * - `security-product`: The article's second condition: a product that talks to the Security
 *   Center.
 * - `no-failure`: The article's symptom: nothing else fails.
 */
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

/**
 * The state of a condition.
 *
 * - `met`: The record shows that the condition holds.
 * - `assumed`: The record does not say, and nothing speaks against the condition.
 * - `failed`: The record contradicts the condition, or does not show what it must.
 */
export type State = "met" | "assumed" | "failed";

/** What the record shows about one condition. */
export interface Evidence {
  /** The condition. */
  code: Condition;
  /** The state of the condition. */
  state: State;
  /**
   * The values in the record, separated by ` / `; `null` if it says nothing. A message that begins
   * like the known one appears from its first difference: `… differs at: ‹added text›`.
   */
  seen: string | null;
}

/**
 * What another event of the family says about reaching Windows Update.
 *
 * - `reached`: Windows Update was reached: the article's cause did not hold at that time.
 * - `problem`: A real problem with what was fetched or with the certificate store.
 * - `suspended`: `crypt32` stops logging for a while, so silence is no recovery.
 * - `failed`: A retrieval of something other than the sequence number failed.
 * - `twin`: The message of event 8, from a system that the article does not cover.
 * - `changed`: Roots were added, deleted or changed.
 * - `finding`: A certificate was not trusted.
 */
export type RelatedKind =
  | "reached"
  | "problem"
  | "suspended"
  | "failed"
  | "twin"
  | "changed"
  | "finding";

/**
 * Why a root list could not be used, as far as the error in the event says.
 *
 * - `expired`: A certificate of the signature had expired by the computer's clock.
 * - `not-a-list`: The answer was no root list.
 * - `untrusted`: The computer does not trust the signature.
 * - `computer`: The computer could not store or open the list.
 */
export type ProblemCause = "expired" | "not-a-list" | "untrusted" | "computer";

/** Another event of the family, with its meaning. */
export interface Related {
  /** `crypt32` on Windows XP and Server 2003, `CAPI2` on later systems. */
  source: string;
  /** The event id under that source. */
  id: number;
  /** The kind of statement about reaching Windows Update. */
  kind: RelatedKind;
  /** Why the root list could not be used, if the event says it. */
  cause?: ProblemCause;
  /** One sentence that tells the reader the meaning. */
  means: string;
}

/** The facts about one event that every verdict has. */
export interface EventFacts {
  /** The evidence for every condition. It is empty for an unrelated event. */
  evidence: Evidence[];
  /** The code of the error, if the error is known and has one. */
  error: number | null;
  /** The error as an `HRESULT`. */
  hresult: string | null;
  /** The computer that wrote the event. */
  computer: string | null;
  /** The time, which displays as RFC 3339, with a zone only if the record gives one. */
  time: string | null;
  /** The shape of the record. */
  shape: string | null;
  /** The related event that this event is, if any. */
  related: Related | null;
  /**
   * Whether the event was found outside the list of its log, because the record was deleted or
   * follows a damaged part.
   */
  carved?: true;
}

/** One event with the verdict about it. */
export type EventVerdict = EventFacts &
  (
    | {
        /** The outcome in one word. */
        verdict: "benign";
        /** The basis, if the event is benign. */
        basis: Basis;
        /** The conditions that failed. */
        reasons: Condition[];
      }
    | {
        /** The outcome in one word. */
        verdict: "review";
        /** The basis, if the event is benign. */
        basis: null;
        /** The conditions that failed. */
        reasons: [Condition, ...Condition[]];
      }
    | {
        /** The outcome in one word. */
        verdict: "unrelated";
        /** The basis, if the event is benign. */
        basis: null;
        /** The conditions that failed. */
        reasons: Condition[];
      }
  );

/**
 * The assessment of one record: that of its event or, for an envelope, the filter's verdict about
 * the whole envelope and the assessment of each event.
 */
export type Verdict = EventVerdict & {
  /** The assessments of the events in an envelope. */
  events?: EventVerdict[];
  /**
   * Whether the record mentions the event but was not read, so that nothing is known about it: it
   * is broken, has an unknown shape, or is not a single record of text.
   */
  unjudged?: true;
};

/**
 * The account of a run. `records = unrelated + benign + review + oversized`, `bytes_out = bytes_in
 * - bytes_dropped + bytes_inserted`, and `unjudged <= unrelated + oversized`.
 */
export interface Ledger {
  /** Records read. A record is a line, and the last line may have no line end. */
  records: number;
  /** Records that are not this event. */
  unrelated: number;
  /** Records with the verdict benign. */
  benign: number;
  /** Records with the verdict review. */
  review: number;
  /** Records longer than `maxRecord`, which passed unread. */
  oversized: number;
  /** Records that got a tag. */
  tagged: number;
  /** Records that were removed. */
  dropped: number;
  /** Records that should be tagged, but whose format has no place for a tag. */
  untagged: number;
  /** Records whose tag key has another value. */
  conflicts: number;
  /**
   * Records that mention a candidate and begin like JSON, but are not one valid object. They are
   * also counted in `unrelated`.
   */
  unparsed: number;
  /**
   * Records that mention the event but could not be judged. They are also counted in `unrelated` or
   * `oversized`.
   */
  unjudged: number;
  /** Bytes read. */
  bytes_in: number;
  /** Bytes written. */
  bytes_out: number;
  /** Bytes of the removed records. */
  bytes_dropped: number;
  /** Bytes of the tags. */
  bytes_inserted: number;
  /** Benign and review records by the computer that wrote them. */
  computers: Record<string, ComputerLedger>;
}

/** The records of one computer. */
export interface ComputerLedger {
  /** Benign records. */
  benign: number;
  /** Records to review. */
  review: number;
  /** Removed records. */
  dropped: number;
  /** The earliest time in the benign and review records. */
  first: string | null;
  /** The latest time in the benign and review records. */
  last: string | null;
  /** The number of times that each error occurred. */
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
 * The kind of an advice.
 *
 * - `review`: Records are to review. No other advice says that such a computer's records can be
 *   ignored.
 * - `ignore`: A resolution of the article: the records are benign, so ignore them.
 * - `reach`: A resolution of the article: let the computers reach Windows Update.
 * - `repair`: Another event shows a real problem, which the article does not cover.
 */
export type Resolution = "review" | "ignore" | "reach" | "repair";

/** One thing to do. */
export interface Advice {
  /** The kind of the advice. */
  resolution: Resolution;
  /**
   * The computers, the reason and the steps, for a person. The article's own resolution is not
   * repeated.
   */
  words: string;
  /** The address of the runbook's section about the event that asks for it. */
  guide: string | null;
}

/** The whole report. */
export interface Summary {
  /** Counts of the whole log. */
  totals: Totals;
  /** The first 200 records to review, or more if the caller asked for more. */
  reviews: Review[];
  /** The places that mention event 8 but could not be judged, one row per input and kind. */
  unjudged: UnjudgedPlaces[];
  /** One row per computer, ordered by the number of events 8, the most first. */
  computers: ComputerReport[];
  /** Counts by error, the most frequent first. */
  errors: ErrorCount[];
  /** The failed conditions of events with the verdict review, in the order of the conditions. */
  reasons: ReasonCount[];
  /** Counts by hour of the day. */
  hours: Hours;
  /** Counts along the calendar. */
  timeline: Timeline;
  /** The minutes when several computers began. */
  together: Together[];
  /** What to do, the most important first. */
  advice: Advice[];
  /** Remarks for the reader of the report. */
  remarks: string[];
}

/** Counts of the whole log. */
export interface Totals {
  /** The number of all events. */
  records: number;
  /** Events other than event 8 of `crypt32`. */
  unrelated: number;
  /** Unrelated events that are other events of the family. */
  related: number;
  /** Events 8 as the article describes them. */
  benign: number;
  /** Events 8 that somebody has to check. */
  review: number;
  /**
   * Benign and review events that were carved: deleted records, or records after a damaged part.
   */
  carved?: number;
  /** Places that mention event 8 but could not be judged. */
  unjudged?: number;
  /** Benign events with an error that KB2253680 prints. */
  listed: number;
  /** Benign events with an error that KB317541 prints. */
  sibling: number;
  /** Benign events with an error that says the server could not be reached. */
  cause: number;
  /** Events 8 without a readable time. */
  untimed: number;
  /** The first event 8. */
  first: string | null;
  /** The last event 8. */
  last: string | null;
}

/** The place where a record begins. */
export type Place =
  | {
      /** The number of the line, from 1. */
      line: number;
      offset?: never;
    }
  | {
      /** The offset in a binary log, in bytes. */
      offset: number;
      line?: never;
    };

/** A record to review. */
export type Review = Place & {
  /** The input that holds the record, if there are several inputs. */
  input?: string;
  /** The computer that wrote the record. */
  computer: string | null;
  /** The time of the event, if it could be resolved. */
  time: string | null;
  /** The conditions that failed. */
  failed: Failed[];
};

/** A condition that failed. */
export interface Failed {
  /** The condition. */
  reason: Condition;
  /** The value in the record, if it has one. */
  seen: string | null;
}

/** Places of one kind that mention event 8 but could not be judged. */
export interface UnjudgedPlaces {
  /** The input that holds the places, if there are several inputs. */
  input?: string;
  /** What the places resemble. */
  like: string;
  /** The number of places. */
  count: number;
  /** The numbers of the first lines. */
  lines: number[];
  /** The offsets of the first places in bytes, in a binary log or where lines cannot be counted. */
  offsets: number[];
  /** The same facts for a person, with a few of the places. */
  words: string;
}

/** One computer, or the sum of all computers without their own state. */
export interface ComputerReport {
  /** The name in the spelling that the log uses first; `-` for records that name no computer. */
  name: string;
  /** Whether the row is the sum of all computers that had no room. */
  other: boolean;
  /** Events 8 as the article describes them. */
  benign: number;
  /** Events 8 that somebody has to check. */
  review: number;
  /**
   * Benign and review events that were carved: deleted records, or records after a damaged part.
   */
  carved?: number;
  /** Events 8 without a readable time. */
  untimed: number;
  /** The time of the first event 8. */
  first: string | null;
  /** The time of the last event 8. */
  last: string | null;
  /** Counts by error, the most frequent first. */
  errors: ErrorCount[];
  /** The failed conditions of events with the verdict review. */
  reasons: ReasonCount[];
  /** The interval between its events 8. */
  interval: Interval;
  /** Long silences, in the order of time. */
  gaps: Gap[];
  /** Other events of the family on this computer. */
  neighbours: Neighbour[];
  /** How it began, if the log shows a time before the first event 8. */
  start: Start | null;
}

/** The number of events that name one error. */
export interface ErrorCount {
  /** The Win32, Winsock or `WinInet` code. */
  code: number | null;
  /** The error's name in Microsoft's headers; `unknown` for an unknown text. */
  symbol: string;
  /** The basis of a benign record with this error; `null` if the error is never benign. */
  basis: Basis | null;
  /** The number of events. */
  count: number;
}

/** The number of events that failed one condition. */
export interface ReasonCount {
  /** The condition. */
  reason: Condition;
  /** The number of events. */
  count: number;
}

/**
 * The regularity of a computer.
 *
 * - `regular`: Most intervals are similar.
 * - `irregular`: There is no fixed interval.
 * - `few`: There are too few events to decide.
 */
export type Pace = "regular" | "irregular" | "few";

/** The interval between the events of a computer. */
export interface Interval {
  /** The regularity. */
  pace: Pace;
  /** The mean of the similar intervals, in seconds; `null` unless the pace is regular. */
  seconds: number | null;
  /** The standard deviation of the similar intervals, in seconds. */
  jitter: number | null;
  /** The share of similar intervals among all, in percent. */
  share: number | null;
  /** The number of intervals. Events within two seconds are one attempt. */
  count: number;
  /** The shortest interval, in seconds. */
  shortest: number | null;
  /** The median interval, in seconds. */
  median: number | null;
  /** The longest interval, in seconds. */
  longest: number | null;
  /** The same facts for a person, with the article's statement. */
  words: string;
}

/**
 * The explanation of a silence.
 *
 * - `suspended`: `crypt32` had suspended its own logging.
 * - `reached`: Windows Update was reached in the meantime.
 * - `open`: This log does not explain the silence.
 */
export type Explained = "suspended" | "reached" | "open";

/** A long silence between two events 8 of a computer. */
export interface Gap {
  /** The time of the last event before the silence. */
  from: string;
  /** The time of the first event after the silence. */
  to: string;
  /** The length, in seconds. */
  seconds: number;
  /** The explanation. */
  explained: Explained;
  /** The same facts for a person. */
  words: string;
}

/**
 * The position of an event relative to the events 8 of the same computer.
 *
 * - `before`: Before the first event 8.
 * - `between`: Between the first and the last event 8.
 * - `after`: After the last event 8.
 * - `unknown`: There is no event 8, or the times cannot be compared.
 */
export type Side = "before" | "between" | "after" | "unknown";

/** Another event of the family on the same computer. */
export interface Neighbour {
  /** The name of the event, such as `crypt32 7`. */
  event: string;
  /** The kind of statement about reaching Windows Update. */
  kind: RelatedKind;
  /** Why the root list could not be used, if these events say it. */
  cause?: ProblemCause;
  /** The number of these events. */
  count: number;
  /** The number of carved ones among them. */
  carved?: number;
  /** The time of the first one. */
  first: string | null;
  /** The time of the last one. */
  last: string | null;
  /** The number of them before the first event 8. */
  before: number;
  /** The number of them between the first and the last event 8. */
  between: number;
  /** The number of them after the last event 8. */
  after: number;
  /**
   * The position. If there are several, the most significant one counts: between, then before, then
   * after.
   */
  side: Side;
  /** Whether the event contradicts the article's cause. */
  contradicts: boolean;
  /** The same facts for a person. */
  words: string;
}

/**
 * The situation before the first event 8.
 *
 * - `after-success`: Windows Update was reached.
 * - `after-quiet`: The log has records of the computer, but no event 8.
 */
export type StartKind = "after-success" | "after-quiet";

/** A computer that began to write event 8 within the log. */
export interface Start {
  /** The situation before the first event 8. */
  kind: StartKind;
  /** The time of the last success, or of the computer's first record. */
  since: string;
  /** The time of the first event 8. */
  at: string;
  /** The same facts for a person. */
  words: string;
}

/** Counts by hour of the day. */
export interface Hours {
  /** The clock that the hours refer to. */
  clock: string;
  /** All 24 hours. */
  rows: HourCount[];
}

/** One hour of the day. */
export interface HourCount {
  /** The hour, 0 to 23. */
  hour: number;
  /** Benign events. */
  benign: number;
  /** Review events. */
  review: number;
}

/** Counts along the calendar. Hours without events are omitted. */
export interface Timeline {
  /** The number of hours in one row. It is more than one only for long logs. */
  hours_per_row: number;
  /** The rows in the order of time. */
  rows: TimelineRow[];
}

/** One row of the calendar. */
export interface TimelineRow {
  /** The start of the row. */
  from: string;
  /** Benign events. */
  benign: number;
  /** Review events. */
  review: number;
}

/**
 * Computers that began within the same minute, which more likely shows one change in the network
 * than several changes.
 */
export interface Together {
  /** The minute. */
  minute: string;
  /** The number of computers. */
  count: number;
  /** The first of the computers by name. */
  computers: string[];
}
