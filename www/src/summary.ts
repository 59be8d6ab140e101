// The summary of a log: the report of the module, with the page's own additions. Runs in the worker.
import type { Triage } from "#wasm/crypt32_page.js";
import type { Summary as Report } from "../../crates/npm/ts/answers.ts";
import type { Reviewed, Summary } from "./protocol.ts";
import type { Store } from "./store.ts";

/** How many computers are listed with all details. */
const TOLD = 200;
/** The number of parts into which a computer's small chart divides the time of the log. */
const PARTS = 60;

/** The report for the page. Computers that the page does not list are only counted. */
export function summary(triage: Triage, store: Store, reviews: Reviewed[]): Summary {
  const whole = JSON.parse(new TextDecoder().decode(triage.report("json"))) as Report;
  const told = whole.computers.slice(0, TOLD).map(({ name }) => name);
  const seen = ofEach(store, told);
  const computers = whole.computers.map((row, index) => {
    const { name, other, benign, review, first, last, interval, start } = row;
    const full = index < TOLD;
    const gaps = full ? row.gaps : [];
    const neighbours = row.neighbours.filter((event) => full || event.contradicts);
    const { spark, spellings } = seen[index] ?? { spark: [], spellings: [] };
    const shown = { name, other, benign, review, first, last, interval, gaps, neighbours, start };
    return { ...shown, spark, spellings };
  });
  const { totals, remarks, together, advice, unjudged } = whole;
  return {
    totals,
    computers,
    remarks,
    together,
    advice,
    unjudged,
    reviews,
    ambiguous: triage.ambiguous,
  };
}

type OfComputer = Pick<Summary["computers"][number], "spark" | "spellings">;

/** What the rows say about each computer. The report joins names that differ only in case. */
function ofEach(store: Store, names: string[]): OfComputer[] {
  const out = names.map((): OfComputer => {
    return { spark: new Array<number>(PARTS).fill(0), spellings: [] };
  });
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
  const known: (number | undefined)[] = [];
  const place = (key: number): number => {
    const name = store.texts[key] ?? "";
    const found = places.get(name.toLowerCase()) ?? -1;
    out[found]?.spellings.push(name);
    return found;
  };
  for (let i = 0; i < store.length; i++) {
    const key = computer[i] as number;
    known[key] ??= place(key);
    const row = counts(i) ? out[known[key] as number] : undefined;
    if (!row) continue;
    const part = Math.floor((PARTS * ((time[i] as number) - first)) / (last - first + 1));
    row.spark[part] = (row.spark[part] as number) + 1;
  }
  return out;
}
