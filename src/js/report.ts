import { argumentError, isBytes, withOptions } from "./errors.js";
import { encode, isObject, objectText } from "./record.js";
import type { Report } from "./report-types.js";
import type { ClassifyOptions } from "./types.js";

/** The options of {@link Reporter | report}. The same names as on the command line. */
export interface ReportOptions extends ClassifyOptions {
  /** What the lines or the file are. Default: `auto`, which finds it out by looking. */
  format?: "auto" | "json" | "syslog" | "text" | "xml" | "csv" | undefined;
  /** The order of month and day where no date in the log tells. Default: unknown. */
  date_order?: "month-first" | "day-first" | undefined;
}

/** A piece of a log: text or bytes, cut anywhere, or an object, which is one JSON record. */
export type LogPiece = string | Uint8Array | object;

/** A log: all of it, or its pieces one after another (a stream, a list, a generator). */
export type Log = string | Uint8Array | Iterable<LogPiece> | AsyncIterable<LogPiece>;

/** The type of `report`. */
export type Reporter = (log: Log, options?: ReportOptions) => Promise<Report>;

/** How much the module takes at once, in bytes. */
const WINDOW = 1024 * 1024;

type Full = typeof import("./crypt32_full.js");

/** A `report` whose module is loaded, once, by `load`. @internal */
export function reporter(load: () => BufferSource | Promise<BufferSource>): Reporter {
  let loading: Promise<Full> | undefined;
  const full = async (): Promise<Full> => {
    const module = await import("./crypt32_full.js");
    await module.default({ module_or_path: load() });
    return module;
  };
  return async (log, options) => {
    const pieces = piecesOf(log);
    loading ??= full().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    const { LogReport } = await loading;
    const core = withOptions((json) => new LogReport(json), options);
    try {
      for await (const piece of pieces) {
        const bytes = pieceBytes(piece);
        for (let at = 0; at < bytes.length; at += WINDOW) {
          core.push(bytes.subarray(at, at + WINDOW));
        }
      }
      const summary = JSON.parse(new TextDecoder().decode(core.finish())) as Report;
      return { ...summary, notes: core.notes(), complete: !core.failed() };
    } finally {
      core.free();
    }
  };
}

function piecesOf(log: unknown): Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof log === "string" || isBytes(log)) return [log];
  if (typeof log === "object" && log !== null) {
    if (Symbol.asyncIterator in log) return log as AsyncIterable<unknown>;
    // Not every browser can iterate over a stream.
    if ("getReader" in log) return read(log as ReadableStream<unknown>);
    if (Symbol.iterator in log && !ArrayBuffer.isView(log)) return log as Iterable<unknown>;
  }
  throw argumentError(
    "a log is a string, bytes (Uint8Array or Buffer) or an iterable of them",
    log,
  );
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
  if (isBytes(piece)) return piece;
  if (typeof piece === "string") return encode(piece);
  if (isObject(piece)) return encode(`${objectText(piece)}\n`);
  throw argumentError(
    "a piece of a log is a string, bytes (Uint8Array or Buffer) or an object",
    piece,
  );
}
