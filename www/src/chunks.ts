// The bytes of a file, in order, with the next ones on their way already: to ask for a piece takes
// longer than to read it.
import type { Care, Place } from "./protocol.ts";

const CHUNK = 4 << 20;
const AHEAD = 3;
/** Packed bytes can become hundreds of times as many, so fewer are taken at once. */
const PACKED = 64 << 10;
export const LINE_END = 10;
const BLANK = 32;
export const OPEN = 0x7b;
const CLOSE = 0x7d;
/** How many bytes show what a file is. */
export const SHOWS = 8;
/** How long the worker works before it looks for messages, in milliseconds. */
const TURN = 30;

/** What a file is, as `Triage.container` says it. */
export const isBinary = (container: string) => container === "evt" || container === "evtx";
export const isPacked = (container: string) => !isBinary(container) && container !== "plain";

/**
 * Chunks of a file. Whoever takes them may stop at any time. Of a line that is left out, blanks are
 * read, so that everything else stays where it is.
 */
export async function* chunks(file: Blob, care?: Care): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const end = Math.min(file.size, care?.end?.at ?? file.size);
  const coming: Promise<ArrayBuffer>[] = [];
  let start = 0;
  for (let at = 0; ; ) {
    for (; coming.length < AHEAD && at < end; at += CHUNK) {
      const next = file.slice(at, Math.min(end, at + CHUNK)).arrayBuffer();
      // What went wrong is told when its turn comes.
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
  // A record stays one, so that those behind it keep their numbers.
  if (!object) return;
  if (first >= 0) chunk[first] = OPEN;
  if (behind > 0) chunk[behind - 1] = CLOSE;
}

/** The lines of a chunk. At the beginning of a file, as many as show what it is. */
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

/** Pieces of a chunk that are small enough to be unpacked at once. */
export function* pieces(chunk: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < chunk.length; at += PACKED) yield chunk.subarray(at, at + PACKED);
}

/** Lets messages in between, once in a while. */
export class Turns {
  private last = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.last < TURN) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.last = performance.now();
  }
}
