// The messages between the page and its worker. The worker keeps all rows; the page has only those
// on the screen. Shared types are those of the npm package, which a test compares with the output
// of Rust.
import type {
  Advice,
  Basis,
  ComputerReport,
  EventVerdict,
  Evidence,
  Interval,
  Totals,
} from "../../crates/npm/ts/answers.ts";
import type { Report } from "../../crates/npm/ts/types.ts";

export type { Advice, Evidence };

export const VERDICTS = ["benign", "review", "related"] as const;
export const BASES: ("" | Basis)[] = ["", "listed", "sibling", "cause"];
export type Facet = "verdict" | "basis" | "computer" | "error" | "reason" | "shape" | "file";
export const FACETS: Facet[] = ["verdict", "computer", "error", "basis", "reason", "shape", "file"];
/** The fields by their names in a search. */
export const FIELDS = new Map<string, Facet | "message">([
  ["verdict", "verdict"],
  ["computer", "computer"],
  ["error", "error"],
  ["reason", "reason"],
  ["format", "shape"],
  ["file", "file"],
  ["message", "message"],
]);
export type SortKey = "time" | "record" | "message" | Facet;

export interface Condition {
  code: string;
  asks: string;
  rests: string;
  failed: string;
  /** The address of the guide's section about it, in the repository. */
  page: string;
}

export interface Article {
  id: string;
  link: string;
  note: string;
  sibling: { id: string; link: string };
  conditions: Condition[];
  resolutions: string[];
  /** The cost of the last resolution. */
  cost: string;
  /** The heading of the resolutions, and the names of the first ones in the advice. */
  advice: { title: string; resolutions: string[] };
  benign: string[];
  review: string;
  /** The texts about what would change a verdict. */
  change: { title: string; benign: string; review: string };
  /** The texts about one unjudged place, and about several. */
  unjudged: [string, string];
  /** A regular expression that matches one hidden character. */
  hidden: string;
  /** The articles of the bases, in the order of `BASES`. */
  bases: string[];
  version: string;
  repository: string;
}

/** A filter: only these values, or all except them. */
export interface Choice {
  facet: Facet;
  value: string;
  exclude: boolean;
}

export interface View {
  choices: Choice[];
  search: string;
  from: number | null;
  to: number | null;
  sort: SortKey;
  down: boolean;
  /** The zone of the times that have one, in minutes from UTC. */
  zone: number;
}

export interface FileState {
  name: string;
  size: number;
  read: number;
  records: number;
  container: string;
  notes: string[];
  /** The notes about places that were not read. */
  unread: string[];
}

/** A file to read. */
export interface Input {
  file: File;
  /**
   * Why the file of an archive is not complete, or an empty text if it is; undefined for a file that
   * may be an archive.
   */
  broken: string | undefined;
}

/** The place where the module stopped while reading a file. */
export interface Place {
  at: number;
  /** The end of the line that begins there, or nothing if the file has no lines. */
  to: number | null;
  /** The number of that line. */
  line: number | null;
  /** Whether it begins like a JSON object. */
  object: boolean;
  why: string;
}

/** How to read a file in which the module stopped. */
export interface Care {
  /** The skipped lines. */
  lines: Place[];
  /** Where reading must end. */
  end: Place | null;
  /** How often the module stopped in this file. */
  times: number;
}

export interface Counts {
  records: number;
  benign: number;
  review: number;
  related: number;
  /** The number of places that were not read. */
  unread: number;
  /** The number of places that mention the event and could not be judged. */
  unjudged: number;
  /** The number of files that were not read completely, or in which no record was recognised. */
  partial: number;
  bytes: number;
  /** The savings of dropping, with the bases that are accepted by default and with all bases. */
  accepted: Saved;
  droppable: Saved;
  /** The number of benign records that the filter passes, because they are not lines. */
  passed: number;
}

export interface Saved {
  records: number;
  bytes: number;
}

export interface Row {
  index: number;
  file: string;
  record: number;
  /** The line on which it begins, or nothing in a binary log. */
  line: number | null;
  offset: number;
  event: number;
  time: number | null;
  zone: boolean;
  verdict: (typeof VERDICTS)[number];
  basis: "" | Basis;
  reason: string;
  computer: string;
  error: string;
  shape: string;
  message: string;
}

/** The verdict about an event. The time is in the row. */
export type Finding = Omit<EventVerdict, "time">;

export interface Timeline {
  start: number;
  step: number;
  benign: number[];
  review: number[];
  related: number[];
  untimed: number;
  /** How many times have a zone, and how many have none. */
  zoned: number;
  bare: number;
  /** Events that point to another cause: their positions and their number. */
  marks: { time: number; event: string; computer: string; kind: number }[];
  marked: number;
}

export interface FacetCounts {
  facet: Facet;
  values: [string, number][];
  more: number;
}

/** The part of a report that the page shows, and the first records to review. */
export interface Summary extends Pick<Report, "remarks" | "together" | "advice" | "unjudged"> {
  totals: Pick<Totals, "first" | "last">;
  computers: ComputerSummary[];
  reviews: Reviewed[];
  /** Whether the order of month and day in some date is unknown. */
  ambiguous: boolean;
}

/** A record to review, with the value found for each failed condition. */
export interface Reviewed {
  row: Row;
  found: Record<string, string>;
}

type Shown = "name" | "other" | "benign" | "review" | "first" | "last";

interface ComputerSummary extends Pick<ComputerReport, Shown | "gaps" | "neighbours" | "start"> {
  interval: Pick<Interval, "pace" | "seconds" | "words">;
  /** The number of events 8 in each of equal parts of the log's time. */
  spark: number[];
  /** The computer's names in the rows. */
  spellings: string[];
}

/** The options of the filter, by their names in JavaScript. */
export interface Drops {
  accept: string[];
  /** Without it, records of every computer are dropped. */
  onlyComputers?: string[];
}

export type Take = "tag" | "drop" | "ledger" | "ndjson" | "csv" | "markdown";

/** Messages to the worker. */
export type Ask =
  | { ask: "start"; module: WebAssembly.Module }
  /** `care` has an entry for each file, and `last` is the index of the last file to read. */
  | {
      ask: "open";
      inputs: Input[];
      order: string;
      care: (Care | undefined)[];
      last: number;
    }
  /** Find the place where the module stops in a file, if it was read correctly up to `from`. */
  | { ask: "find"; file: File; order: string; care: Care | undefined; from: number }
  | { ask: "cancel" }
  | { ask: "view"; view: View }
  | { ask: "rows"; from: number; to: number; serial: number }
  | { ask: "explain"; index: number }
  | { ask: "take"; what: Take; drops: Drops };

/** Messages from the worker. */
export type Tell =
  | { tell: "ready"; article: Article }
  /** The worker can no longer be used. `file` is the index of the file that it was reading. */
  | { tell: "failed"; why: string; file: number | null; at: number }
  | { tell: "found"; place: Place | null }
  /** So many bytes of a file in an archive are unpacked. */
  | { tell: "unpacking"; name: string; size: number }
  /** The files to read, with those in archives in place of the archives. */
  | { tell: "inputs"; inputs: Input[] }
  | { tell: "progress"; files: FileState[]; counts: Counts; done: boolean; cancelled: boolean }
  | { tell: "summary"; summary: Summary }
  | {
      tell: "view";
      length: number;
      facets: FacetCounts[];
      timeline: Timeline | null;
      serial: number;
      /** What is wrong with the search, which then has no effect. */
      wrong: string;
    }
  | { tell: "rows"; from: number; rows: Row[]; serial: number }
  | {
      tell: "explain";
      row: Row;
      finding: Finding;
      /** The text of `explain`, and the value found for each failed condition. */
      words: { card: string; found: Record<string, string> };
      raw: string;
      cut: boolean;
      note: string;
      /** The position of the row in the view, or -1. */
      at: number;
      /** Whether the row was already sent once without its record. */
      again: boolean;
    }
  | { tell: "taken"; what: Take; files: { name: string; blob: Blob }[]; note: string };
