// The text of one record, read again from its file. Runs in the worker.
import { Unpack } from "#wasm/crypt32_page.js";
import { chunks, isPacked, pieces, Turns } from "./chunks.ts";

/** How much of a record is shown. */
const RAW = 64 << 10;

export interface Raw {
  text: string;
  /** The record is longer. */
  cut: boolean;
}

/** A record by its place in the text of the file. Gives nothing once nobody wants it any more. */
export async function record(
  file: File,
  container: string,
  offset: number,
  length: number,
  wanted: () => boolean,
): Promise<Raw | undefined> {
  const size = Math.min(length, RAW);
  const bytes = isPacked(container)
    ? await unpacked(file, offset, size, wanted)
    : await stored(file, offset, size);
  if (!bytes) return undefined;
  const text = new TextDecoder().decode(bytes).replace(/\r?\n$/, "");
  return { text, cut: size < length };
}

async function stored(file: File, offset: number, size: number): Promise<ArrayBuffer> {
  const mark = new Uint8Array(await file.slice(0, 3).arrayBuffer());
  const shift = mark[0] === 0xef && mark[1] === 0xbb && mark[2] === 0xbf ? 3 : 0;
  return file.slice(offset + shift, offset + shift + size).arrayBuffer();
}

/** Unpacks the file from its beginning up to there: nothing of it is kept. */
async function unpacked(
  file: File,
  offset: number,
  size: number,
  wanted: () => boolean,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const unpack = new Unpack();
  const turns = new Turns();
  const out = new Uint8Array(size);
  let at = 0;
  const take = (text: Uint8Array) => {
    const from = Math.max(0, offset - at);
    const to = Math.min(text.length, offset + size - at);
    if (from < to) out.set(text.subarray(from, to), at + from - offset);
    at += text.length;
    return at >= offset + size;
  };
  try {
    for await (const chunk of chunks(file)) {
      for (const piece of pieces(chunk)) {
        if (!wanted()) return undefined;
        if (take(unpack.push(piece))) return out;
        await turns.pause();
      }
    }
    take(unpack.finish());
    return out;
  } finally {
    unpack.free();
  }
}
