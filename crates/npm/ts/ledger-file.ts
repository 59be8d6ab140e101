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

/** How old the ledger's file may become, in milliseconds. */
const EVERY = 10_000;

/** How long the ledger and a signal wait for an output that nobody takes, in milliseconds. */
const PATIENCE = 2_000;

/** Whether something ends before patience does. */
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

/** How many names are tried for the file that is written first. */
const NAMES = 100;

/** A file, as it was named: a name that is not UTF-8 in its bytes. */
export type Path = string | Buffer;

/** A file that something is. */
export type FileId = string | undefined;

/** Which file a path leads to, or is open, whatever it is called. */
export function fileId(file: Path | number): FileId {
  let about: BigIntStats;
  try {
    about = typeof file === "number" ? fstatSync(file, BIG) : statSync(file, BIG);
  } catch {
    return undefined;
  }
  // Nothing in a device can be overwritten.
  return about.isCharacterDevice() ? undefined : `${about.dev} ${about.ino}`;
}

const BIG = { bigint: true } as const;

/** That a ledger cannot be written. */
export function noLedger(name: string, why: string): Ended {
  return ended(`cannot write the ledger ${name}: ${why}`);
}

/** The file that holds the ledger. Nothing else is ever replaced by it. */
export class LedgerFile {
  /** What the path named at the start; a link that is put there later is not followed. */
  readonly #place: Path;
  /** A pipe or a device: written to, not replaced. */
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

  /** What is there now. */
  id(): FileId {
    return fileId(this.#place);
  }

  /** Notes that all that was counted is out. */
  settle(): void {
    this.program.settle();
  }

  /** Writes it, unless it counts what did not get out. */
  write(): void {
    if (!this.output.lost) this.#write(this.program.ledger());
  }

  /** Writes it as it was when all that it counts was last seen to be out. */
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

  /** Writes it every ten seconds, also while nothing comes in. */
  keep(): void {
    const clock = setInterval(async () => {
      try {
        if (await soon(this.#out())) this.write();
        else this.writeSettled();
      } catch (error) {
        if (error instanceof Ended) process.stderr.write(error.text);
      }
    }, EVERY);
    clock.unref();
  }

  async #out(): Promise<void> {
    while (this.output.waiting) await setTimeout(1);
  }
}

/**
 * Gives a file this content, its permissions and, as far as that can be had, its owner: writes a new
 * one beside its place and moves it there, so that no reader sees half of it.
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

/** A file that was not there before, in the same folder. */
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

/** Writes a file that is open, and closes it. */
function fill(file: number, content: string, like: Stats | undefined): void {
  try {
    writeFileSync(file, content);
    if (like !== undefined) {
      try {
        fchownSync(file, like.uid, like.gid);
      } catch {
        // Then it is this user's.
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
