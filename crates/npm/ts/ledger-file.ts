import {
  type BigIntStats,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { isLedger, type Program } from "./crypt32_full.js";
import { Ended, ended, type Output, reason } from "./output.js";

/** How old the ledger file may become, in milliseconds. */
const EVERY = 10_000;

/** How long the ledger and a signal wait for an output without a reader, in milliseconds. */
const PATIENCE = 2_000;

/** Whether a promise settles within that time. */
export async function soon(done: Promise<void>): Promise<boolean> {
  const late = new AbortController();
  const { signal } = late;
  const wait = setTimeout(PATIENCE, false, { signal }).catch(() => false);
  try {
    return await Promise.race([done.then(() => true), wait]);
  } finally {
    late.abort();
  }
}

/** How many names are tried for the temporary file. */
const NAMES = 100;

/** A path as it was given, as bytes if it is not UTF-8. */
export type Path = string | Buffer;

/** The identity of a file. */
export type FileId = string | undefined;

/** The identity of the file at a path or behind a file descriptor, whatever its name. */
export function fileId(file: Path | number): FileId {
  let about: BigIntStats;
  try {
    about = typeof file === "number" ? fstatSync(file, BIG) : statSync(file, BIG);
  } catch {
    return undefined;
  }
  // A device has no content that could be overwritten.
  return about.isCharacterDevice() ? undefined : `${about.dev} ${about.ino}`;
}

const BIG = { bigint: true } as const;

/** The error for a ledger that cannot be written. */
export function noLedger(name: string, why: string): Ended {
  return ended(`cannot write the ledger ${name}: ${why}`);
}

/** The ledger file. It replaces nothing but a ledger. */
export class LedgerFile {
  /** The target of the path at the start. A symbolic link that is created later is not followed. */
  readonly #place: Path;
  /** Whether the path is a pipe or a device, which is written to and not replaced. */
  readonly #special: boolean;

  constructor(
    path: Path,
    readonly name: string,
    readonly output: Output,
    readonly program: Program,
  ) {
    this.#place = resolved(path);
    try {
      const about = statSync(this.#place, { throwIfNoEntry: false });
      if (about?.isDirectory()) throw noLedger(name, "it is a folder");
      this.#special = about !== undefined && !about.isFile();
      if (!about?.isFile()) return;
      const old = readFileSync(this.#place);
      if (old.length > 0 && !isLedger(old)) {
        throw noLedger(name, "the file is neither empty nor a ledger");
      }
    } catch (error) {
      throw error instanceof Ended ? error : noLedger(name, reason(error));
    }
  }

  /** The identity of the file that is there now. */
  id(): FileId {
    return fileId(this.#place);
  }

  /** Notes that all counted records were written. */
  settle(): void {
    this.program.settle();
  }

  /** Writes the ledger, unless it counts records that were not written. */
  write(): void {
    if (!this.output.lost) this.#write(this.program.ledger());
  }

  /** Writes the ledger of the last moment at which all counted records were written. */
  writeSettled(): void {
    this.#write(this.program.settledLedger());
  }

  #write(json: string | undefined): void {
    const content = `${json}\n`;
    try {
      if (this.#special) {
        fill(openSync(this.#place, constants.O_WRONLY), content, undefined);
      } else {
        replace(this.#place, content);
      }
    } catch (error) {
      throw noLedger(this.name, reason(error));
    }
  }

  /** Writes the ledger every ten seconds, even without new input. */
  keep(silent: boolean): void {
    const clock = setInterval(async () => {
      try {
        if (await soon(this.#out())) this.write();
        else this.writeSettled();
      } catch (error) {
        if (error instanceof Ended && !silent) process.stderr.write(error.text);
      }
    }, EVERY);
    clock.unref();
  }

  async #out(): Promise<void> {
    while (this.output.waiting) await setTimeout(1);
  }
}

/**
 * Gives a file this content and keeps its permissions and, if possible, its owner. It writes a new
 * file in the same folder and renames it, so that no reader sees an incomplete ledger.
 */
function replace(place: Path, content: string): void {
  const about = lstatSync(place, { throwIfNoEntry: false });
  const old = about?.isFile() ? about : undefined;
  const [file, temporary] = createBeside(place, old === undefined ? 0o666 : 0o600);
  try {
    fill(file, content, old);
    renameSync(temporary, place);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Creates a new file in the same folder. */
function createBeside(place: Path, mode: number): [file: number, path: Buffer] {
  for (let number = 0; ; number += 1) {
    const name = `.${process.pid}.${number}.tmp`;
    const path = Buffer.concat([Buffer.from(place), Buffer.from(name)]);
    try {
      return [openSync(path, "wx", mode), path];
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === "EEXIST";
      if (!taken || number === NAMES) throw error;
    }
  }
}

/** Writes an open file, and closes it. */
function fill(file: number, content: string, like: Stats | undefined): void {
  try {
    writeFileSync(file, content);
    if (like !== undefined) {
      try {
        fchownSync(file, like.uid, like.gid);
      } catch {
        // The owner cannot be kept, so the file belongs to this user.
      }
      fchmodSync(file, like.mode & 0o7777);
    }
  } finally {
    closeSync(file);
  }
}

function resolved(path: Path): Path {
  try {
    return realpathSync(path, { encoding: "buffer" });
  } catch {
    return path;
  }
}
