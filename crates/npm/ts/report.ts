import type { Summary } from "./answers.js";
import { isBytes, plain } from "./bytes.js";
import { argumentError, Crypt32ArgumentError, said } from "./errors.js";
import { type Instance, instantiate } from "./instance.js";
import { optionsJson } from "./options.js";
import { encode, isObject, objectText } from "./record.js";
import type { ClassifyOptions, Report } from "./types.js";

/** The options for reading a whole log. On the command line, `dateOrder` is `--date-order`. */
export interface ReportOptions extends ClassifyOptions {
  /** The format of the lines or the file. Default: `auto`, which detects it from the content. */
  format?: "auto" | "json" | "syslog" | "text" | "xml" | "csv" | undefined;
  /** The order of month and day if the dates in the log are ambiguous. Default: unknown. */
  dateOrder?: "month-first" | "day-first" | undefined;
}

/** A piece of a log: text or bytes of any length, or an object, which is one JSON record. */
export type LogPiece = string | Uint8Array | object;

/** A log: the whole log, or its pieces in order (a stream, a list, a generator). */
export type Log = string | Uint8Array | Iterable<LogPiece> | AsyncIterable<LogPiece>;

/** The type of `report`. */
export type Reporter = (log: Log, options?: ReportOptions) => Promise<Report>;

/** How many bytes the module gets at a time. */
const WINDOW = 1024 * 1024;

/** The exports of the second module. @internal */
export type Full = typeof import("./crypt32_full.js");

/** Creates an instance of the second module. @internal */
export type Load = () => Promise<Instance<Full>>;

/**
 * Instances of the second module, which is compiled once. Each log gets its own instance, so that
 * its memory is released, and a failure affects no other log.
 *
 * @param load the bytes of the module
 * @internal
 */
export function loader(load: () => BufferSource | Promise<BufferSource>): Load {
  const full = async () => {
    const glue = await import("./crypt32_full.js");
    return { glue, module: await WebAssembly.compile(await load()) };
  };
  let loading: ReturnType<typeof full> | undefined;
  return async () => {
    loading ??= full().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    const { glue, module } = await loading;
    return instantiate(glue, module);
  };
}

/** A log, and how to read it once more from its beginning, if that is possible. @internal */
export interface Source {
  pieces: Pieces;
  again?: () => AsyncIterable<Uint8Array>;
}

/** The part of `LogReport` and `LogVerdicts` that reads a log. */
interface Reader<T> {
  push(chunk: Uint8Array): void;
  endInput(): void;
  wantsSurvey(): boolean;
  survey(chunk: Uint8Array): boolean;
  flush(): T;
}

/** Reads a log, and yields what `flush` returns after each of its chunks. @internal */
export async function* readLog<T>(
  instance: Instance<Full>,
  reader: Reader<T>,
  { pieces, again }: Source,
): AsyncGenerator<T, void> {
  const flush = async () => {
    if (again && instance.run(() => reader.wantsSurvey())) {
      for await (const chunk of again()) if (instance.run(() => reader.survey(chunk))) break;
    }
    return instance.run(() => reader.flush());
  };
  for await (const piece of pieces) {
    const bytes = pieceBytes(piece);
    for (let at = 0; at < bytes.length; at += WINDOW) {
      instance.run(() => reader.push(bytes.subarray(at, at + WINDOW)));
      yield await flush();
    }
  }
  instance.run(() => reader.endInput());
  yield await flush();
}

/**
 * Starts a report.
 *
 * @param json the options
 * @param others the names of options that the caller also takes, with commas
 * @returns the function that reads the log
 * @throws Crypt32OptionError for an unknown option or value
 * @internal
 */
export async function startReport(
  load: Load,
  json: string,
  others?: string,
): Promise<(source: Source) => Promise<Report>> {
  const instance = await load();
  const reader = instance.run(({ LogReport }) => new LogReport(json, others));
  return async (source) => {
    for await (const _ of readLog(instance, reader, source));
    return instance.run(() => {
      const summary = JSON.parse(new TextDecoder().decode(reader.finish())) as Summary;
      return { ...summary, notes: reader.notes(), complete: !reader.failed() };
    });
  };
}

/** A `report` with its module. @internal */
export function reporter(load: Load): Reporter {
  return async (log, options) => {
    const json = optionsJson(options);
    const pieces = piecesOf(log);
    const report = await startReport(load, json);
    return report({ pieces });
  };
}

/** The pieces of a log. @internal */
export type Pieces = Iterable<unknown> | AsyncIterable<unknown>;

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
