// Reads files with the WASM, chunk by chunk, and answers questions about the rows.
import { article_json, initSync, Triage } from "#wasm/crypt32_page.js";
import { csv, filterFiles, ndjson } from "./export.ts";
import {
  type Article,
  type Ask,
  type Counts,
  type FileState,
  type Finding,
  type Summary,
  type Tell,
  VERDICTS,
  type View,
} from "./protocol.ts";
import { Store } from "./store.ts";

const CHUNK = 2 << 20;
/** How often the page hears of progress, in milliseconds. */
const PROGRESS = 250;
/** How often it gets a new view while files are read: drawing one costs it time. */
const VIEW = 1500;
/** How much of a record is shown. */
const RAW = 64 << 10;

const tell = (message: Tell) => postMessage(message);
let article: Article | undefined;
let store = new Store();
let states: FileState[] = [];
let counts = none();
let view: View | undefined;
let order = new Uint32Array();
let serial = 0;
let cancelled = false;
let reading = false;
let triage: Triage | undefined;

function none(): Counts {
  return {
    records: 0,
    benign: 0,
    review: 0,
    related: 0,
    bytes: 0,
    benignBytes: 0,
    accepted: 0,
  };
}

const progress = (done: boolean) =>
  tell({ tell: "progress", files: states, counts, done, cancelled });

async function open(files: File[], dates: string): Promise<void> {
  triage?.free();
  triage = new Triage("{}", dates);
  store = new Store();
  store.files = files;
  store.reasons = article?.conditions.map((condition) => condition.code) ?? [];
  states = files.map(({ name, size }) => {
    return { name, size, read: 0, records: 0, container: "", notes: [] };
  });
  counts = none();
  cancelled = false;
  reading = true;
  let last = 0;
  let drawn = 0;
  for (const [index, file] of files.entries()) {
    const state = states[index] as FileState;
    if (index > 0) triage.nextFile();
    try {
      await readFile(triage, file, state, index, () => {
        if (performance.now() - last < PROGRESS) return;
        last = performance.now();
        progress(false);
        if (last - drawn < VIEW) return;
        drawn = last;
        refresh(false);
      });
    } catch (error) {
      const gone = error instanceof DOMException;
      state.notes.push(
        gone
          ? `stopped at byte ${state.read}: the file was changed, moved or removed while it was read`
          : `stopped at byte ${state.read}: ${String(error)}`,
      );
    }
    if (cancelled) break;
  }
  reading = false;
  refresh(true);
  tell({ tell: "summary", summary: report() });
  progress(true);
}

async function readFile(
  triage: Triage,
  file: File,
  state: FileState,
  index: number,
  after: () => void,
): Promise<void> {
  if (file.size === 0) state.notes.push("the file is empty");
  const load = (at: number) => file.slice(at, at + CHUNK).arrayBuffer();
  const before = counts.records;
  let next = load(0);
  for (let at = 0; at < file.size && !cancelled; at += CHUNK) {
    const bytes = new Uint8Array(await next);
    // The next chunk is fetched while this one is read.
    if (at + CHUNK < file.size) next = load(at + CHUNK);
    next.catch(() => {});
    triage.push(bytes);
    if (triage.wantsSurvey()) await survey(triage, file);
    take(triage, index);
    state.read = Math.min(at + CHUNK, file.size);
    state.records = triage.records;
    counts.records = before + state.records;
    counts.bytes += bytes.length;
    after();
  }
  if (cancelled) state.notes.push(`stopped at byte ${state.read}, as you asked`);
  state.container = triage.container();
  state.notes.push(...triage.endFile());
  if (triage.wantsSurvey()) await survey(triage, file);
  take(triage, index);
  state.container ||= triage.container();
  state.records = triage.records;
  counts.records = before + state.records;
  if (state.records === 0 && file.size > 0) {
    state.notes.push("no record was recognised in it; is it a log?");
  }
}

async function survey(triage: Triage, file: File): Promise<void> {
  for (let at = 0; at < file.size; at += CHUNK) {
    if (triage.survey(new Uint8Array(await file.slice(at, at + CHUNK).arrayBuffer()))) return;
  }
}

function take(triage: Triage, file: number): void {
  const rows = triage.rows();
  store.texts.push(...triage.texts());
  const before = store.length;
  store.add(file, rows);
  for (let i = before; i < store.length; i++) {
    const verdict = VERDICTS[store.at("verdict", i)] ?? "related";
    counts[verdict]++;
    if (verdict === "benign") {
      counts.benignBytes += store.at("length", i) + 1;
      if (store.at("basis", i) < 3) counts.accepted++;
    }
  }
}

function report(): Summary {
  return JSON.parse(new TextDecoder().decode(triage?.report("json"))) as Summary;
}

let seen = -1;
function refresh(always: boolean): void {
  if (!view || (!always && (store.length === seen || store.length > 200_000))) return;
  seen = store.length;
  const answer = store.view(view);
  order = new Uint32Array(answer.order);
  serial++;
  const { facets, timeline } = answer;
  tell({ tell: "view", length: order.length, facets, timeline, serial });
}

/** The record as it stands in the file, or as it was kept when the file cannot be read in places. */
async function explain(index: number): Promise<void> {
  const row = store.row(index);
  const finding = JSON.parse(store.text("finding", index) || "{}") as Finding;
  let raw = store.text("raw", index);
  let note = "";
  const file = store.files[store.fileOf(index)];
  const length = store.at("length", index);
  let cut = length > raw.length && raw !== "";
  if (raw === "" && file) {
    try {
      const mark = new Uint8Array(await file.slice(0, 3).arrayBuffer());
      const shift = mark[0] === 0xef && mark[1] === 0xbb && mark[2] === 0xbf ? 3 : 0;
      const at = store.at("offset", index) + shift;
      const size = Math.min(length, RAW);
      raw = new TextDecoder().decode(await file.slice(at, at + size).arrayBuffer());
      cut = size < length;
    } catch {
      note = "The file can no longer be read; what was kept of the record is the message.";
      raw = row.message;
    }
  }
  tell({ tell: "explain", row, finding, raw, cut, note });
}

async function takeAway(ask: Extract<Ask, { ask: "take" }>): Promise<void> {
  const { what, accept } = ask;
  const give = (name: string, blob: Blob, note = "") =>
    tell({ tell: "taken", what, files: [{ name, blob }], note });
  try {
    switch (what) {
      case "ndjson":
        return give("verdicts.ndjson", ndjson(store, order));
      case "csv":
        return give("verdicts.csv", csv(store, order));
      case "markdown":
        return give("report.md", new Blob([(triage?.report("markdown") ?? "") as BlobPart]));
      case "ledger": {
        const taken = await filterFiles(store.files, states, "drop", accept);
        return give("ledger.json", new Blob([`${taken.ledger}\n`]), taken.note);
      }
      default: {
        const taken = await filterFiles(store.files, states, what, accept);
        tell({ tell: "taken", what, files: taken.files, note: taken.note });
      }
    }
  } catch (error) {
    tell({ tell: "taken", what, files: [], note: `Could not be written: ${String(error)}` });
  }
}

addEventListener("message", ({ data }: MessageEvent<Ask>) => {
  switch (data.ask) {
    case "start":
      try {
        initSync({ module: data.module });
        article = JSON.parse(article_json()) as Article;
        tell({ tell: "ready", article });
      } catch (error) {
        tell({ tell: "failed", why: String(error) });
      }
      break;
    case "open":
      if (!reading) {
        open(data.files, data.order).catch((error: unknown) => {
          reading = false;
          tell({ tell: "failed", why: String(error) });
        });
      }
      break;
    case "cancel":
      cancelled = true;
      break;
    case "view":
      view = data.view;
      refresh(true);
      break;
    case "rows": {
      const rows = Array.from(order.subarray(data.from, data.to), (index) => store.row(index));
      tell({ tell: "rows", from: data.from, rows, serial: data.serial });
      break;
    }
    case "explain":
      explain(data.index);
      break;
    case "take":
      takeAway(data);
      break;
  }
});
