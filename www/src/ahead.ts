// Empty results in every font of the page. When the browser first uses a font, it waits for its
// main process, which can take tens of milliseconds while that process reads a file. So the page
// lays out this invisible copy before any file is opened.
import type { Counts, FacetCounts, Row, Summary, Timeline } from "./protocol.ts";

const once = { records: 1, bytes: 1 };

export const COUNTS: Counts = {
  records: 2,
  benign: 1,
  review: 1,
  related: 0,
  unread: 0,
  unjudged: 0,
  partial: 0,
  bytes: 1,
  accepted: once,
  droppable: once,
  passed: 0,
};

const NEIGHBOUR = {
  event: "-",
  kind: "problem" as const,
  count: 1,
  first: null,
  last: null,
  before: 0,
  between: 0,
  after: 1,
  side: "after" as const,
  contradicts: false,
  words: "-",
};

const ROW: Row = {
  index: 0,
  file: "-",
  record: 1,
  line: 1,
  offset: 0,
  event: 1,
  time: null,
  zone: false,
  verdict: "review",
  basis: "",
  reason: "error",
  computer: "-",
  error: "-",
  shape: "-",
  message: "-",
};

export const SUMMARY: Summary = {
  totals: { first: null, last: null },
  computers: [
    {
      name: "-",
      other: false,
      benign: 1,
      review: 1,
      first: null,
      last: null,
      interval: { pace: "few", seconds: null, words: "-" },
      gaps: [],
      neighbours: [NEIGHBOUR],
      start: null,
      spark: [],
      spellings: [],
    },
  ],
  advice: [{ resolution: "ignore", words: "-", guide: null }],
  unjudged: [],
  remarks: ["-"],
  together: [],
  reviews: [{ row: ROW, found: { error: "-" } }],
  ambiguous: false,
};

export const TIMELINE: Timeline = {
  start: 0,
  step: 60,
  benign: [1],
  review: [1],
  related: [0],
  untimed: 0,
  zoned: 1,
  bare: 0,
  marks: [],
  marked: 0,
};

export const FACETS: FacetCounts[] = [{ facet: "verdict", values: [["review", 1]], more: 1 }];
