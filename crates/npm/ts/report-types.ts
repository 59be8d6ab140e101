import type { Basis, Condition } from "./types.js";

/** A time as RFC 3339, with a zone only where the log gives one. */
export type Moment = string;

/** How many events name one error. */
export interface ErrorCount {
  /** The Win32, Winsock or WinINet code. */
  code: number | null;
  /** Its name in Microsoft's headers, or `unknown` for an unknown text. */
  symbol: string;
  /** Why it makes a record benign; `null` if it does not. */
  basis: Basis | null;
  count: number;
}

/** A record that needs review. */
export interface Review {
  /** The line on which it begins, from 1; absent in a binary log. */
  line?: number;
  /** Its offset in a binary log, in bytes. */
  offset?: number;
  computer: string | null;
  time: Moment | null;
  /** The failed conditions, and what the record says about each. */
  failed: { reason: Condition; seen: string | null }[];
}

/** How many events failed one condition. */
export interface ReasonCount {
  reason: Condition;
  count: number;
}

/** The interval at which a computer repeats the event. Times are in seconds. */
export interface Interval {
  pace: "regular" | "irregular" | "few";
  /** The most common interval; `null` unless the events are regular. */
  seconds: number | null;
  /** The standard deviation of the common intervals. */
  jitter: number | null;
  /** The share of the common intervals, in percent. */
  share: number | null;
  /** The number of intervals. Events within two seconds count as one attempt. */
  count: number;
  shortest: number | null;
  median: number | null;
  longest: number | null;
  /** The interval as text, compared with the article. */
  words: string;
}

/** A long silence between two events 8 of a computer. */
export interface Gap {
  from: Moment;
  to: Moment;
  seconds: number;
  /** The reason: `crypt32` had suspended its logging, Windows Update was reached, or unknown. */
  explained: "suspended" | "reached" | "open";
  words: string;
}

/** A related event on the same computer. */
export interface Neighbour {
  /** Its name, such as `crypt32 7`. */
  event: string;
  /** What it says about reaching Windows Update, in one word. */
  kind: string;
  count: number;
  /** How many of these records are outside their log's own list. */
  carved?: number;
  first: Moment | null;
  last: Moment | null;
  /**
   * How many of them are before the first event 8, between the first and the last, and after the
   * last.
   */
  before: number;
  between: number;
  after: number;
  /**
   * Its position relative to the events 8. For several, the most significant one: between, before,
   * after.
   */
  side: "before" | "between" | "after" | "unknown";
  /** Whether it contradicts the article's cause. */
  contradicts: boolean;
  words: string;
}

/** What preceded the first event 8 of a computer that did not always write it. */
export interface Start {
  kind: "after-success" | "after-quiet";
  /** The last success, or the first record of the computer. */
  since: Moment;
  /** The first event 8. */
  at: Moment;
  words: string;
}

/** One computer, or the sum of all that are not listed separately. */
export interface ComputerReport {
  /** Its name in the first spelling of the log; `-` if the records name none. */
  name: string;
  /** Whether this row is not a computer but the sum of further ones. */
  other: boolean;
  benign: number;
  review: number;
  /** How many of both are outside their log's own list. */
  carved?: number;
  /** Events 8 without a readable time. */
  untimed: number;
  first: Moment | null;
  last: Moment | null;
  errors: ErrorCount[];
  reasons: ReasonCount[];
  interval: Interval;
  gaps: Gap[];
  neighbours: Neighbour[];
  start: Start | null;
}

/** Counts of a whole log. */
export interface Totals {
  /** All events. */
  records: number;
  /** Events that are not event 8 of `crypt32`. */
  unrelated: number;
  /** How many of these are other events of the same family. */
  related: number;
  benign: number;
  review: number;
  /**
   * How many of both are outside their log's own list: deleted records, or records after damaged
   * data.
   */
  carved?: number;
  /** Places that mention event 8 and could not be judged. */
  unjudged?: number;
  /** Benign events by basis. */
  listed: number;
  sibling: number;
  cause: number;
  /** Events 8 without a readable time. */
  untimed: number;
  first: Moment | null;
  last: Moment | null;
}

/** The contents of a log, by computer, error and time. */
export interface Report {
  totals: Totals;
  /** The first 200 records that need review. */
  reviews: Review[];
  /** The computers, those with the most events 8 first. */
  computers: ComputerReport[];
  /** The errors, the most frequent first. */
  errors: ErrorCount[];
  /** The reasons, in the order of the conditions. */
  reasons: ReasonCount[];
  /** Counts for all 24 hours of the day, and the clock that they refer to. */
  hours: { clock: string; rows: { hour: number; benign: number; review: number }[] };
  /** Counts along the calendar; rows without event 8 are omitted. */
  timeline: {
    hours_per_row: number;
    rows: { from: Moment; benign: number; review: number }[];
  };
  /** Minutes in which several computers began to write the event. */
  together: { minute: Moment; count: number; computers: string[] }[];
  /** Remarks for readers of this report. */
  remarks: string[];
  /** What could not be read, and where, one line for each. */
  notes: string[];
  /** Whether the log could be read to its end. */
  complete: boolean;
}
