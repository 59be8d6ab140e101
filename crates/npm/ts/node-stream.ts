import { addAbortSignal, Transform, type TransformCallback } from "node:stream";
import { isBytes, plain } from "./bytes.js";
import { argumentError, Crypt32ArgumentError, Crypt32OptionError } from "./errors.js";
import { Filter, joined } from "./filter.js";
import { ownOptions } from "./options.js";
import { encode, isObject, objectText } from "./record.js";
import type { FilterOptions, Ledger } from "./types.js";

/** How much of a chunk, in bytes, is filtered before the reader is asked whether it wants more. */
const STEP = 1024 * 1024;

/** The options of {@link createFilterStream}: those of the filter, and these of the stream. */
export interface FilterStreamOptions extends FilterOptions {
  /**
   * Objects in, objects out. Default: false, which is bytes or strings in, bytes out.
   *
   * What passes is the object that came; what is tagged is a shallow copy of it with the tag. The
   * ledger counts bytes of JSON.
   */
  objectMode?: boolean | undefined;
  /** Destroys the stream when it is aborted. */
  signal?: AbortSignal | undefined;
  /** How much each side holds: bytes, or objects in `objectMode`. Default: that of Node. */
  highWaterMark?: number | undefined;
}

/** What {@link createFilterStream} returns. */
export interface FilterStream extends Transform {
  /** The account so far; after the end, or after `destroy()`, the final one. */
  ledger(): Ledger;
}

/**
 * A filter as a stream of Node: for `pipe`, `pipeline` and `for await`. Memory stays bounded by
 * `max_record` and the chunks on their way, however slow the reader is. The filter's memory is
 * freed when the stream ends or is destroyed.
 *
 * @param options what to do, and how the stream is to behave
 * @returns a `Transform` that also has `ledger()`
 * @throws Crypt32OptionError for an unknown option or value; the message names the option and
 *   what it takes
 *
 * @example
 * ```js
 * import { pipeline } from "node:stream/promises";
 * const filter = createFilterStream({ action: "drop" });
 * await pipeline(process.stdin, filter, process.stdout);
 * console.error(filter.ledger().dropped);
 * ```
 */
export function createFilterStream(options?: FilterStreamOptions): FilterStream {
  const own = ownOptions(options) as FilterStreamOptions;
  const { objectMode, signal, highWaterMark, ...rest } = own;
  if (objectMode !== undefined && typeof objectMode !== "boolean") {
    throw new Crypt32OptionError('option "objectMode" takes true or false');
  }
  if (highWaterMark !== undefined && !(Number.isInteger(highWaterMark) && highWaterMark >= 0)) {
    throw new Crypt32OptionError('option "highWaterMark" takes a whole number from 0');
  }
  const filter = newFilter(rest);
  const limits = highWaterMark === undefined ? {} : { highWaterMark };
  const stream = objectMode
    ? new ObjectStream(filter, rest.key ?? "kb", limits)
    : new ByteStream(filter, limits);
  if (signal === undefined) return stream;
  try {
    return addAbortSignal(signal, stream);
  } catch (cause) {
    stream.destroy();
    throw new Crypt32OptionError('option "signal" takes an AbortSignal', { cause });
  }
}

/** A filter whose complaint about an unknown option names those of the stream too. */
function newFilter(options: FilterOptions): Filter {
  try {
    return new Filter(options);
  } catch (error) {
    if (!(error instanceof Crypt32OptionError && error.message.startsWith("unknown"))) throw error;
    throw new Crypt32OptionError(`${error.message}, objectMode, signal, highWaterMark`);
  }
}

interface OwnOptions {
  highWaterMark?: number;
}

/** What both kinds have: a filter that is freed at the end, and its account. */
abstract class Filtering extends Transform implements FilterStream {
  #final: Ledger | undefined;

  constructor(
    protected readonly engine: Filter,
    options: OwnOptions & { objectMode?: boolean },
  ) {
    super(options);
  }

  ledger(): Ledger {
    return this.#final ?? this.engine.ledger();
  }

  /** What is thrown ends the stream: it must not reach whoever happens to write or to read. */
  protected attempt<T extends object>(done: TransformCallback, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      done(error as Error);
      return undefined;
    }
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    try {
      this.#final ??= this.engine.ledger();
    } catch {
      // It was lost with the module, as whoever asks for it is told.
    }
    this.engine.free();
    done(error);
  }
}

/** A chunk, and how far it is filtered. */
interface Work {
  chunk: Uint8Array;
  length: number;
  at: number;
  done: TransformCallback;
}

class ByteStream extends Filtering {
  /** A large chunk whose reader had enough for the time being. */
  #waiting: Work | undefined;

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    const own = this.#own(chunk, rest.at(-1));
    return own.length > 0 && super.write(own[0], ...(rest as [BufferEncoding]));
  }

  override end(...given: unknown[]): this {
    const [chunk, ...rest] = given;
    const own = this.#own(chunk, rest.at(-1));
    return own.length > 0 ? super.end(own[0], ...(rest as [BufferEncoding])) : this;
  }

  /**
   * A chunk with the length that it has, because Node believes what an array says of itself; or
   * nothing, where its memory is gone. That ends the stream, as a write after the end does.
   *
   * @throws Crypt32ArgumentError if it is neither bytes nor text, where Node would throw too
   */
  #own(chunk: unknown, callback: unknown): unknown[] {
    if (typeof chunk !== "object" || chunk === null) return [chunk];
    if (!isBytes(chunk)) {
      throw argumentError("a chunk is bytes (Uint8Array or Buffer) or a string", chunk);
    }
    try {
      return [plain(chunk)];
    } catch (error) {
      if (typeof callback === "function") process.nextTick(callback, error);
      this.destroy(error as Error);
      return [];
    }
  }

  override _transform(chunk: Uint8Array, _: BufferEncoding, done: TransformCallback): void {
    this.#go({ chunk, length: chunk.length, at: 0, done });
  }

  #go(work: Work): void {
    const { length, done } = work;
    while (work.at < length && !this.destroyed) {
      const pieces = this.attempt(done, () => joined(this.engine.pieces(next(work))));
      if (!pieces) return;
      let wanted = true;
      for (const piece of pieces) {
        if (!this.destroyed) wanted = this.push(piece);
      }
      if (!wanted && work.at < length && !this.destroyed) {
        this.#waiting = work;
        return;
      }
    }
    done(this.errored);
  }

  override _read(size: number): void {
    const work = this.#waiting;
    this.#waiting = undefined;
    if (work) this.#go(work);
    else super._read(size);
  }

  override _flush(done: TransformCallback): void {
    const held = this.attempt(done, () => this.engine.finish());
    if (!held) return;
    if (held.length > 0) this.push(held);
    // To end what was destroyed meanwhile would keep a pipeline waiting for good.
    if (!this.destroyed) done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const work = this.#waiting;
    this.#waiting = undefined;
    super._destroy(error, done);
    work?.done(error);
  }
}

/** The next part of a chunk. */
function next(work: Work): Uint8Array {
  const { chunk, length, at } = work;
  if (chunk.length !== length) {
    throw new Crypt32ArgumentError("the memory of a chunk was detached before it was filtered");
  }
  work.at += STEP;
  return chunk.subarray(at, work.at);
}

class ObjectStream extends Filtering {
  constructor(
    filter: Filter,
    readonly key: string,
    options: OwnOptions,
  ) {
    super(filter, { ...options, objectMode: true });
  }

  override _transform(record: unknown, _: BufferEncoding, done: TransformCallback): void {
    if (!isObject(record)) {
      done(argumentError("a stream in objectMode takes objects", record));
      return;
    }
    const out = this.attempt(done, () => this.#filtered(record));
    if (out) done(this.errored, this.destroyed ? undefined : out[0]);
  }

  /** The record, its tagged copy, or nothing. To read the record can run code, destroy() too. */
  #filtered(record: object): object[] {
    let line: Uint8Array;
    try {
      line = encode(`${objectText(record)}\n`);
    } catch {
      // No JSON, so it is not the event. It passes, and counts as a record without content.
      if (!this.destroyed) this.engine.pieces(encode("null\n"));
      return [record];
    }
    if (this.destroyed) return [];
    const pieces = this.engine.pieces(line);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (length === 0) return [];
    // A tag is an insertion: what has the same length was not touched.
    if (length === line.length) return [record];
    const tagged = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>;
    const { [this.key]: tag, tags } = tagged;
    try {
      if (typeof (record as { toJSON?: unknown }).toJSON === "function") return [tagged];
      return [{ ...record, [this.key]: tag, ...(tags === undefined ? {} : { tags }) }];
    } catch {
      // A getter that could be asked only once.
      return [tagged];
    }
  }
}
