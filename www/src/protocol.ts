// What the page and its worker say to each other. The worker keeps the rows; the page only ever has
// those that are on the screen. What the page shares with the npm package has the package's types,
// which a test holds against what Rust writes.
import type { ComputerReport, Interval, Report, Totals } from "../../crates/npm/ts/report-types.ts";
import type { Basis, EventVerdict, Evidence } from "../../crates/npm/ts/types.ts";

export type { Evidence };

export const VERDICTS = ["benign", "review", "related"] as const;
export const BASES: ("" | Basis)[] = ["", "listed", "sibling", "cause"];
export type Facet = "verdict" | "basis" | "computer" | "error" | "reason" | "shape" | "file";
export const FACETS: Facet[] = ["verdict", "computer", "error", "basis", "reason", "shape", "file"];
export type SortKey = "time" | "record" | "message" | Facet;

export interface Condition {
  code: string;
  asks: string;
  rests: string;
  failed: string;
  /** Where the guide explains it, in the repository. */
  page: string;
}

export interface Article {
  id: string;
  link: string;
  note: string;
  sibling: { id: string; link: string };
  conditions: Condition[];
  resolutions: string[];
  benign: string[];
  review: string;
  /** What would change a verdict. */
  change: { title: string; benign: string; review: string };
  /** What is said of a place, and of several, that could not be judged. */
  unjudged: [string, string];
  /** A regular expression for one hidden character. */
  hidden: string;
}

/** One choice of the reader: only these values, or none of them. */
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
}

export interface FileState {
  name: string;
  size: number;
  read: number;
  records: number;
  container: string;
  notes: string[];
  /** Those of the notes that are about places that were not read. */
  unread: string[];
}

/** Where the module stopped while it read a file. */
export interface Place {
  at: number;
  /** Where the line ends that begins there; nothing where the file has no lines. */
  to: number | null;
  /** Which line that is. */
  line: number | null;
  /** It begins as a JSON object does. */
  object: boolean;
  why: string;
}

/** How a file is read in which the module stopped. */
export interface Care {
  /** Lines that it does not get to see. */
  lines: Place[];
  /** Where the reading ends. */
  end: Place | null;
  /** How often it stopped in this file. */
  times: number;
}

export interface Counts {
  records: number;
  benign: number;
  review: number;
  related: number;
  /** Places that were not read. */
  unread: number;
  /** Places that mention the event and could not be judged. */
  unjudged: number;
  /** Files that were not read whole, or in which nothing was recognised. */
  partial: number;
  bytes: number;
  /** What dropping saves: of the bases that are accepted by default, and of all. */
  accepted: Saved;
  droppable: Saved;
}

export interface Saved {
  records: number;
  bytes: number;
}

export interface Row {
  index: number;
  file: string;
  record: number;
  /** The line on which it begins; nothing in a binary log. */
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

/** What is said about an event; its time is the row's. */
export type Finding = Omit<EventVerdict, "time">;

export interface Timeline {
  start: number;
  step: number;
  benign: number[];
  review: number[];
  related: number[];
  untimed: number;
  /** Events that say more about the cause: where they are drawn, and how many there are. */
  marks: { time: number; event: string; computer: string; kind: number }[];
  marked: number;
}

export interface FacetCounts {
  facet: Facet;
  values: [string, number][];
  more: number;
}

/** The part of a report that the page shows. */
export interface Summary extends Pick<Report, "remarks" | "together"> {
  totals: Pick<Totals, "first" | "last">;
  computers: ComputerSummary[];
}

type Shown = "name" | "other" | "benign" | "review" | "first" | "last";

interface ComputerSummary extends Pick<ComputerReport, Shown | "gaps" | "neighbours" | "start"> {
  interval: Pick<Interval, "pace" | "seconds" | "words">;
}

export type Take = "tag" | "drop" | "ledger" | "ndjson" | "csv" | "markdown";

/** To the worker. */
export type Ask =
  | { ask: "start"; module: WebAssembly.Module }
  /** `care`: for each file; `last`: the number of the last file to read. */
  | {
      ask: "open";
      files: File[];
      order: string;
      care: (Care | undefined)[];
      last: number;
    }
  /** Where in a file the module stops, if it was read well up to a place. */
  | { ask: "find"; file: File; order: string; care: Care | undefined; from: number }
  | { ask: "cancel" }
  | { ask: "view"; view: View }
  | { ask: "rows"; from: number; to: number; serial: number }
  | { ask: "explain"; index: number }
  | { ask: "take"; what: Take; accept: string };

/** From the worker. */
export type Tell =
  | { tell: "ready"; article: Article }
  /** Nothing can be asked of this worker any more. `file` is the number of the one that was read. */
  | { tell: "failed"; why: string; file: number | null; at: number }
  | { tell: "found"; place: Place | null }
  | { tell: "progress"; files: FileState[]; counts: Counts; done: boolean; cancelled: boolean }
  | { tell: "summary"; summary: Summary }
  | {
      tell: "view";
      length: number;
      facets: FacetCounts[];
      timeline: Timeline | null;
      serial: number;
    }
  | { tell: "rows"; from: number; rows: Row[]; serial: number }
  | {
      tell: "explain";
      row: Row;
      finding: Finding;
      /** What `explain` prints, and what was found where a condition failed. */
      words: { card: string; found: Record<string, string> };
      raw: string;
      cut: boolean;
      note: string;
      /** The same row was told before, without its record. */
      again: boolean;
    }
  | { tell: "taken"; what: Take; files: { name: string; blob: Blob }[]; note: string };
