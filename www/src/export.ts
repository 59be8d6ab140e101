// Creates the exports: the filtered log, the ledger and the verdicts. Runs in the worker.
import { csvField, FilterCore, plainJson, plainMarkdown, Unpack } from "#wasm/crypt32_page.js";
import { eachSpan, MARK } from "../../crates/npm/ts/spans.ts";
import { chunks, isBinary, isPacked, Parts, pieces, Turns } from "./chunks.ts";
import type { Care, Drops, FileState, Finding } from "./protocol.ts";
import type { Store } from "./store.ts";
import { hides, plural } from "./text.ts";

/**
 * If a chunk has more spans than this, they are copied together, because each part of a Blob has a
 * cost.
 */
const SPANS = 64;
/** How many rows are converted to text before messages are handled. */
const ROWS = 2000;

export interface Taken {
  files: { name: string; blob: Blob }[];
  ledger: string;
  note: string;
}

/** Runs the filter over the files. Bytes that pass are referenced in the file, not copied. */
export async function filterFiles(
  files: File[],
  states: FileState[],
  care: (Care | undefined)[],
  action: string,
  drops: Drops,
): Promise<Taken> {
  const filter = new FilterCore(JSON.stringify({ action, ...drops }));
  const taken: Taken = { files: [], ledger: "", note: "" };
  const [binary, stopped, unread]: [string[], string[], string[]] = [[], [], []];
  try {
    for (const [index, file] of files.entries()) {
      const container = states[index]?.container ?? "plain";
      if (file.size === 0) continue;
      if (isBinary(container)) {
        binary.push(file.name);
        continue;
      }
      if (care[index]?.end && isPacked(container)) {
        stopped.push(file.name);
        continue;
      }
      if (care[index]) unread.push(file.name);
      const name = file.name.replace(/\.(gz|zst)$/i, "").replaceAll("/", "-");
      const word = action === "drop" ? "filtered" : "tagged";
      const blob = isPacked(container)
        ? await filterPacked(filter, file)
        : await filterStored(filter, file, care[index]);
      taken.files.push({ name: `${word}-${name}`, blob });
    }
    taken.ledger = filter.ledger();
  } finally {
    filter.free();
  }
  const note = (names: string[], words: (names: string) => string) =>
    names.length > 0 ? [words(names.join(", "))] : [];
  const { dropped } = JSON.parse(taken.ledger) as { dropped: number };
  taken.note = [
    ...(action === "drop" ? [`${plural(dropped, "record")} dropped.`] : []),
    ...note(
      binary,
      (names) =>
        `Binary logs cannot be filtered line by line and were omitted: ${names}. Export their verdicts instead.`,
    ),
    ...note(stopped, (names) => `Omitted, because the reader stopped in it: ${names}.`),
    ...note(
      unread,
      (names) => `The places where the reader stopped in ${names} were not changed or counted.`,
    ),
  ].join(" ");
  return taken;
}

/** Filters a file with skipped parts, which pass unchanged. */
async function filterStored(filter: FilterCore, file: File, care: Care | undefined): Promise<Blob> {
  const parts = new Parts();
  let at = 0;
  const places = [...(care?.lines ?? []), ...(care?.end ? [{ at: care.end.at, to: null }] : [])];
  for (const place of [...places, { at: file.size, to: null }]) {
    await filterSpan(filter, file, at, place.at, parts);
    at = place.to ?? file.size;
    parts.add(file.slice(place.at, at));
  }
  return parts.whole();
}

async function filterSpan(
  filter: FilterCore,
  file: File,
  from: number,
  to: number,
  parts: Parts,
): Promise<void> {
  const turns = new Turns();
  let at = from;
  for await (const chunk of chunks(file.slice(from, to))) {
    const base = at;
    pass(filter, chunk, parts, (start, end) => file.slice(base + start, base + end));
    at += chunk.length;
    await turns.pause();
  }
  parts.add(filter.finish() as Uint8Array<ArrayBuffer>);
}

async function filterPacked(filter: FilterCore, file: File): Promise<Blob> {
  const parts = new Parts();
  const turns = new Turns();
  const unpack = new Unpack();
  try {
    for await (const chunk of chunks(file)) {
      for (const piece of pieces(chunk)) {
        pass(filter, unpack.push(piece) as Uint8Array<ArrayBuffer>, parts);
        await turns.pause();
      }
    }
    pass(filter, unpack.finish() as Uint8Array<ArrayBuffer>, parts);
  } finally {
    unpack.free();
  }
  parts.add(filter.finish() as Uint8Array<ArrayBuffer>);
  return parts.whole();
}

/**
 * The output of the filter for a chunk. Its spans refer to the file, unless the file is compressed.
 */
function pass(
  filter: FilterCore,
  chunk: Uint8Array<ArrayBuffer>,
  parts: Parts,
  stored?: (start: number, end: number) => Blob,
): void {
  const count = filter.push(chunk);
  const span = (start: number, end: number) =>
    parts.add(stored ? stored(start, end) : chunk.slice(start, end));
  if (count === MARK) {
    span(0, chunk.length);
    return;
  }
  const table = filter.table();
  const fresh = filter.fresh() as Uint8Array<ArrayBuffer>;
  if (table.length > 2 * SPANS) {
    parts.add(together(chunk, table, fresh));
    return;
  }
  eachSpan(table, (isFresh, start, end) => {
    if (isFresh) parts.add(fresh.slice(start, end));
    else if (end > start) span(start, end);
  });
}

function together(
  chunk: Uint8Array,
  table: Uint32Array,
  fresh: Uint8Array,
): Uint8Array<ArrayBuffer> {
  let size = 0;
  eachSpan(table, (_, start, end) => {
    size += end - start;
  });
  const out = new Uint8Array(size);
  let at = 0;
  eachSpan(table, (isFresh, start, end) => {
    out.set((isFresh ? fresh : chunk).subarray(start, end), at);
    at += end - start;
  });
  return out;
}

/** The report, with the places that were not read. */
export function markdown(report: Uint8Array, states: FileState[]): Blob {
  const unread = states.flatMap(({ name, unread }) =>
    unread.map((note) => `- ${plainMarkdown(`${name}: ${note}`)}\n`),
  );
  const section = unread.length > 0 ? ["\n## Not read\n\n", ...unread] : [];
  return new Blob([report as BlobPart, ...section]);
}

export function when(time: number, zone: boolean): string {
  return new Date(time * 1000).toISOString().replace(/\.000Z$/, zone ? "Z" : "");
}

/** JSON with hidden characters escaped. */
export function json(value: unknown): string {
  const text = JSON.stringify(value);
  return hides(text) ? plainJson(text) : text;
}

/** One JSON object per row, in the format of the command `classify`. */
export function ndjson(store: Store, order: Uint32Array): Promise<Blob> {
  // Most of a million rows have the same finding.
  const said = once(({ time: _, ...finding }) => json(finding).slice(1));
  return lines(order, "", (i) => {
    const { file, record, event, line, offset, time, zone } = store.row(i);
    const place = line === null ? { offset } : { line };
    const stamp = time === null ? null : when(time, zone);
    return `${json({ file, record, event, ...place, time: stamp }).slice(0, -1)},${said(store.finding(i))}\n`;
  });
}

/** Caches the text of each finding. */
function once(
  ask: (finding: Finding & { time?: unknown }) => string,
): (finding: Finding) => string {
  const known = new WeakMap<Finding, string>();
  return (finding) => {
    const text = known.get(finding) ?? ask(finding);
    known.set(finding, text);
    return text;
  };
}

/** How many fields are cached: most of a million rows have the same values. */
const FIELDS = 10_000;

/** A function that turns texts into CSV fields. */
function fields(): (value: string) => string {
  const known = new Map<string, string>();
  return (value) => {
    const field = known.get(value) ?? csvField(value);
    if (known.size < FIELDS) known.set(value, field);
    return field;
  };
}

export function csv(store: Store, order: Uint32Array): Promise<Blob> {
  const head =
    "file,line,offset,event,time,computer,verdict,basis,error,reasons,shape,message,evidence\r\n";
  const field = fields();
  const evidence = once((finding) =>
    csvField(
      finding.evidence
        .map(({ code, state, seen }) => `${code}: ${state}${seen ? ` (${seen})` : ""}`)
        .join("; "),
    ),
  );
  return lines(order, head, (i) => {
    const row = store.row(i);
    const finding = store.finding(i);
    const time = row.time === null ? "" : when(row.time, row.zone);
    const at = row.line === null ? ["", String(row.offset)] : [String(row.line), ""];
    const cells = [row.file, ...at, String(row.event), time, row.computer];
    cells.push(row.verdict, row.basis, row.error, finding.reasons.join(" "), row.shape);
    cells.push(row.message);
    return `${cells.map(field).join(",")},${evidence(finding)}\r\n`;
  });
}

async function lines(
  order: Uint32Array,
  head: string,
  line: (index: number) => string,
): Promise<Blob> {
  const parts = new Parts();
  const turns = new Turns();
  const encoder = new TextEncoder();
  parts.add(encoder.encode(head));
  for (let from = 0; from < order.length; from += ROWS) {
    const text = Array.from(order.subarray(from, from + ROWS), line).join("");
    parts.add(encoder.encode(text));
    await turns.pause();
  }
  return parts.whole();
}
