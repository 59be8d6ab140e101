import { addAbortSignal, Transform, type TransformCallback } from "node:stream";
import { argumentError, Crypt32OptionError } from "./errors.js";
import { Filter, joined } from "./filter.js";
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
  const { objectMode, signal, highWaterMark, ...rest } = options ?? {};
  if (objectMode !== undefined && typeof objectMode !== "boolean") {
    throw new Crypt32OptionError('option "objectMode" takes true or false');
  }
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.aborted !== "boolean") {
    throw new Crypt32OptionError('option "signal" takes an AbortSignal');
  }
  if (highWaterMark !== undefined && !(Number.isInteger(highWaterMark) && highWaterMark >= 0)) {
    throw new Crypt32OptionError('option "highWaterMark" takes a whole number from 0');
  }
  // What is no object is refused by the filter.
  const filter = newFilter(options === undefined || isObject(options) ? rest : options);
  const own = highWaterMark === undefined ? {} : { highWaterMark };
  const stream = objectMode
    ? new ObjectStream(filter, rest.key ?? "kb", own)
    : new ByteStream(filter, own);
  return signal === undefined ? stream : addAbortSignal(signal, stream);
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

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#final ??= this.engine.ledger();
    this.engine.free();
    done(error);
  }
}

class ByteStream extends Filtering {
  /** Goes on with a large chunk whose reader had enough for the time being. */
  #resume: (() => void) | undefined;

  override _transform(chunk: Uint8Array, _: BufferEncoding, done: TransformCallback): void {
    this.#from(chunk, 0, done);
  }

  #from(chunk: Uint8Array, start: number, done: TransformCallback): void {
    for (let at = start; at < chunk.length; ) {
      const pieces = joined(this.engine.pieces(chunk.subarray(at, at + STEP)));
      at += STEP;
      let wanted = true;
      for (const piece of pieces) wanted = this.push(piece);
      if (!wanted && at < chunk.length) {
        this.#resume = () => this.#from(chunk, at, done);
        return;
      }
    }
    done();
  }

  override _read(size: number): void {
    const resume = this.#resume;
    this.#resume = undefined;
    if (resume) resume();
    else super._read(size);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#resume = undefined;
    super._destroy(error, done);
  }

  override _flush(done: TransformCallback): void {
    const held = this.engine.finish();
    if (held.length > 0) this.push(held);
    done();
  }
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
    done(null, this.#filtered(record));
  }

  /** The record, its tagged copy, or nothing. */
  #filtered(record: object): object | undefined {
    let line: Uint8Array;
    try {
      line = encode(`${objectText(record)}\n`);
    } catch {
      // No JSON, so it is not the event. It passes, and counts as a record without content.
      this.engine.pieces(encode("null\n"));
      return record;
    }
    const pieces = this.engine.pieces(line);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (length === 0) return undefined;
    // A tag is an insertion: what has the same length was not touched.
    if (length === line.length) return record;
    const tagged = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>;
    if (typeof (record as { toJSON?: unknown }).toJSON === "function") return tagged;
    const { [this.key]: tag, tags } = tagged;
    return { ...record, [this.key]: tag, ...(tags === undefined ? {} : { tags }) };
  }
}
