// The bytes of a file in order. The next chunk is requested early, because a request takes longer
// than the reading itself.
import type { Care, Place } from "./protocol.ts";

const CHUNK = 4 << 20;
const AHEAD = 3;
/**
 * The chunk size for compressed files. It is smaller, because the content can be hundreds of times
 * larger.
 */
const PACKED = 64 << 10;
/** After this many bytes, the data becomes a Blob, which the browser may store on disk. */
const HELD = 16 << 20;
export const LINE_END = 10;
const BLANK = 32;
export const OPEN = 0x7b;
const CLOSE = 0x7d;
/** The number of bytes that identify the kind of a file. */
export const SHOWS = 8;
/** How long the worker works before it checks for messages, in milliseconds. */
const TURN = 30;

/** Whether `Triage.container` reports a binary log. */
export const isBinary = (container: string) => container === "evt" || container === "evtx";
export const isPacked = (container: string) => !isBinary(container) && container !== "plain";

/**
 * Chunks of a file. The consumer may stop at any time. Skipped lines are replaced by blanks, so
 * that all offsets stay the same.
 */
export async function* chunks(file: Blob, care?: Care): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const end = Math.min(file.size, care?.end?.at ?? file.size);
  const coming: Promise<ArrayBuffer>[] = [];
  let start = 0;
  for (let at = 0; ; ) {
    for (; coming.length < AHEAD && at < end; at += CHUNK) {
      const next = file.slice(at, Math.min(end, at + CHUNK)).arrayBuffer();
      // The error is reported when this chunk is awaited.
      next.catch(() => {});
      coming.push(next);
    }
    const next = coming.shift();
    if (!next) return;
    const chunk = new Uint8Array(await next);
    for (const place of care?.lines ?? []) blank(chunk, start, place);
    start += chunk.length;
    yield chunk;
  }
}

function blank(chunk: Uint8Array, start: number, { at, to, object }: Place): void {
  const [first, behind] = [at - start, (to ?? at) - start];
  chunk.fill(BLANK, Math.max(0, first), Math.max(0, behind));
  // A skipped record must stay a record, so that the later ones keep their numbers.
  if (!object) return;
  if (first >= 0) chunk[first] = OPEN;
  if (behind > 0) chunk[behind - 1] = CLOSE;
}

/**
 * The lines of a chunk. At the beginning of a file, a piece has enough bytes to identify its kind.
 */
export function* lines(
  chunk: Uint8Array<ArrayBuffer>,
  begins: boolean,
): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < chunk.length; ) {
    const end = chunk.indexOf(LINE_END, begins && at === 0 ? SHOWS : at) + 1 || chunk.length;
    yield chunk.subarray(at, end);
    at = end;
  }
}

/** Pieces of a chunk that are small enough to be decompressed at once. */
export function* pieces(chunk: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < chunk.length; at += PACKED) yield chunk.subarray(at, at + PACKED);
}

/** The parts of a new file: new bytes, and spans of an opened file. */
export class Parts {
  private parts: BlobPart[] = [];
  private held = 0;

  add(part: Blob | Uint8Array<ArrayBuffer>): void {
    this.parts.push(part);
    if (!(part instanceof Blob)) this.held += part.length;
    if (this.held < HELD && this.parts.length < 10_000) return;
    this.parts = [new Blob(this.parts)];
    this.held = 0;
  }

  whole(): Blob {
    return new Blob(this.parts);
  }
}

/** Lets messages be handled from time to time. */
export class Turns {
  private last = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.last < TURN) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.last = performance.now();
  }
}
