import { isBytes, plain } from "./bytes.js";
import { argumentError, Crypt32ArgumentError, said } from "./errors.js";
import { instantiate } from "./instance.js";
import { optionsJson } from "./options.js";
import { encode, isObject, objectText } from "./record.js";
import type { Report } from "./report-types.js";
import type { ClassifyOptions } from "./types.js";

/** The options of {@link Reporter | report}. They have the same names as on the command line. */
export interface ReportOptions extends ClassifyOptions {
  /** The format of the lines or the file. Default: `auto`, which detects it from the content. */
  format?: "auto" | "json" | "syslog" | "text" | "xml" | "csv" | undefined;
  /** The order of month and day if the dates in the log are ambiguous. Default: unknown. */
  date_order?: "month-first" | "day-first" | undefined;
}

/** A piece of a log: text or bytes of any length, or an object, which is one JSON record. */
export type LogPiece = string | Uint8Array | object;

/** A log: the whole log, or its pieces in order (a stream, a list, a generator). */
export type Log = string | Uint8Array | Iterable<LogPiece> | AsyncIterable<LogPiece>;

/** The type of `report`. */
export type Reporter = (log: Log, options?: ReportOptions) => Promise<Report>;

/** How many bytes the module gets at a time. */
const WINDOW = 1024 * 1024;

/** A `report` whose module is loaded once, by `load`. @internal */
export function reporter(load: () => BufferSource | Promise<BufferSource>): Reporter {
  const full = async () => {
    const glue = await import("./crypt32_full.js");
    return { glue, module: await WebAssembly.compile(await load()) };
  };
  let loading: ReturnType<typeof full> | undefined;
  return async (log, options) => {
    const json = optionsJson(options);
    const pieces = piecesOf(log);
    loading ??= full().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    // Each report gets its own instance, so that its memory is released, and a failure affects no
    // other report.
    const { glue, module } = await loading;
    const instance = instantiate(glue, module);
    const core = instance.run(({ LogReport }) => new LogReport(json));
    for await (const piece of pieces) {
      const bytes = pieceBytes(piece);
      for (let at = 0; at < bytes.length; at += WINDOW) {
        instance.run(() => core.push(bytes.subarray(at, at + WINDOW)));
      }
    }
    return instance.run(() => {
      const summary = JSON.parse(new TextDecoder().decode(core.finish())) as Report;
      return { ...summary, notes: core.notes(), complete: !core.failed() };
    });
  };
}

type Pieces = Iterable<unknown> | AsyncIterable<unknown>;

function piecesOf(log: unknown): Pieces {
  if (typeof log === "string" || isBytes(log)) return [log];
  if (typeof log === "object" && log !== null && !ArrayBuffer.isView(log)) {
    try {
      const pieces = iterated(log);
      if (pieces) return pieces;
    } catch (cause) {
      throw new Crypt32ArgumentError(`the log cannot be read: ${said(cause)}`, { cause });
    }
  }
  throw argumentError(
    "a log is a string, bytes (Uint8Array or Buffer) or an iterable of them",
    log,
  );
}

/**
 * Returns the iterator immediately: a missing iterator is an argument error, but errors of the
 * iterator itself are not.
 */
function iterated(log: Partial<Iterable<unknown> & AsyncIterable<unknown>>): Pieces | undefined {
  const later = log[Symbol.asyncIterator]?.();
  if (typeof later?.next === "function") return { [Symbol.asyncIterator]: () => later };
  // Some browsers cannot iterate over a stream.
  if ("getReader" in log) return read(log as ReadableStream<unknown>);
  const now = log[Symbol.iterator]?.();
  return typeof now?.next === "function" ? { [Symbol.iterator]: () => now } : undefined;
}

async function* read(stream: ReadableStream<unknown>): AsyncGenerator<unknown> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

function pieceBytes(piece: unknown): Uint8Array {
  if (isBytes(piece)) return plain(piece);
  if (typeof piece === "string") return encode(piece);
  if (isObject(piece)) return encode(`${objectText(piece)}\n`);
  throw argumentError(
    "a piece of a log is a string, bytes (Uint8Array or Buffer) or an object",
    piece,
  );
}
