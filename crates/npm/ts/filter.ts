/// <reference lib="esnext.disposable" preserve="true" />
import { concat, isBytes, plain } from "./bytes.js";
import { type Core, core } from "./core.js";
import type { FilterCore } from "./crypt32_filter.js";
import { argumentError, Crypt32StateError } from "./errors.js";
import type { Instance } from "./instance.js";
import { optionsJson } from "./options.js";
import { eachSpan, MARK } from "./spans.js";
import type { FilterOptions, Ledger, Unjudged } from "./types.js";

/** How many bytes of a chunk the module gets at a time, which bounds its memory. */
const WINDOW = 256 * 1024;

/** A shorter piece, in bytes, is cheaper to copy than to pass separately. */
const SHORT = 16 * 1024;

/**
 * A filter for a stream of log records, with bytes in and bytes out.
 *
 * Chunks can have any size and end anywhere. The order is kept, and records that are not tagged or
 * dropped pass byte for byte. Call {@link finish} at the end, because the filter may hold the last
 * record back until then.
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
   * @param options the filter's options; see {@link FilterOptions}
   * @throws Crypt32OptionError for an unknown option or value; the message names the option and the
   *   allowed values
   * @throws Crypt32StateError before `init()`, in the entry that has it
   */
  constructor(options?: FilterOptions) {
    const json = optionsJson(options);
    this.#module = core();
    this.#core = this.#module.run(({ FilterCore }) => new FilterCore(json));
  }

  /**
   * Filters a chunk of any size.
   *
   * @param chunk the next bytes of the stream
   * @returns the output for this chunk, in a new array
   * @throws Crypt32ArgumentError if the chunk is not bytes, or its memory was transferred
   * @throws Crypt32ModuleError if there is too little memory; the filter is then lost
   */
  push(chunk: Uint8Array): Uint8Array {
    return concat(this.pieces(chunk));
  }

  /**
   * Filters a chunk without copying the bytes that pass. The bytes are the same as from
   * {@link push}, as slices of the chunk and new arrays between them. The slices share memory with
   * the chunk, so write them before you reuse the chunk's buffer. No slice is memory of the module.
   * A chunk in shared or resizable memory is copied first.
   *
   * @param chunk the next bytes of the stream
   * @returns the output for this chunk, in order
   * @throws Crypt32ArgumentError if the chunk is not bytes, or its memory was transferred
   * @throws Crypt32ModuleError if there is too little memory; the filter is then lost
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
   * Ends the stream. No chunk can be pushed after it.
   *
   * @returns the bytes that were held back
   * @throws Crypt32StateError if it was already called
   */
  finish(): Uint8Array {
    const core = this.#open();
    this.#finished = true;
    return this.#module.run(() => core.finish());
  }

  /**
   * The ledger so far.
   *
   * @throws Crypt32StateError after {@link free}
   */
  ledger(): Ledger {
    const core = this.#there();
    return JSON.parse(this.#module.run(() => core.ledger())) as Ledger;
  }

  /**
   * The lines that mention the event and passed because they could not be judged: text in an
   * unknown format, records that are broken or too long, and lines inside a record that spans
   * lines.
   *
   * @returns the number of lines, and the line numbers of the first few, from 1
   * @throws Crypt32StateError after {@link free}
   */
  unjudged(): Unjudged {
    const core = this.#there();
    return JSON.parse(this.#module.run(() => core.unjudged())) as Unjudged;
  }

  /**
   * Releases the filter's memory. This is optional, because the garbage collector does it later.
   * Calling it again does nothing.
   */
  free(): void {
    const core = this.#core;
    // A filter that was lost with its module must keep reporting this error.
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
    if (this.#finished) throw new Crypt32StateError("the filter was finished; create a new one");
    return core;
  }
}

/** Filters one window of a chunk, and appends its pieces. */
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
 * Pieces for a stream, in which each piece costs a step of its reader: long pieces stay separate,
 * and runs of short pieces are joined into one array.
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
