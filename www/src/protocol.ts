// What the page and its worker say to each other. The worker keeps the rows; the page only ever has
// those that are on the screen.

export const VERDICTS = ["benign", "review", "related"] as const;
export const BASES = ["", "listed", "sibling", "cause"] as const;
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
}

export interface Counts {
  records: number;
  benign: number;
  review: number;
  related: number;
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
  event: number;
  time: number | null;
  zone: boolean;
  verdict: (typeof VERDICTS)[number];
  basis: string;
  reason: string;
  computer: string;
  error: string;
  shape: string;
  message: string;
}

export interface Evidence {
  code: string;
  state: "met" | "assumed" | "failed";
  seen?: string | null;
}

export interface Finding {
  verdict: string;
  basis: string | null;
  reasons: string[];
  evidence: Evidence[];
  error: number | null;
  hresult: string | null;
  computer: string | null;
  shape: string | null;
  related: { source: string; id: number; kind: string; means: string } | null;
}

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

export interface Summary {
  totals: { first: string | null; last: string | null };
  computers: {
    name: string;
    other: boolean;
    benign: number;
    review: number;
    first: string | null;
    last: string | null;
    interval: { pace: string; seconds: number | null; words: string };
    gaps: { from: string; to: string; explained: string; words: string }[];
    neighbours: { event: string; count: number; contradicts: boolean; words: string }[];
    start: { words: string; at: string } | null;
  }[];
  remarks: string[];
  together: { minute: string; count: number; computers: string[] }[];
}

export type Take = "tag" | "drop" | "ledger" | "ndjson" | "csv" | "markdown";

/** To the worker. */
export type Ask =
  | { ask: "start"; module: WebAssembly.Module }
  | { ask: "open"; files: File[]; order: string }
  | { ask: "cancel" }
  | { ask: "view"; view: View }
  | { ask: "rows"; from: number; to: number; serial: number }
  | { ask: "explain"; index: number }
  | { ask: "take"; what: Take; accept: string };

/** From the worker. */
export type Tell =
  | { tell: "ready"; article: Article }
  | { tell: "failed"; why: string }
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
      raw: string;
      cut: boolean;
      note: string;
      /** The same row was told before, without its record. */
      again: boolean;
    }
  | { tell: "taken"; what: Take; files: { name: string; blob: Blob }[]; note: string };
