// Selects the rows of a view: the rows, their order, the counts of each value, and the
// timeline.
import {
  type Choice,
  FACETS,
  type Facet,
  type FacetCounts,
  type Timeline,
  VERDICTS,
  type View,
} from "./protocol.ts";
import { type Term, terms } from "./search.ts";
import { byKey, type Rows } from "./sort.ts";
import type { Column, Store } from "./store.ts";
import { label } from "./text.ts";

const STEPS = [
  60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 7_776_000,
  31_536_000,
];
const BARS = 160;
const SHOWN = 50;

/** Whether a row is wanted. */
type Test = (i: number) => boolean;

export interface Answer {
  order: Rows;
  facets: FacetCounts[];
  timeline: Timeline | null;
  /** What is wrong with the search, which then has no effect. */
  wrong: string;
}

export function answer(store: Store, view: View): Answer {
  const search = terms(view.search);
  const said = typeof search === "string" ? [] : search.map((term) => found(store, term));
  const wrong = typeof search === "string" ? search : "";
  const matching = (skip: Facet | null, timed: boolean) => select(store, view, said, skip, timed);
  const rows = matching(null, true);
  const facets = FACETS.map((facet) => {
    const chosen = view.choices.some((choice) => choice.facet === facet);
    return count(store, facet, chosen ? matching(facet, true) : rows);
  });
  const spread = view.from === null ? rows : matching(null, false);
  return {
    order: sorted(store, rows, view),
    facets,
    timeline: timeline(store, spread, view),
    wrong,
  };
}

/** The rows of a view. `skip` ignores the filters of one facet; `timed` applies the time range. */
function select(
  store: Store,
  view: View,
  search: Test[],
  skip: Facet | null,
  timed: boolean,
): Rows {
  const tests = FACETS.filter((facet) => facet !== skip).flatMap((facet) => {
    const mine = view.choices.filter((choice) => choice.facet === facet);
    if (mine.length === 0) return [];
    const { keys, name } = store.facet(facet);
    const holds = once((key) => allowed(mine, name(key)));
    return [(i: number) => holds(keys[i] as number)];
  });
  tests.push(...search);
  const time = store.times(view.zone);
  if (timed && view.from !== null && view.to !== null) {
    const { from, to } = view;
    tests.push((i) => (time[i] as number) >= from && (time[i] as number) < to);
  }
  const out = new Uint32Array(store.length);
  let length = 0;
  next: for (let i = 0; i < out.length; i++) {
    for (const test of tests) if (!test(i)) continue next;
    out[length++] = i;
  }
  return out.subarray(0, length);
}

/** Whether a row meets a term of the search. */
function found(store: Store, { field, holds }: Term): Test {
  if (field === undefined || field === "message") {
    const has = once((key) => holds(store.texts[key] ?? ""));
    const names = ["message", "raw", "computer", "error", "shape"] as const;
    const columns = names.slice(0, field ? 2 : names.length).map((name) => store.column(name));
    return (i) => columns.some((column) => has(column[i] as number));
  }
  // A benign record is benign by an article, which is its reason.
  const facets: Facet[] = field === "reason" ? ["reason", "basis"] : [field];
  const tests = facets.map((facet) => {
    const { keys, name } = store.facet(facet);
    const has = once((key) => holds(label(facet, name(key))));
    return (i: number) => has(keys[i] as number);
  });
  return (i) => tests.some((test) => test(i));
}

/** Caches the answer for each number. */
function once(ask: (key: number) => boolean): (key: number) => boolean {
  const known: (boolean | undefined)[] = [];
  return (key) => {
    known[key] ??= ask(key);
    return known[key] as boolean;
  };
}

function allowed(choices: Choice[], value: string): boolean {
  const is = (choice: Choice) =>
    choice.value === value ||
    (choice.facet === "reason" && value.split(", ").includes(choice.value));
  const wanted = choices.filter((choice) => !choice.exclude);
  if (choices.some((choice) => choice.exclude && is(choice))) return false;
  return wanted.length === 0 || wanted.some(is);
}

function count(store: Store, facet: Facet, rows: Rows): FacetCounts {
  const { keys, size, name } = store.facet(facet);
  const counts = new Uint32Array(size);
  for (let k = 0; k < rows.length; k++) (counts[keys[rows[k] as number] as number] as number)++;
  const named = new Map<string, number>();
  counts.forEach((count, key) => {
    if (count === 0) return;
    // A record with several reasons counts for each of them.
    const names = facet !== "reason" ? [name(key)] : key === 0 ? [] : name(key).split(", ");
    for (const one of names) named.set(one, (named.get(one) ?? 0) + count);
  });
  const values = [...named].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return { facet, values: values.slice(0, SHOWN), more: Math.max(0, values.length - SHOWN) };
}

function sorted(store: Store, rows: Rows, { sort, down, zone }: View): Rows {
  const { key, most } = rank(store, rows, sort, zone);
  // Rows without a value come last in both orders.
  const value = (row: number) => {
    const at = key(row);
    return Number.isNaN(at) ? most + 1 : down ? most - at : at;
  };
  return byKey(rows, value);
}

/** Keys that sort in the order of the values. */
function rank(
  store: Store,
  rows: Rows,
  sort: View["sort"],
  zone: number,
): { key: (row: number) => number; most: number } {
  if (sort === "time") return numbers(store.times(zone), rows);
  if (sort === "record") return numbers(store.column(sort), rows);
  const { keys, size, name } =
    sort === "message"
      ? { ...store.facet("computer"), keys: store.column("message") }
      : sort === "reason"
        ? reasons(store)
        : store.facet(sort);
  const used = new Uint8Array(size);
  for (let k = 0; k < rows.length; k++) used[keys[rows[k] as number] as number] = 1;
  const present = [...used.keys()].filter((key) => used[key] === 1);
  // Verdicts and bases have their own order.
  if (sort !== "verdict" && sort !== "basis") {
    const texts = new Map(present.map((key) => [key, name(key)]));
    present.sort((a, b) => ((texts.get(a) ?? "") < (texts.get(b) ?? "") ? -1 : 1));
  }
  const places = new Uint32Array(size);
  present.forEach((key, place) => {
    places[key] = place;
  });
  return { key: (row) => places[keys[row] as number] as number, most: present.length };
}

/** The reasons of the records to review, after the articles of the benign ones. */
function reasons(store: Store): ReturnType<Store["facet"]> {
  const [reason, basis] = [store.facet("reason"), store.facet("basis")];
  const keys = new Uint32Array(store.length);
  for (let i = 0; i < keys.length; i++) keys[i] = (reason.keys[i] || 0) * 4 + (basis.keys[i] || 0);
  const name = (key: number) =>
    key % 4 > 0 ? `0 ${key}` : key > 0 ? `1 ${reason.name(key >> 2)}` : "2";
  return { keys, size: 4 * reason.size, name };
}

function numbers(column: Column, rows: Rows): ReturnType<typeof rank> {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < rows.length; k++) {
    const value = column[rows[k] as number] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return {
    key: (row) => (column[row] as number) - least,
    most: most > least ? most - least : 0,
  };
}

function timeline(store: Store, rows: Rows, view: View): Timeline | null {
  const [verdict, kinds, zones] = (["verdict", "kind", "zone"] as const).map((name) =>
    store.column(name),
  ) as [Column, Column, Column];
  const time = store.times(view.zone);
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let [untimed, zoned] = [0, 0];
  for (let k = 0; k < rows.length; k++) {
    const at = time[rows[k] as number] as number;
    if (Number.isNaN(at)) untimed++;
    else {
      zoned += zones[rows[k] as number] as number;
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
  const seen = new Uint8Array(4 * bars);
  let marked = 0;
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k] as number;
    const at = time[i] as number;
    const bar = Math.floor((at - start) / step);
    if (!(bar >= 0 && bar < bars)) continue;
    const list = series[verdict[i] as number] as number[];
    list[bar] = (list[bar] as number) + 1;
    const kind = kinds[i] as number;
    if (kind < 1 || kind > 3) continue;
    marked++;
    // Only the first mark of each kind in a bar is drawn; further ones would cover each other.
    const place = 4 * bar + kind;
    if (seen[place]) continue;
    seen[place] = 1;
    const row = store.row(i);
    marks.push({ time: at, event: row.error, computer: row.computer, kind });
  }
  const [benign = [], review = [], related = []] = series;
  const bare = rows.length - untimed - zoned;
  return { start, step, benign, review, related, untimed, zoned, bare, marks, marked };
}
