// The bytes of a file, in order, with the next ones on their way already: to ask for a piece takes
// longer than to read it.
const CHUNK = 4 << 20;
const AHEAD = 3;
/** Packed bytes can become hundreds of times as many, so fewer are taken at once. */
const PACKED = 64 << 10;
/** How long the worker works before it looks for messages, in milliseconds. */
const TURN = 30;

/** What a file is, as `Triage.container` says it. */
export const isBinary = (container: string) => container === "evt" || container === "evtx";
export const isPacked = (container: string) => !isBinary(container) && container !== "plain";

/** Chunks of a file. Whoever takes them may stop at any time. */
export async function* chunks(file: File): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const coming: Promise<ArrayBuffer>[] = [];
  for (let at = 0; ; ) {
    for (; coming.length < AHEAD && at < file.size; at += CHUNK) {
      const next = file.slice(at, at + CHUNK).arrayBuffer();
      // What went wrong is told when its turn comes.
      next.catch(() => {});
      coming.push(next);
    }
    const next = coming.shift();
    if (!next) return;
    yield new Uint8Array(await next);
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
