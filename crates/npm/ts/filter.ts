/// <reference lib="esnext.disposable" preserve="true" />
import { concat, isBytes, plain } from "./bytes.js";
import { type Core, core } from "./core.js";
import type { FilterCore } from "./crypt32_filter.js";
import { argumentError, Crypt32StateError } from "./errors.js";
import type { Instance } from "./instance.js";
import { optionsJson } from "./options.js";
import { eachSpan, MARK } from "./spans.js";
import type { FilterOptions, Ledger, Unjudged } from "./types.js";

/** How much of a chunk the module takes at a time: what bounds its memory. */
const WINDOW = 256 * 1024;

/** A piece that is shorter, in bytes, is cheaper to copy than to hand on by itself. */
const SHORT = 16 * 1024;

/**
 * A stream of log records, filtered: chunks of bytes in, bytes out.
 *
 * Chunks can be of any size and cut anywhere. Order is kept, and what is neither tagged nor
 * dropped passes byte for byte. Call {@link finish} at the end: the last record may be held back
 * until then.
 *
 * @example
 * ```js
 * const filter = new Filter({ action: "drop" });
 * for await (const chunk of process.stdin) process.stdout.write(filter.push(chunk));
 * process.stdout.write(filter.finish());
 * console.error(filter.ledger());
 * ```
 */
export class Filter {
  readonly #module: Instance<Core>;
  #core: FilterCore | undefined;
  #finished = false;

  /**
   * @param options what to do; see {@link FilterOptions}
   * @throws Crypt32OptionError for an unknown option or value; the message names the option and
   *   what it takes
   * @throws Crypt32StateError before `init()`, where the entry has one to wait for
   */
  constructor(options?: FilterOptions) {
    const json = optionsJson(options);
    this.#module = core();
    this.#core = this.#module.run(({ FilterCore }) => new FilterCore(json));
  }

  /**
   * Filters a chunk of any size.
   *
   * @param chunk the next bytes of the stream, cut anywhere
   * @returns what comes out of it, in a fresh array
   * @throws Crypt32ArgumentError if the chunk is not bytes, or its memory is gone
   * @throws Crypt32ModuleError if there is no memory for it; the filter is lost then
   */
  push(chunk: Uint8Array): Uint8Array {
    return concat(this.pieces(chunk));
  }

  /**
   * Filters a chunk without copying what passes: the same bytes as from {@link push}, as slices of
   * the chunk and fresh arrays between them. The slices share memory with the chunk, so write them
   * before the chunk's buffer is used again. None of them is memory of the module. A chunk in memory
   * that is shared with other threads, or that can be resized, is copied first.
   *
   * @param chunk the next bytes of the stream, cut anywhere
   * @returns what comes out of it, in order
   * @throws Crypt32ArgumentError if the chunk is not bytes, or its memory is gone
   * @throws Crypt32ModuleError if there is no memory for it; the filter is lost then
   */
  pieces(chunk: Uint8Array): Uint8Array[] {
    const core = this.#open();
    if (!isBytes(chunk)) {
      throw argumentError("a chunk is bytes (Uint8Array or Buffer)", chunk);
    }
    const bytes = plain(chunk);
    const pieces: Uint8Array[] = [];
    this.#module.run(() => {
      if (bytes.length <= WINDOW) {
        cut(core, bytes, pieces);
        return;
      }
      for (let at = 0; at < bytes.length; at += WINDOW) {
        cut(core, bytes.subarray(at, at + WINDOW), pieces);
      }
    });
    return pieces;
  }

  /**
   * Ends the stream. Nothing can be pushed after it.
   *
   * @returns the bytes that were held back
   * @throws Crypt32StateError if it was called before
   */
  finish(): Uint8Array {
    const core = this.#open();
    this.#finished = true;
    return this.#module.run(() => core.finish());
  }

  /**
   * The account so far.
   *
   * @throws Crypt32StateError after {@link free}
   */
  ledger(): Ledger {
    const core = this.#there();
    return JSON.parse(this.#module.run(() => core.ledger())) as Ledger;
  }

  /**
   * What mentions the event and passed because it could not be judged: text that is no record of a
   * known shape, a record that is broken or too long, and lines inside a record that spans lines.
   *
   * @returns how many lines, and the numbers of the first few, from 1
   * @throws Crypt32StateError after {@link free}
   */
  unjudged(): Unjudged {
    const core = this.#there();
    return JSON.parse(this.#module.run(() => core.unjudged())) as Unjudged;
  }

  /**
   * Gives the filter's memory back. Optional: the garbage collector does it too, later.
   * Calling it again does nothing.
   */
  free(): void {
    const core = this.#core;
    // What was lost with the module stays that, for whoever asks.
    if (!core || this.#module.lost) return;
    this.#core = undefined;
    this.#module.run(() => core.free());
  }

  /** {@link free}, for `using`. */
  [Symbol.dispose](): void {
    this.free();
  }

  #there(): FilterCore {
    if (!this.#core) throw new Crypt32StateError("the filter was freed");
    return this.#core;
  }

  #open(): FilterCore {
    const core = this.#there();
    if (this.#finished) throw new Crypt32StateError("the filter was finished; make a new one");
    return core;
  }
}

/** Filters one window of a chunk and appends its pieces. */
function cut(core: FilterCore, window: Uint8Array, pieces: Uint8Array[]): void {
  const words = core.push(window);
  if (words === 0) return;
  if (words === MARK) {
    pieces.push(window);
    return;
  }
  const table = core.table();
  const fresh = core.fresh();
  eachSpan(table, (isFresh, start, end) => {
    pieces.push((isFresh ? fresh : window).subarray(start, end));
  });
}

/**
 * Pieces for a stream, where each piece costs its reader a step of its own: long ones as they are,
 * runs of short ones in one array.
 *
 * @internal
 */
export function joined(pieces: readonly Uint8Array[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  let run: Uint8Array[] = [];
  const end = () => {
    if (run.length > 0) out.push(run.length === 1 ? (run[0] as Uint8Array) : concat(run));
    run = [];
  };
  for (const piece of pieces) {
    if (piece.length < SHORT) {
      run.push(piece);
    } else {
      end();
      out.push(piece);
    }
  }
  end();
  return out;
}
