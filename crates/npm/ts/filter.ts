/// <reference lib="esnext.disposable" preserve="true" />

import type { Ledger, Unjudged } from "./answers.js";
import { concat, isBytes, plain } from "./bytes.js";
import { type Core, core } from "./core.js";
import type { FilterCore } from "./crypt32_filter.js";
import { argumentError, Crypt32ArgumentError, Crypt32StateError } from "./errors.js";
import type { Instance } from "./instance.js";
import { optionsJson } from "./options.js";
import { eachSpan, MARK } from "./spans.js";
import type { FilterOptions } from "./types.js";
import { ModuleView } from "./view.js";

/** How many bytes of a chunk the module gets at a time, which bounds its memory. */
const WINDOW = 256 * 1024;

/** The largest number of bytes to reserve: 1 GiB. */
const MOST = 2 ** 30;

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
  #module: Instance<Core>;
  #core: FilterCore | undefined;
  /** Creates the same filter in another instance. */
  readonly #create: (module: Core) => FilterCore;
  /** Whether it was given chunks. */
  #used = false;
  /** Whether it reserves memory, and has its own instance for that. */
  #reserves = false;
  #finished = false;
  /** The reserved bytes that were not committed yet, and their address. */
  #reserved: { view: ModuleView; at: number } | undefined;

  /**
   * @param options the filter's options; see {@link FilterOptions}
   * @throws Crypt32OptionError for an unknown option or value; the message names the option, the
   *   allowed values and the nearest option
   * @throws Crypt32StateError before `init()`, in the entry that has it
   *
   * @example
   * ```js
   * const filter = new Filter({ action: "drop", keepEvery: 100 });
   * ```
   */
  constructor(options?: FilterOptions);
  /**
   * @param others the names of options that the caller also takes, with commas
   * @internal
   */
  constructor(options?: FilterOptions, others?: string);
  constructor(options?: FilterOptions, others?: string) {
    const json = optionsJson(options);
    this.#module = core();
    this.#create = ({ FilterCore }) => new FilterCore(json, others);
    this.#core = this.#module.run(this.#create);
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
   *
   * @example
   * ```js
   * const filter = new Filter();
   * const chunk = new TextEncoder().encode('{"EventID":7}\n');
   * console.log(filter.pieces(chunk)[0].buffer === chunk.buffer); // true
   * ```
   */
  pieces(chunk: Uint8Array): Uint8Array[] {
    const core = this.#open();
    if (!isBytes(chunk)) {
      throw argumentError("a chunk is bytes (Uint8Array or Buffer)", chunk);
    }
    const bytes = plain(chunk);
    const pieces: Uint8Array[] = [];
    this.#used = true;
    this.#module.run(() => {
      for (let at = 0; at < bytes.length; at += WINDOW) {
        const window = bytes.length <= WINDOW ? bytes : bytes.subarray(at, at + WINDOW);
        cut(fetched(core, core.push(window)), window, pieces);
      }
    });
    return pieces;
  }

  /**
   * Reserves memory of the module, to read the next chunk into. {@link commit} then filters it. This
   * saves the copy of each chunk that {@link push} and {@link pieces} make.
   *
   * The returned view, and all earlier ones, are valid until the next call of this filter, so await
   * the read before it. A view that is used later is an error (`ERR_CRYPT32_STATE`, or the
   * `TypeError` of a detached array). A filter that reserves memory has its own instance of the
   * module, so no other call moves it.
   *
   * @param length the number of bytes, from 1 to 1 GiB
   * @returns a view of that length; its content is undefined
   * @throws Crypt32ArgumentError if the length is not such a number
   * @throws Crypt32StateError after {@link push} or {@link pieces} of the same filter
   * @throws Crypt32ModuleError if there is too little memory; the filter is then lost
   *
   * @example
   * ```js
   * import { openSync, readSync, writeSync } from "node:fs";
   * const filter = new Filter({ action: "drop" });
   * const [log, kept] = [openSync("app.ndjson"), openSync("kept.ndjson", "w")];
   * for (;;) {
   *   const read = readSync(log, filter.reserve(1 << 20));
   *   if (read === 0) break;
   *   for (const piece of filter.commit(read)) writeSync(kept, piece);
   * }
   * writeSync(kept, filter.finish());
   * ```
   */
  reserve(length: number): Uint8Array {
    const core = this.#open();
    if (!(Number.isInteger(length) && length >= 1 && length <= MOST)) {
      throw new Crypt32ArgumentError(`reserve() takes a number of bytes, from 1 to ${MOST}`);
    }
    const own = this.#own(core);
    const at = this.#module.run(() => own.reserve(length));
    const view = new ModuleView(this.#module.detach(), at, length);
    this.#reserved = { view, at };
    return view;
  }

  /**
   * Filters the first bytes of the view that {@link reserve} returned, which the caller has filled.
   *
   * @param length the number of bytes that were read into the view
   * @returns the output for this chunk, in order: slices of the module's memory, and new arrays
   *   between them. Write the slices before the next call of this filter, and await the writing
   * @throws Crypt32StateError if nothing is reserved, or if the memory moved since then; such bytes
   *   were not filtered
   * @throws Crypt32ArgumentError if the length is not a whole number from 0 to the reserved one
   * @throws Crypt32ModuleError if there is too little memory; the filter is then lost
   *
   * @example
   * ```js
   * const filter = new Filter();
   * const { written } = new TextEncoder().encodeInto('{"EventID":7}\n', filter.reserve(4096));
   * console.log(filter.commit(written).length, filter.ledger().records); // 1 1
   * ```
   */
  commit(length: number): Uint8Array[] {
    const core = this.#open();
    const reserved = this.#reserved;
    if (!reserved) throw new Crypt32StateError("call reserve() before each commit()");
    const { view, at } = reserved;
    if (!view.attached) {
      throw new Crypt32StateError(
        "the module's memory moved since reserve(), so the bytes may not be in it; reserve again",
      );
    }
    if (!(Number.isInteger(length) && length >= 0 && length <= view.length)) {
      throw new Crypt32ArgumentError(
        `commit() takes the number of bytes in the view, from 0 to ${view.length}`,
      );
    }
    this.#reserved = undefined;
    const output = this.#module.run(() => fetched(core, core.commit(length)));
    const pieces: Uint8Array[] = [];
    cut(output, new ModuleView(this.#module.detach(), at, length), pieces);
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
    this.#release();
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
   * The lines so far that mention the event and passed because they could not be judged: text in an
   * unknown format, records that are broken or too long, and lines inside a record that spans
   * lines. The ledger has their number.
   *
   * @returns the number of lines, and the line numbers of the first few, from 1
   * @throws Crypt32StateError after {@link free}
   *
   * @example
   * ```js
   * const filter = new Filter();
   * filter.push(new TextEncoder().encode("from <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt>\n"));
   * filter.finish();
   * console.log(filter.unjudged().count, filter.unjudged().lines); // 1 [ 1 ]
   * ```
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
    this.#release();
    this.#module.run(() => core.free());
  }

  /** {@link free}, for `using`. */
  [Symbol.dispose](): void {
    this.free();
  }

  /** This filter in an instance of its own, because only this filter may move its memory. */
  #own(core: FilterCore): FilterCore {
    if (this.#reserves) return core;
    if (this.#used) {
      throw new Crypt32StateError("a filter that was given chunks cannot reserve memory");
    }
    const module = this.#module.again();
    const own = module.run(this.#create);
    this.free();
    this.#module = module;
    this.#core = own;
    this.#reserves = true;
    return own;
  }

  /** Ends the views of the module's memory, if there can be any. */
  #release(): void {
    this.#reserved = undefined;
    if (this.#reserves && !this.#module.lost) this.#module.detach();
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

/** The output for one window of a chunk: nothing, the whole window, or pieces. */
type Output = "none" | "whole" | { table: Uint32Array; fresh: Uint8Array };

/** Fetches the output. `words` is what the module returned for the window. */
function fetched(core: FilterCore, words: number): Output {
  if (words === 0) return "none";
  return words === MARK ? "whole" : { table: core.table(), fresh: core.fresh() };
}

/** Appends the pieces of the output. */
function cut(output: Output, window: Uint8Array, pieces: Uint8Array[]): void {
  if (output === "none") return;
  if (output === "whole") {
    pieces.push(window);
    return;
  }
  const { table, fresh } = output;
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
