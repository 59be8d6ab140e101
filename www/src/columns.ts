// The columns of the table: names, widths and contents.
import type { Facet, Row, SortKey } from "./protocol.ts";
import { clock, line, number } from "./text.ts";

export interface Column {
  key: SortKey;
  name: string;
  width: number;
  /** The facet by which a cell can be filtered. */
  facet: Facet | null;
  /** Whether the column is hidden at first. */
  extra?: boolean;
}

export const COLUMNS: Column[] = [
  { key: "time", name: "Time", width: 176, facet: null },
  { key: "computer", name: "Computer", width: 124, facet: "computer" },
  { key: "verdict", name: "Verdict", width: 80, facet: "verdict" },
  { key: "basis", name: "Basis", width: 74, facet: "basis" },
  { key: "error", name: "Error or event", width: 232, facet: "error" },
  { key: "reason", name: "Reasons", width: 150, facet: "reason", extra: true },
  { key: "shape", name: "Format", width: 104, facet: "shape" },
  { key: "file", name: "File", width: 150, facet: "file", extra: true },
  { key: "record", name: "Record", width: 90, facet: null, extra: true },
  { key: "message", name: "Message", width: 280, facet: null },
];

/** The position of a record: its line, or its offset in a binary log. */
export const place = ({ line, offset }: Row): string =>
  line === null ? `offset ${number(offset)}` : `line ${number(line)}`;

/** The text of a cell. */
export function shown(row: Row, key: SortKey): string {
  switch (key) {
    case "time":
      return clock(row.time, row.zone);
    case "record":
      return row.event > 1 ? `${place(row)}, event ${row.event}` : place(row);
    case "message":
      return line(row.message).slice(0, 300);
    default:
      return line(row[key]);
  }
}

/** The filter value of a cell. If there are several reasons, it is the first. */
export function valueFor(row: Row, facet: Facet): string {
  const value = facet === "reason" ? row.reason.split(", ")[0] : row[facet];
  return value || "none";
}
