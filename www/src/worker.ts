// The worker: runs the WASM module, keeps the rows, and answers the page's requests.
import { article_json, explanation, found, initSync, Triage } from "#wasm/crypt32_page.js";
import { unpacked } from "./archives.ts";
import { csv, filterFiles, json, markdown, ndjson } from "./export.ts";
import { find } from "./finding.ts";
import type { Article, Ask, Reviewed, Tell, View } from "./protocol.ts";
import { Reading, Stopped } from "./reading.ts";
import { record } from "./record.ts";
import { Store } from "./store.ts";
import { summary } from "./summary.ts";
import { learn } from "./text.ts";
import { answer } from "./view.ts";

/** How often the page gets progress messages, in milliseconds. */
const PROGRESS = 250;
/**
 * How often the page gets a new view while files are read, and the maximum share of time for that.
 */
const VIEW = 1500;
const SHARE = 0.05;
/** How long the search for a record may take before the other parts are shown, in milliseconds. */
const LATE = 200;
/** How many records to review are listed before the table. */
const LISTED = 25;

const tell = (message: Tell) => postMessage(message);
let article: Article | undefined;
let triage: Triage | undefined;
let reading: Reading | undefined;
let store = new Store([], []);
let view: View | undefined;
let order = new Uint32Array();
let serial = 0;
/** Whether archives are unpacked before the files are read, and whether to stop that. */
let opening = false;
let stop = false;
/** The row whose explanation was requested last. */
let wanted = -1;

function progress(): void {
  if (!reading) return;
  const { states: files, counts, done, cancelled } = reading;
  tell({ tell: "progress", files, counts, done, cancelled });
}

async function open({
  inputs: given,
  order: dates,
  care,
  last,
}: Extract<Ask, { ask: "open" }>): Promise<void> {
  opening = true;
  stop = false;
  let told = 0;
  const inputs = await unpacked(given, (name, size) => {
    const now = performance.now();
    if (now - told >= PROGRESS) {
      told = now;
      tell({ tell: "unpacking", name, size });
    }
    return stop;
  });
  // The page needs the files if they must be read again.
  if (inputs.length > given.length || inputs.some(({ file }, i) => file !== given[i]?.file))
    tell({ tell: "inputs", inputs });
  const files = inputs.map(({ file }) => file);
  triage?.free();
  triage = new Triage("{}", dates);
  wanted = -1;
  store = new Store(files, article?.conditions.map((condition) => condition.code) ?? []);
  reading = new Reading(inputs, triage, store, care, last);
  reading.cancelled = stop;
  opening = false;
  let next = 0;
  let shown = 0;
  await reading.run(() => {
    const now = performance.now();
    if (now - told < PROGRESS) return;
    told = now;
    progress();
    if (now < next || store.length === shown) return;
    shown = store.length;
    refresh();
    const took = performance.now() - now;
    next = now + Math.max(VIEW, took / SHARE);
  });
  refresh();
  tell({ tell: "summary", summary: summary(triage, store, reviews()) });
  progress();
}

/** The first records to review. */
function reviews(): Reviewed[] {
  const verdict = store.column("verdict");
  const out: Reviewed[] = [];
  for (let i = 0; i < store.length && out.length < LISTED; i++) {
    if (verdict[i] === 1) out.push({ row: store.row(i), found: wordsFound(store, i) });
  }
  return out;
}

/** What was found for each failed condition of a row. */
function wordsFound(of: Store, index: number): Record<string, string> {
  const { reasons, evidence } = of.finding(index);
  return Object.fromEntries(
    reasons.map((code) => {
      const seen = evidence.find((one) => one.code === code)?.seen;
      return [code, found(code, seen ?? undefined)];
    }),
  );
}

function refresh(): void {
  if (!view) return;
  const { order: rows, facets, timeline, wrong } = answer(store, view);
  order = new Uint32Array(rows);
  serial++;
  tell({ tell: "view", length: order.length, facets, timeline, serial, wrong });
}

/**
 * Explains a row with its record from the file, or with the cached text if the file cannot be read
 * at random positions.
 */
async function explain(index: number): Promise<void> {
  wanted = index;
  const of = store;
  const row = of.row(index);
  const finding = of.finding(index);
  const words = {
    card: explanation(of.text("finding", index), row.time ?? Number.NaN, row.zone),
    found: wordsFound(of, index),
  };
  const at = order.indexOf(index);
  let raw = { text: of.text("raw", index), cut: false };
  let note = "";
  let again = false;
  const file = of.files[of.fileOf(index)];
  const container = reading?.states[of.fileOf(index)]?.container ?? "plain";
  if (raw.text === "" && file) {
    const [offset, length] = [of.at("offset", index), of.at("length", index)];
    const still = () => wanted === index && store === of;
    // Finding a record in a compressed file can take long, so the other parts are shown first.
    const late = setTimeout(() => {
      if (!still()) return;
      again = true;
      const note = "Searching for the record in the compressed file …";
      tell({ tell: "explain", row, finding, words, raw: "", cut: false, note, at, again: false });
    }, LATE);
    try {
      const read = await record(file, container, offset, length, still);
      if (!read || !still()) return;
      raw = read;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      note = "The file can no longer be read; only the record's message was kept.";
      raw.text = row.message;
    } finally {
      clearTimeout(late);
    }
  }
  tell({ tell: "explain", row, finding, words, raw: raw.text, cut: raw.cut, note, at, again });
}

async function takeAway({ what, drops }: Extract<Ask, { ask: "take" }>): Promise<void> {
  const give = (name: string, blob: Blob, note = "") =>
    tell({ tell: "taken", what, files: [{ name, blob }], note });
  const { states = [], care = [] } = reading ?? {};
  try {
    switch (what) {
      case "ndjson":
        return give("verdicts.ndjson", await ndjson(store, order));
      case "csv":
        return give("verdicts.csv", await csv(store, order));
      case "markdown":
        return give("report.md", markdown(triage?.report("markdown") ?? new Uint8Array(), states));
      case "ledger": {
        const taken = await filterFiles(store.files, states, care, "drop", drops);
        const ledger = json(JSON.parse(taken.ledger));
        return give("ledger.json", new Blob([`${ledger}\n`]), taken.note);
      }
      default: {
        const taken = await filterFiles(store.files, states, care, what, drops);
        tell({ tell: "taken", what, files: taken.files, note: taken.note });
      }
    }
  } catch (error) {
    tell({ tell: "taken", what, files: [], note: `Writing failed: ${String(error)}` });
    // The module throws a text about wrong options.
    if (!(error instanceof DOMException) && typeof error !== "string") failed(error);
  }
}

/**
 * Reports a failure. The page then discards this worker, because the module's state is unknown
 * after a trap.
 */
function failed(error: unknown): void {
  const { why, file, at } = error instanceof Stopped ? error : { why: error, file: null, at: 0 };
  tell({ tell: "failed", why: String(why), file, at });
}

addEventListener("message", ({ data }: MessageEvent<Ask>) => {
  switch (data.ask) {
    case "start":
      try {
        initSync({ module: data.module });
        article = JSON.parse(article_json()) as Article;
        learn(article);
        tell({ tell: "ready", article });
      } catch (error) {
        failed(error);
      }
      break;
    case "open":
      if (!opening && (!reading || reading.done)) open(data).catch(failed);
      break;
    case "find":
      find(data).then((place) => tell({ tell: "found", place }), failed);
      break;
    case "cancel":
      stop = true;
      if (reading) reading.cancelled = true;
      break;
    case "view":
      view = data.view;
      refresh();
      break;
    case "rows": {
      const rows = Array.from(order.subarray(data.from, data.to), (index) => store.row(index));
      tell({ tell: "rows", from: data.from, rows, serial: data.serial });
      break;
    }
    case "explain":
      if (data.index < store.length) explain(data.index).catch(failed);
      break;
    case "take":
      takeAway(data);
      break;
  }
});
