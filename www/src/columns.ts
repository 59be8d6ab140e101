// The columns of the table: names, widths and contents.
import type { Facet, Row, SortKey } from "./protocol.ts";
import { clock, label, line, number } from "./text.ts";

export interface Column {
  key: SortKey;
  name: string;
  width: number;
  /** Whether a cell can be filtered by its value. */
  filters: boolean;
  /** Whether the column is hidden at first. */
  extra?: boolean;
}

export const COLUMNS: Column[] = [
  { key: "verdict", name: "Verdict", width: 80, filters: true },
  { key: "time", name: "Time", width: 176, filters: false },
  { key: "computer", name: "Computer", width: 124, filters: true },
  { key: "error", name: "Error or event", width: 232, filters: true },
  { key: "reason", name: "Reason", width: 124, filters: true },
  { key: "shape", name: "Format", width: 104, filters: true },
  { key: "file", name: "File", width: 150, filters: true, extra: true },
  { key: "record", name: "Place", width: 90, filters: false, extra: true },
  { key: "message", name: "Message", width: 280, filters: false },
];

/** The position of a record: its line, or its offset in a binary log. */
export const place = ({ line, offset }: Row): string =>
  line === null ? `offset ${number(offset)}` : `line ${number(line)}`;

/** The text of a cell. */
export function shown(row: Row, key: SortKey, zone: number): string {
  switch (key) {
    case "time":
      return clock(row.time, row.zone, zone);
    case "reason":
      return label("basis", row.basis) || row.reason;
    case "record":
      return row.event > 1 ? `${place(row)}, event ${row.event}` : place(row);
    case "message":
      return line(row.message).slice(0, 300);
    default:
      return line(row[key]);
  }
}

/**
 * The filter of a cell. A benign record is benign by an article; of several reasons to review, the
 * first counts.
 */
export function filterOf(row: Row, { key, filters }: Column): [Facet, string] | undefined {
  if (!filters) return undefined;
  if (key === "reason" && row.verdict === "benign") return ["basis", row.basis || "none"];
  const value = key === "reason" ? row.reason.split(", ")[0] : row[key as Facet];
  return [key as Facet, value || "none"];
}
