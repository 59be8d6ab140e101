import type { PathLike } from "node:fs";
import { constants, type FileHandle, open } from "node:fs/promises";
import type { EventVerdict, Ledger, Outcome, Place, Unjudged } from "./answers.js";
import { Crypt32ArgumentError, Crypt32OptionError } from "./errors.js";
import { Filter, joined } from "./filter.js";
import { load } from "./node-full.js";
import { optionsJson, ownOptions } from "./options.js";
import { type ReportOptions, readLog, type Source, startReport } from "./report.js";
import type { FilterOptions, Report } from "./types.js";

/** How many bytes are read at a time. */
const CHUNK = 1024 * 1024;

/** The same for {@link classifyFile}, whose answers can take much more memory than the events. */
const SMALL = 64 * 1024;

const decoder = new TextDecoder();

/** How much of a file was read. */
export interface Progress {
  /** The number of bytes read so far. */
  bytes: number;
  /** The size of the file in bytes at the start; `null` for a pipe or a device. */
  size: number | null;
}

/** The options of every function that reads a file. */
export interface FileOptions {
  /**
   * Aborting it ends the work. The promise or the iterator then fails with an `AbortError`, with the
   * `code` `ABORT_ERR`.
   */
  signal?: AbortSignal | undefined;
  /** Called after each chunk of at most 1 MiB. An error that it throws ends the work. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** The options of {@link filterFile}: those of the filter, and these of the file. */
export interface FilterFileOptions extends FilterOptions, FileOptions {}

/** The options of {@link reportFile}: those of `report`, and these of the file. */
export interface ReportFileOptions extends ReportOptions, FileOptions {}

/** The options of {@link classifyFile}: those of `report`, of the file, and a choice. */
export interface ClassifyFileOptions extends ReportOptions, FileOptions {
  /** The verdicts to yield. Default: all. */
  only?: readonly Outcome[] | undefined;
}

/** What {@link filterFile} did. */
export interface FilterFileResult {
  /** The counts of the records and bytes, and of each computer. */
  ledger: Ledger;
  /** The lines that mention the event and passed because they could not be judged. */
  unjudged: Unjudged;
}

/** The verdict about one event of a file, with its place: `line` from 1, or `offset` in bytes. */
export type FileVerdict = EventVerdict &
  Place & {
    /** The number of the record in the file, from 1. */
    record: number;
    /** The number of the event in its record, from 1. */
    event: number;
  };

/** The names of {@link FileOptions}, for the message about an unknown option. */
const OTHERS = "signal,onProgress";

/** An opened file that is read once, in chunks. */
class Input {
  #bytes = 0;

  private constructor(
    readonly path: PathLike,
    readonly file: FileHandle,
    readonly size: number | null,
    readonly options: FileOptions,
  ) {}

  static async open(path: PathLike, options: FileOptions): Promise<Input> {
    checkAborted(options.signal);
    const file = await open(path);
    const about = await file.stat();
    return new Input(path, file, about.isFile() ? about.size : null, options);
  }

  /** Reads into the bytes, and returns the number of bytes read; 0 at the end. */
  async read(bytes: Uint8Array): Promise<number> {
    checkAborted(this.options.signal);
    const { bytesRead } = await this.file.read(bytes, 0, bytes.length);
    this.#bytes += bytesRead;
    return bytesRead;
  }

  /** Reports the progress. */
  told(): void {
    this.options.onProgress?.({ bytes: this.#bytes, size: this.size });
  }

  /** The chunks of the file. Each is valid until the next one is read. */
  async *chunks(size: number): AsyncGenerator<Uint8Array, void> {
    const chunk = new Uint8Array(size);
    for (let read = await this.read(chunk); read > 0; read = await this.read(chunk)) {
      yield chunk.subarray(0, read);
      this.told();
    }
  }

  /** The file as a log. A regular file can be read once more. */
  source(chunk: number): Source {
    const { path, options } = this;
    const pieces = this.chunks(chunk);
    if (this.size === null) return { pieces };
    const again = async function* () {
      const input = await Input.open(path, { signal: options.signal });
      try {
        yield* input.chunks(CHUNK);
      } finally {
        await input.file.close();
      }
    };
    return { pieces, again };
  }
}

/** @throws AbortError, like those of Node, if the signal was aborted */
function checkAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  const error = new Error("The operation was aborted", { cause: signal.reason });
  throw Object.assign(error, { name: "AbortError", code: "ABORT_ERR" });
}

/** Separates the options of the file from the others. */
function split<T extends FileOptions>(options: T | undefined) {
  const { signal, onProgress, ...rest } = ownOptions(options) as T;
  // Like Node, this takes any implementation of the interface.
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.aborted !== "boolean") {
    throw new Crypt32OptionError('option "signal" takes an AbortSignal');
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new Crypt32OptionError('option "onProgress" takes a function');
  }
  return { file: { signal, onProgress } as FileOptions, rest };
}

/**
 * Filters a file into another. The file is read straight into the module's memory, so this is the
 * fastest way to filter one.
 *
 * An existing output is replaced. If the work fails or is aborted, the output has only the records
 * so far, and the last one may be incomplete.
 *
 * @param input the file to read
 * @param output the file to write; it must not be the input
 * @param options the options of the filter, `signal` and `onProgress`
 * @returns the ledger, and the lines that could not be judged
 * @throws Crypt32OptionError for an unknown option or value; nothing was opened
 * @throws Crypt32ArgumentError if the output is the input
 * @throws the system's error, such as `ENOENT` or `ENOSPC`, and an `AbortError`
 *
 * @example
 * ```js
 * const { ledger, unjudged } = await filterFile("app.ndjson", "kept.ndjson", { action: "drop" });
 * console.log(ledger.dropped, unjudged.note);
 * ```
 */
export async function filterFile(
  input: PathLike,
  output: PathLike,
  options?: FilterFileOptions,
): Promise<FilterFileResult> {
  const { file, rest } = split(options);
  const filter = new Filter(rest, OTHERS);
  const from = await Input.open(input, file);
  try {
    const to = await openOutput(output, from);
    try {
      await copy(from, to, filter);
    } finally {
      // A full disk may only be reported here.
      await to.close();
    }
    return { ledger: filter.ledger(), unjudged: filter.unjudged() };
  } finally {
    await from.file.close();
    filter.free();
  }
}

/** Opens the output and empties it, unless it is the input. */
async function openOutput(path: PathLike, { file }: Input): Promise<FileHandle> {
  const output = await open(path, constants.O_WRONLY | constants.O_CREAT, 0o666);
  try {
    const mine = await output.stat({ bigint: true });
    const its = await file.stat({ bigint: true });
    if (mine.isFile() && mine.dev === its.dev && mine.ino === its.ino) {
      throw new Crypt32ArgumentError("the output is the input, which would be lost");
    }
    if (mine.isFile()) await output.truncate();
    return output;
  } catch (error) {
    await output.close();
    throw error;
  }
}

async function copy(from: Input, to: FileHandle, filter: Filter): Promise<void> {
  for (;;) {
    const read = await from.read(filter.reserve(CHUNK));
    if (read === 0) break;
    await write(to, joined(filter.commit(read)));
    from.told();
  }
  await write(to, [filter.finish()]);
}

/** Writes all pieces. The system may write fewer bytes at a time. */
async function write(file: FileHandle, pieces: Uint8Array[]): Promise<void> {
  let rest = pieces.filter((piece) => piece.length > 0);
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest);
    rest = rest.flatMap((piece) => {
      const done = Math.min(bytesWritten, piece.length);
      bytesWritten -= done;
      return done < piece.length ? [piece.subarray(done)] : [];
    });
  }
}

/**
 * Reports on a file in any format, like `report` on its content. If the dates in it are ambiguous,
 * the file is read a second time to find the order of month and day.
 *
 * @param path the file
 * @param options the options of `report`, `signal` and `onProgress`
 * @returns the report; `complete` and `notes` say what could not be read
 * @throws Crypt32OptionError for an unknown option or value; nothing was opened
 * @throws the system's error, such as `ENOENT` or `EISDIR`, and an `AbortError`
 *
 * @example
 * ```js
 * const { totals, complete, notes } = await reportFile("Application.evtx");
 * console.log(totals.benign, totals.review, complete, notes);
 * ```
 */
export async function reportFile(path: PathLike, options?: ReportFileOptions): Promise<Report> {
  const { file, rest } = split(options);
  const report = await startReport(load, optionsJson(rest), OTHERS);
  const input = await Input.open(path, file);
  try {
    return await report(input.source(CHUNK));
  } finally {
    await input.file.close();
  }
}

/**
 * The verdict about each event of a file in any format, in the order of the file. The file is read
 * as the verdicts are taken, and closed at the end, at an error, or when the loop is left.
 *
 * @param path the file
 * @param options the options of `report`, `only`, `signal` and `onProgress`
 * @returns the verdicts, to be read with `for await`; after that, its `complete` and `notes` say
 *   what could not be read
 * @throws Crypt32OptionError for an unknown option or value, at the latest when the loop begins
 * @throws the system's error, such as `ENOENT` or `EISDIR`, and an `AbortError`, in the loop
 *
 * @example
 * ```js
 * const reviews = classifyFile("app.ndjson", { only: ["review"] });
 * for await (const { line, computer, reasons } of reviews) console.log(line, computer, reasons);
 * console.log(reviews.complete, reviews.notes);
 * ```
 */
export function classifyFile(path: PathLike, options?: ClassifyFileOptions): FileVerdicts {
  return new FileVerdicts(path, options);
}

/**
 * What {@link classifyFile} returns. Each loop over it reads the file anew.
 *
 * @example
 * ```js
 * const verdicts = classifyFile("Application.evtx");
 * for await (const { offset, verdict } of verdicts) console.log(offset, verdict);
 * if (!verdicts.complete) throw new Error(verdicts.notes.join("\n"));
 * ```
 */
export class FileVerdicts implements AsyncIterable<FileVerdict> {
  readonly #path: PathLike;
  readonly #file: FileOptions;
  readonly #json: string;
  #notes: string[] = [];
  #complete = false;

  /** @internal */
  constructor(path: PathLike, options: ClassifyFileOptions | undefined) {
    const { file, rest } = split(options);
    this.#path = path;
    this.#file = file;
    this.#json = optionsJson(rest);
  }

  /** What could not be read, and where, one line for each. They are known at the end. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** Whether the last loop read the file to its end. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Opens the file and reads it to its end, or until the loop is left. */
  async *[Symbol.asyncIterator](): AsyncGenerator<FileVerdict, void> {
    this.#notes = [];
    this.#complete = false;
    const instance = await load();
    const reader = instance.run(({ LogVerdicts }) => new LogVerdicts(this.#json, OTHERS));
    const input = await Input.open(this.#path, this.#file);
    try {
      for await (const lines of readLog(instance, reader, input.source(SMALL))) {
        const text = decoder.decode(lines);
        for (const line of text.split("\n")) if (line !== "") yield JSON.parse(line) as FileVerdict;
      }
      this.#notes = instance.run(() => reader.notes());
      this.#complete = instance.run(() => !reader.failed());
    } finally {
      await input.file.close();
    }
  }
}
