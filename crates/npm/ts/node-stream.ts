import { addAbortSignal, Transform, type TransformCallback } from "node:stream";
import type { Ledger } from "./answers.js";
import { isBytes, plain } from "./bytes.js";
import { argumentError, Crypt32ArgumentError, Crypt32OptionError } from "./errors.js";
import { Filter, joined } from "./filter.js";
import { ownOptions } from "./options.js";
import { encode, isObject, objectText } from "./record.js";
import type { FilterOptions } from "./types.js";

/** How many bytes of a chunk are filtered before the stream checks for back-pressure. */
const STEP = 1024 * 1024;

/** The options of {@link createFilterStream}: those of the filter, and these of the stream. */
export interface FilterStreamOptions extends FilterOptions {
  /**
   * Whether the stream takes and returns objects. Default: false, for bytes or strings in and bytes
   * out.
   *
   * An unchanged record passes as the same object. A tagged record is a shallow copy with the tag.
   * The ledger counts bytes of JSON.
   */
  objectMode?: boolean | undefined;
  /** Aborting it destroys the stream. */
  signal?: AbortSignal | undefined;
  /** The buffer size of each side: bytes, or objects in `objectMode`. Default: that of Node. */
  highWaterMark?: number | undefined;
}

/** What {@link createFilterStream} returns. */
export interface FilterStream extends Transform {
  /**
   * The ledger so far; after the end or `destroy()`, the final one. If its `unjudged` grows during
   * the run, an open record may keep the filter from judging.
   */
  ledger(): Ledger;
}

/**
 * A filter as a Node stream, for `pipe`, `pipeline` and `for await`. Memory is bounded by
 * `maxRecord` and the chunks in progress, even for a slow reader. The stream frees the filter's
 * memory when it ends or is destroyed.
 *
 * @param options the options of the filter and of the stream
 * @returns a `Transform` that also has `ledger()`
 * @throws Crypt32OptionError for an unknown option or value; the message names the option and the
 *   allowed values
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
  const filter = new Filter(rest, "objectMode,signal,highWaterMark");
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

interface OwnOptions {
  highWaterMark?: number;
}

/** The common part of both kinds of streams: a filter that is freed at the end, and its ledger. */
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

  /** An exception ends the stream. It must not reach the code that happens to write or read. */
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
      // The ledger was lost with the module; asking for it reports that.
    }
    this.engine.free();
    done(error);
  }
}

/** A chunk, and how much of it is filtered. */
interface Work {
  chunk: Uint8Array;
  length: number;
  at: number;
  done: TransformCallback;
}

class ByteStream extends Filtering {
  /** A large chunk that waits until the reader wants more. */
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
   * Returns the chunk with its real length, because Node trusts the length that an array reports.
   * Returns nothing if the chunk's memory was transferred, or if it is an object without bytes. That
   * ends the stream, like a write after the end. Node would throw into the stream that is piped here,
   * and nothing could catch it.
   */
  #own(chunk: unknown, callback: unknown): unknown[] {
    if (typeof chunk !== "object" || chunk === null) return [chunk];
    try {
      if (isBytes(chunk)) return [plain(chunk)];
      throw argumentError("a chunk is bytes (Uint8Array or Buffer) or a string", chunk);
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
    // Ending a stream that was destroyed meanwhile would block a pipeline forever.
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

  /**
   * The record, its tagged copy, or nothing. Reading the record can run code, such as destroy().
   */
  #filtered(record: object): object[] {
    let line: Uint8Array;
    try {
      line = encode(`${objectText(record)}\n`);
    } catch {
      // The object cannot be written as JSON, so it is not the event. It passes and counts as a
      // record without content.
      if (!this.destroyed) this.engine.pieces(encode("null\n"));
      return [record];
    }
    if (this.destroyed) return [];
    const pieces = this.engine.pieces(line);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (length === 0) return [];
    // A tag only adds bytes, so a record of the same length was not changed.
    if (length === line.length) return [record];
    const tagged = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>;
    const { [this.key]: tag, tags } = tagged;
    try {
      if (typeof (record as { toJSON?: unknown }).toJSON === "function") return [tagged];
      return [{ ...record, [this.key]: tag, ...(tags === undefined ? {} : { tags }) }];
    } catch {
      // The record has a getter that can be read only once.
      return [tagged];
    }
  }
}
