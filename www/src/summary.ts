// The summary of a log: the report of the module, with the page's own additions. Runs in the worker.
import type { Triage } from "#wasm/crypt32_page.js";
import type { Report } from "../../crates/npm/ts/report-types.ts";
import type { Reviewed, Summary } from "./protocol.ts";
import type { Store } from "./store.ts";

/** How many computers are listed with all details. */
const TOLD = 200;
/** The number of parts into which a computer's small chart divides the time of the log. */
const PARTS = 60;

/** The report for the page. Computers that the page does not list are only counted. */
export function summary(triage: Triage, store: Store, reviews: Reviewed[]): Summary {
  const whole = JSON.parse(new TextDecoder().decode(triage.report("json"))) as Report;
  const charts = sparks(
    store,
    whole.computers.slice(0, TOLD).map(({ name }) => name),
  );
  const computers = whole.computers.map((row, index) => {
    const { name, other, benign, review, first, last, interval, start } = row;
    const told = index < TOLD;
    const gaps = told ? row.gaps : [];
    const neighbours = row.neighbours.filter((event) => told || event.contradicts);
    const spark = charts[index] ?? [];
    return { name, other, benign, review, first, last, interval, gaps, neighbours, start, spark };
  });
  const { totals, remarks, together } = whole;
  return { totals, computers, remarks, together, reviews, ambiguous: triage.ambiguous };
}

/** The number of events 8 of each computer in each part of the log's time. */
function sparks(store: Store, names: string[]): number[][] {
  const out = names.map(() => new Array<number>(PARTS).fill(0));
  const places = new Map(names.map((name, place) => [name.toLowerCase(), place]));
  const [time, verdict, computer] = [
    store.times(0),
    store.column("verdict"),
    store.column("computer"),
  ];
  const counts = (i: number) => verdict[i] !== 2 && !Number.isNaN(time[i]);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < store.length; i++) {
    if (!counts(i)) continue;
    first = Math.min(first, time[i] as number);
    last = Math.max(last, time[i] as number);
  }
  // The report joins names that differ only in case.
  const known: (number | undefined)[] = [];
  const place = (key: number) => {
    known[key] ??= places.get((store.texts[key] ?? "").toLowerCase()) ?? -1;
    return known[key] as number;
  };
  for (let i = 0; i < store.length; i++) {
    const row = counts(i) ? out[place(computer[i] as number)] : undefined;
    if (!row) continue;
    const part = Math.floor((PARTS * ((time[i] as number) - first)) / (last - first + 1));
    row[part] = (row[part] as number) + 1;
  }
  return out;
}
