// The rows, column by column, and what a view of them needs: which rows, in which order, how many
// of each value, and when. Lives in the worker.
import {
  BASES,
  type Choice,
  FACETS,
  type Facet,
  type FacetCounts,
  type Row,
  type Timeline,
  VERDICTS,
  type View,
} from "./protocol.ts";

/** Numbers a row, as src/host/page.rs writes them. */
const WIDTH = 16;
const COLUMNS = {
  record: Float64Array,
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
type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;
const NAMES = Object.keys(COLUMNS) as Name[];
const STEPS = [
  60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 7_776_000,
  31_536_000,
];
const BARS = 160;
const SHOWN = 50;
const MARKS = 400;

export class Store {
  length = 0;
  texts: string[] = [];
  files: File[] = [];
  reasons: string[] = [];
  private columns: Record<Name, Column>;
  private file = new Uint16Array(1024);

  constructor() {
    this.columns = Object.fromEntries(
      NAMES.map((name) => [name, new COLUMNS[name](1024)]),
    ) as Record<Name, Column>;
  }

  add(file: number, rows: Float64Array): void {
    const count = rows.length / WIDTH;
    const need = this.length + count;
    if (need > this.file.length) {
      const size = Math.max(need, Math.ceil(this.file.length * 1.6));
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
  }

  at(name: Name, index: number): number {
    return this.columns[name][index] ?? 0;
  }

  fileOf(index: number): number {
    return this.file[index] ?? 0;
  }

  text(name: Name, index: number): string {
    return this.texts[this.at(name, index)] ?? "";
  }

  row(index: number): Row {
    const time = this.at("time", index);
    return {
      index,
      file: this.files[this.fileOf(index)]?.name ?? "",
      record: this.at("record", index),
      event: this.at("event", index),
      time: Number.isNaN(time) ? null : time,
      zone: this.at("zone", index) === 1,
      verdict: VERDICTS[this.at("verdict", index)] ?? "related",
      basis: BASES[this.at("basis", index)] ?? "",
      computer: this.text("computer", index),
      error: this.text("error", index),
      shape: this.text("shape", index),
      message: this.text("message", index),
    };
  }

  /** The numbers that stand for the values of a facet, and their names. */
  private column(facet: Facet): { keys: Column; name: (key: number) => string } {
    const named = (list: readonly string[]) => (key: number) => list[key] || "none";
    switch (facet) {
      case "verdict":
        return { keys: this.columns.verdict, name: named(VERDICTS) };
      case "basis":
        return { keys: this.columns.basis, name: named(BASES) };
      case "file":
        return { keys: this.file, name: (key) => this.files[key]?.name ?? "" };
      case "reason":
        return {
          keys: this.columns.reasons,
          name: (bits) => this.reasons.filter((_, i) => bits & (1 << i)).join(", ") || "none",
        };
      default:
        return { keys: this.columns[facet], name: (key) => this.texts[key] || "none" };
    }
  }

  /** The rows of a view. With `skip`, without the choices about one facet; `timed`: with the range. */
  private matching(view: View, skip: Facet | null, timed: boolean): Uint32Array {
    const tests = FACETS.filter((facet) => facet !== skip).flatMap((facet) => {
      const mine = view.choices.filter((choice) => choice.facet === facet);
      if (mine.length === 0) return [];
      const { keys, name } = this.column(facet);
      const known = new Map<number, boolean>();
      const holds = (key: number) => {
        let answer = known.get(key);
        if (answer === undefined) {
          answer = allowed(mine, name(key));
          known.set(key, answer);
        }
        return answer;
      };
      return [(i: number) => holds(keys[i] as number)];
    });
    const words = view.search.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length > 0) {
      const known = new Map<number, string>();
      const lower = (key: number) => {
        let text = known.get(key);
        if (text === undefined) {
          text = (this.texts[key] ?? "").toLowerCase();
          known.set(key, text);
        }
        return text;
      };
      const { computer, error, shape, message, raw } = this.columns;
      const all = [computer, error, shape, message, raw];
      tests.push((i) =>
        words.every((word) => all.some((column) => lower(column[i] as number).includes(word))),
      );
    }
    const { time } = this.columns;
    if (timed && view.from !== null && view.to !== null) {
      const { from, to } = view;
      tests.push((i) => (time[i] as number) >= from && (time[i] as number) < to);
    }
    const out = new Uint32Array(this.length);
    let count = 0;
    next: for (let i = 0; i < this.length; i++) {
      for (const test of tests) if (!test(i)) continue next;
      out[count++] = i;
    }
    return out.subarray(0, count);
  }

  view(view: View): { order: Uint32Array; facets: FacetCounts[]; timeline: Timeline | null } {
    const rows = this.matching(view, null, true);
    const facets = FACETS.map((facet) => {
      const chosen = view.choices.some((choice) => choice.facet === facet);
      return this.count(facet, chosen ? this.matching(view, facet, true) : rows);
    });
    const spread = view.from === null ? rows : this.matching(view, null, false);
    return { order: this.sorted(rows, view), facets, timeline: this.timeline(spread, view) };
  }

  private count(facet: Facet, rows: Uint32Array): FacetCounts {
    const { keys, name } = this.column(facet);
    const counts = new Map<number, number>();
    for (const i of rows) counts.set(keys[i] as number, (counts.get(keys[i] as number) ?? 0) + 1);
    const named = new Map<string, number>();
    if (facet === "reason") {
      // One record can have several reasons and counts for each.
      for (const [bits, count] of counts) {
        this.reasons.forEach((reason, i) => {
          if (bits & (1 << i)) named.set(reason, (named.get(reason) ?? 0) + count);
        });
      }
    } else {
      for (const [key, count] of counts) named.set(name(key), count);
    }
    const values = [...named].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return { facet, values: values.slice(0, SHOWN), more: Math.max(0, values.length - SHOWN) };
  }

  private sorted(rows: Uint32Array, view: View): Uint32Array {
    const { sort, down } = view;
    const sign = down ? -1 : 1;
    const keys = this.columns[sort];
    if (sort === "time") {
      const value = (i: number) => {
        const time = keys[i] as number;
        return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
      };
      // Most logs are in order already.
      let inOrder = true;
      for (let k = 1; inOrder && k < rows.length; k++) {
        inOrder = value(rows[k - 1] as number) <= value(rows[k] as number);
      }
      if (!inOrder) rows.sort((a, b) => value(a) - value(b) || a - b);
      return down ? rows.reverse() : rows;
    }
    if (sort === "verdict" || sort === "basis") {
      return rows.sort((a, b) => sign * ((keys[a] as number) - (keys[b] as number)) || a - b);
    }
    // Texts are ranked once, so that rows are compared by numbers.
    const used = [...new Set(Array.from(rows, (i) => keys[i] as number))];
    const text = (key: number) => this.texts[key] ?? "";
    used.sort((a, b) => (text(a) < text(b) ? -1 : 1));
    const rank = new Map(used.map((key, place) => [key, place]));
    const value = (i: number) => rank.get(keys[i] as number) ?? 0;
    return rows.sort((a, b) => sign * (value(a) - value(b)) || a - b);
  }

  private timeline(rows: Uint32Array, view: View): Timeline | null {
    const { time, verdict } = this.columns;
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    let untimed = 0;
    for (const i of rows) {
      const at = time[i] as number;
      if (Number.isNaN(at)) untimed++;
      else {
        if (at < first) first = at;
        if (at > last) last = at;
      }
    }
    if (view.from !== null && view.to !== null) {
      first = view.from;
      last = view.to - 1;
    }
    if (first > last) return null;
    const span = last - first + 1;
    const step = STEPS.find((size) => span / size <= BARS) ?? Math.ceil(span / BARS);
    const start = Math.floor(first / step) * step;
    const bars = Math.floor((last - start) / step) + 1;
    const series = VERDICTS.map(() => new Array<number>(bars).fill(0));
    const marks: Timeline["marks"] = [];
    for (const i of rows) {
      const at = time[i] as number;
      const bar = Math.floor((at - start) / step);
      if (!(bar >= 0 && bar < bars)) continue;
      const list = series[verdict[i] as number] as number[];
      list[bar] = (list[bar] ?? 0) + 1;
      const kind = this.at("kind", i);
      if (kind >= 1 && kind <= 3 && marks.length < MARKS) {
        const row = this.row(i);
        marks.push({ time: at, event: row.error, computer: row.computer, kind });
      }
    }
    const [benign = [], review = [], related = []] = series;
    return { start, step, benign, review, related, untimed, marks };
  }
}

function allowed(choices: Choice[], value: string): boolean {
  const is = (choice: Choice) =>
    choice.value === value ||
    (choice.facet === "reason" && value.split(", ").includes(choice.value));
  const wanted = choices.filter((choice) => !choice.exclude);
  if (choices.some((choice) => choice.exclude && is(choice))) return false;
  return wanted.length === 0 || wanted.some(is);
}
