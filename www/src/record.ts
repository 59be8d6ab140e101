// Reads the text of one record again from its file. Runs in the worker.
import { Unpack } from "#wasm/crypt32_page.js";
import { chunks, isPacked, pieces, Turns } from "./chunks.ts";

/** How many bytes of a record are shown. */
const RAW = 64 << 10;

export interface Raw {
  text: string;
  /** Whether the record is longer than the text. */
  cut: boolean;
}

/**
 * A record at a position in the text of the file. Stops and returns nothing once the record is no
 * longer needed.
 */
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

/** Decompresses the file up to the record, and keeps only the record. */
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
