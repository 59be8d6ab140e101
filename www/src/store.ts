// The rows, stored by column. Lives in the worker; view.ts selects the visible rows.
import { BASES, type Facet, type Finding, type Row, VERDICTS } from "./protocol.ts";

/** How many numbers a row has, as crates/page/src/row.rs writes them. */
const WIDTH = 17;
/** Further rows are only counted, because each takes 70 bytes. */
export const MOST = 4_000_000;
const COLUMNS = {
  record: Float64Array,
  line: Float64Array,
  event: Uint16Array,
  offset: Float64Array,
  length: Uint32Array,
  time: Float64Array,
  zone: Uint8Array,
  verdict: Uint8Array,
  basis: Uint8Array,
  reasons: Uint16Array,
  kind: Uint8Array,
  computer: Uint32Array,
  error: Uint32Array,
  shape: Uint32Array,
  message: Uint32Array,
  finding: Uint32Array,
  raw: Uint32Array,
} as const;
type Name = keyof typeof COLUMNS;
export type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;
const NAMES = Object.keys(COLUMNS) as Name[];

export class Store {
  length = 0;
  /** Whether some rows were not stored. */
  full = false;
  texts: string[] = [];
  private columns: Record<Name, Column>;
  private file = new Uint16Array(1024);
  private findings = new Map<number, Finding>();
  private shifted = { zone: 0, length: 0, times: new Float64Array() };

  constructor(
    readonly files: File[],
    readonly reasons: string[],
  ) {
    this.columns = Object.fromEntries(
      NAMES.map((name) => [name, new COLUMNS[name](1024)]),
    ) as Record<Name, Column>;
  }

  /** Stores rows while there is room, and returns the number of rows for each verdict. */
  add(file: number, rows: Float64Array): [number, number, number] {
    const sums: [number, number, number] = [0, 0, 0];
    for (let at = NAMES.indexOf("verdict"); at < rows.length; at += WIDTH) {
      sums[rows[at] as 0 | 1 | 2]++;
    }
    const count = Math.min(rows.length / WIDTH, MOST - this.length);
    this.full ||= count < rows.length / WIDTH;
    const need = this.length + count;
    if (need > this.file.length) {
      const size = Math.min(MOST, Math.max(need, Math.ceil(this.file.length * 1.6)));
      for (const name of NAMES) {
        const grown = new COLUMNS[name](size);
        grown.set(this.columns[name] as never);
        this.columns[name] = grown;
      }
      const grown = new Uint16Array(size);
      grown.set(this.file);
      this.file = grown;
    }
    NAMES.forEach((name, k) => {
      const column = this.columns[name];
      for (let i = 0; i < count; i++) column[this.length + i] = rows[i * WIDTH + k] as number;
    });
    this.file.fill(file, this.length, need);
    this.length = need;
    return sums;
  }

  column(name: Name): Column {
    return this.columns[name];
  }

  at(name: Name, index: number): number {
    return this.columns[name][index] ?? 0;
  }

  /** The times as a clock in a zone shows them. Times without a zone stay as they are. */
  times(zone: number): Column {
    const { time, zone: zoned } = this.columns;
    if (zone === 0) return time;
    const { length, shifted } = this;
    if (shifted.zone !== zone || shifted.length !== length) {
      const times = new Float64Array(length);
      const add = 60 * zone;
      for (let i = 0; i < length; i++) times[i] = (time[i] as number) + (zoned[i] ? add : 0);
      this.shifted = { zone, length, times };
    }
    return this.shifted.times;
  }

  fileOf(index: number): number {
    return this.file[index] ?? 0;
  }

  text(name: Name, index: number): string {
    return this.texts[this.at(name, index)] ?? "";
  }

  private reasonsOf(bits: number): string {
    return this.reasons.filter((_, i) => bits & (1 << i)).join(", ");
  }

  row(index: number): Row {
    const time = this.at("time", index);
    return {
      index,
      file: this.files[this.fileOf(index)]?.name ?? "",
      record: this.at("record", index),
      line: this.at("line", index) || null,
      offset: this.at("offset", index),
      event: this.at("event", index),
      time: Number.isNaN(time) ? null : time,
      zone: this.at("zone", index) === 1,
      verdict: VERDICTS[this.at("verdict", index)] ?? "related",
      basis: BASES[this.at("basis", index)] ?? "",
      reason: this.reasonsOf(this.at("reasons", index)),
      computer: this.text("computer", index),
      error: this.text("error", index),
      shape: this.text("shape", index),
      message: this.text("message", index),
    };
  }

  /** The finding of a row. Rows with the same finding share one object. */
  finding(index: number): Finding {
    const key = this.at("finding", index);
    let finding = this.findings.get(key);
    if (!finding) {
      const text = this.texts[key] ?? "";
      // If the log has too many different texts, one replacement is used for all further ones.
      finding = text.startsWith("{") ? (JSON.parse(text) as Finding) : this.short(index);
      if (text.startsWith("{") && this.findings.size < 10_000) this.findings.set(key, finding);
    }
    return finding;
  }

  private short(index: number): Finding {
    const { verdict, basis, reason, computer, shape } = this.row(index);
    return {
      verdict: verdict === "related" ? "unrelated" : verdict,
      basis: basis || null,
      reasons: (reason ? reason.split(", ") : []) as Finding["reasons"],
      evidence: [],
      error: null,
      hresult: null,
      computer,
      shape,
      related: null,
    };
  }

  /** The numeric keys of a facet, the number of possible keys, and their names. */
  facet(facet: Facet): { keys: Column; size: number; name: (key: number) => string } {
    const named = (list: readonly string[]) => (key: number) => list[key] || "none";
    switch (facet) {
      case "verdict":
        return { keys: this.columns.verdict, size: VERDICTS.length, name: named(VERDICTS) };
      case "basis":
        return { keys: this.columns.basis, size: BASES.length, name: named(BASES) };
      case "file": {
        const name = (key: number) => this.files[key]?.name ?? "";
        return { keys: this.file, size: this.files.length, name };
      }
      case "reason": {
        const name = (bits: number) => this.reasonsOf(bits) || "none";
        return { keys: this.columns.reasons, size: 1 << 16, name };
      }
      default: {
        const name = (key: number) => this.texts[key] || "none";
        return { keys: this.columns[facet], size: this.texts.length, name };
      }
    }
  }
}
