// What can be taken away: the filtered log, the ledger, and the verdicts. Runs in the worker.
import { FilterCore, Unpack } from "#wasm/crypt32_page.js";
import type { FileState } from "./protocol.ts";
import type { Store } from "./store.ts";

const CHUNK = 4 << 20;
const MARK = 0xffffffff;
/** More pieces than this are copied together: each one of a Blob costs. */
const PIECES = 20_000;

type Part = Blob | Uint8Array<ArrayBuffer>;
export interface Taken {
  files: { name: string; blob: Blob }[];
  ledger: string;
  note: string;
}

/** Runs the filter over the files. What passes stays where it is, in the file on disk. */
export async function filterFiles(
  files: File[],
  states: FileState[],
  action: string,
  accept: string,
): Promise<Taken> {
  const filter = new FilterCore(JSON.stringify({ action, accept }));
  const taken: Taken = { files: [], ledger: "", note: "" };
  const skipped: string[] = [];
  try {
    for (const [index, file] of files.entries()) {
      const container = states[index]?.container ?? "plain";
      if (container === "evt" || container === "evtx") {
        skipped.push(file.name);
        continue;
      }
      const parts: Part[] = [];
      const unpack = container === "plain" ? undefined : new Unpack();
      for (let at = 0; at < file.size; at += CHUNK) {
        const bytes = new Uint8Array(await file.slice(at, at + CHUNK).arrayBuffer());
        const chunk = unpack ? (unpack.push(bytes) as Uint8Array<ArrayBuffer>) : bytes;
        pass(filter, chunk, unpack || parts.length > PIECES ? undefined : { file, at }, parts);
      }
      if (unpack) pass(filter, unpack.finish() as Uint8Array<ArrayBuffer>, undefined, parts);
      unpack?.free();
      parts.push(filter.finish() as Uint8Array<ArrayBuffer>);
      const name = file.name.replace(/\.(gz|zst)$/i, "");
      const word = action === "drop" ? "filtered" : "tagged";
      taken.files.push({ name: `${word}-${name}`, blob: new Blob(parts) });
    }
    taken.ledger = filter.ledger();
  } finally {
    filter.free();
  }
  if (skipped.length > 0) {
    taken.note = `Binary logs cannot be filtered line by line and were left out: ${skipped.join(", ")}. Take their verdicts instead.`;
  }
  return taken;
}

function pass(
  filter: FilterCore,
  chunk: Uint8Array<ArrayBuffer>,
  from: { file: File; at: number } | undefined,
  parts: Part[],
): void {
  const slice = (start: number, end: number): Part =>
    from ? from.file.slice(from.at + start, from.at + end) : chunk.slice(start, end);
  const count = filter.push(chunk);
  if (count === MARK) {
    parts.push(slice(0, chunk.length));
    return;
  }
  const table = filter.table();
  const fresh = filter.fresh() as Uint8Array<ArrayBuffer>;
  let used = 0;
  for (let k = 0; k < table.length; k += 2) {
    const start = table[k] as number;
    const end = table[k + 1] as number;
    if (start === MARK) {
      parts.push(fresh.slice(used, used + end));
      used += end;
    } else if (end > start) parts.push(slice(start, end));
  }
}

export function when(time: number, zone: boolean): string {
  return new Date(time * 1000).toISOString().replace(/\.000Z$/, zone ? "Z" : "");
}

/** One JSON object a row, as the command `classify` prints it. */
export function ndjson(store: Store, order: Uint32Array): Blob {
  return lines(order, "", (i) => {
    const row = store.row(i);
    const finding = JSON.parse(store.text("finding", i)) as Record<string, unknown>;
    if (row.time !== null) finding.time = when(row.time, row.zone);
    const at = { file: row.file, record: row.record, event: row.event };
    return `${JSON.stringify({ ...at, ...finding })}\n`;
  });
}

/** A spreadsheet must not take a text of the log for a formula. */
function cell(text: string): string {
  const safe = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(store: Store, order: Uint32Array): Blob {
  const head =
    "file,record,event,time,computer,verdict,basis,error,reasons,shape,message,evidence\r\n";
  return lines(order, head, (i) => {
    const row = store.row(i);
    const finding = JSON.parse(store.text("finding", i)) as {
      reasons: string[];
      evidence: { code: string; state: string; seen?: string | null }[];
    };
    const evidence = finding.evidence
      .map(({ code, state, seen }) => `${code}: ${state}${seen ? ` (${seen})` : ""}`)
      .join("; ");
    const time = row.time === null ? "" : when(row.time, row.zone);
    const cells = [row.file, String(row.record), String(row.event), time, row.computer];
    cells.push(row.verdict, row.basis, row.error, finding.reasons.join(" "), row.shape);
    return `${[...cells, row.message, evidence].map(cell).join(",")}\r\n`;
  });
}

function lines(order: Uint32Array, head: string, line: (index: number) => string): Blob {
  const parts: string[] = [];
  let blobs: Blob[] = [new Blob([head])];
  for (const index of order) {
    parts.push(line(index));
    if (parts.length === 10_000) blobs = [...blobs, new Blob(parts.splice(0))];
  }
  return new Blob([...blobs, ...parts]);
}
