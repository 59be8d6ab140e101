import type { Basis, Condition } from "./types.js";

/** A time as RFC 3339, with a zone only where the log gives one. */
export type Moment = string;

/** How many events name one error. */
export interface ErrorCount {
  /** The Win32, Winsock or WinINet code. */
  code: number | null;
  /** Its name in Microsoft's headers; `unknown` for a text that is not known. */
  symbol: string;
  /** Why it makes a record benign; `null` if it does not. */
  basis: Basis | null;
  count: number;
}

/** A record to review. */
export interface Review {
  /** The line on which it begins, from 1; not in a binary log. */
  line?: number;
  /** Where it begins in a binary log, in bytes. */
  offset?: number;
  computer: string | null;
  time: Moment | null;
  /** The conditions that failed, and what the record has, where it says anything. */
  failed: { reason: Condition; seen: string | null }[];
}

/** How many events failed one condition. */
export interface ReasonCount {
  reason: Condition;
  count: number;
}

/** The interval at which a computer repeats. Times are in seconds. */
export interface Interval {
  pace: "regular" | "irregular" | "few";
  /** The interval that most are like; `null` unless it is regular. */
  seconds: number | null;
  /** The standard deviation of these. */
  jitter: number | null;
  /** How much of all intervals are like it, in percent. */
  share: number | null;
  /** How many intervals there are. Events within two seconds are one attempt. */
  count: number;
  shortest: number | null;
  median: number | null;
  longest: number | null;
  /** The same for a person, beside what the article says. */
  words: string;
}

/** A long silence between two events 8 of a computer. */
export interface Gap {
  from: Moment;
  to: Moment;
  seconds: number;
  /** Why: `crypt32` had suspended its logging, Windows Update was reached, or not known. */
  explained: "suspended" | "reached" | "open";
  words: string;
}

/** Another event of the family on the same computer. */
export interface Neighbour {
  /** Its name, such as `crypt32 7`. */
  event: string;
  /** What it says about reaching Windows Update, in one word. */
  kind: string;
  count: number;
  /** Of these, records outside their log's own list. */
  carved?: number;
  first: Moment | null;
  last: Moment | null;
  /** How many of them lie before the first event 8, between the first and the last, and after the last. */
  before: number;
  between: number;
  after: number;
  /** Where it lies beside the events 8; for several, the side that says most: between, before, after. */
  side: "before" | "between" | "after" | "unknown";
  /** Whether it speaks against the article's cause. */
  contradicts: boolean;
  words: string;
}

/** What went before the first event 8 of a computer that did not always write it. */
export interface Start {
  kind: "after-success" | "after-quiet";
  /** The last success, or the first record of the computer. */
  since: Moment;
  /** The first event 8. */
  at: Moment;
  words: string;
}

/** One computer, or all that are not kept apart. */
export interface ComputerReport {
  /** Its name as the log first spells it; `-` where records name none. */
  name: string;
  /** The row is no computer but the sum of all that had no room. */
  other: boolean;
  benign: number;
  review: number;
  /** Of both, records outside their log's own list. */
  carved?: number;
  /** Event 8 without a time that can be read. */
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
  /** Of these, other events of the family. */
  related: number;
  benign: number;
  review: number;
  /** Of both, records outside their log's own list: deleted ones, or such as stand behind damage. */
  carved?: number;
  /** Places that mention event 8 and could not be judged. */
  unjudged?: number;
  /** Benign ones by basis. */
  listed: number;
  sibling: number;
  cause: number;
  /** Event 8 without a time that can be read. */
  untimed: number;
  first: Moment | null;
  last: Moment | null;
}

/** What a log holds, by computer, error and time. */
export interface Report {
  totals: Totals;
  /** The first records to review, 200 at most. */
  reviews: Review[];
  /** Those with the most event 8 first. */
  computers: ComputerReport[];
  /** The most frequent first. */
  errors: ErrorCount[];
  /** In the order of the conditions. */
  reasons: ReasonCount[];
  /** By hour of the day, all 24, and of which clock they are. */
  hours: { clock: string; rows: { hour: number; benign: number; review: number }[] };
  /** Along the calendar; rows without any event 8 are left out. */
  timeline: {
    hours_per_row: number;
    rows: { from: Moment; benign: number; review: number }[];
  };
  /** Minutes in which several computers began. */
  together: { minute: Moment; count: number; computers: string[] }[];
  /** What to keep in mind when reading this report, for a person. */
  remarks: string[];
  /** What could not be read, and where: a line each. */
  notes: string[];
  /** Whether the log could be read to its end. */
  complete: boolean;
}
