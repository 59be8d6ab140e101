import {
  closeSync,
  constants,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { Ended, ended, type Output, reason } from "./output.js";

/** How old the ledger's file may become, in milliseconds. */
const EVERY = 10_000;

/** The file that holds the ledger. */
export class LedgerFile {
  constructor(
    readonly path: string,
    readonly output: Output,
    readonly json: () => string,
  ) {}

  /** Writes it, unless it counts what did not get out. */
  write(): void {
    if (this.output.lost) return;
    try {
      replace(this.path, `${this.json()}\n`);
    } catch (error) {
      throw ended(`cannot write the ledger ${this.path}: ${reason(error)}`);
    }
  }

  /** Writes it every ten seconds, also while nothing comes in. */
  keep(): void {
    const clock = setInterval(async () => {
      while (this.output.waiting) await setTimeout(1);
      try {
        this.write();
      } catch (error) {
        if (error instanceof Ended) process.stderr.write(error.text);
      }
    }, EVERY);
    clock.unref();
  }
}

/**
 * Gives a file this content: writes it beside its place and moves it there, so that no reader sees
 * half of it. A link stays, and so does what is no file.
 */
function replace(path: string, content: string): void {
  const place = resolved(path);
  const about = statSync(place, { throwIfNoEntry: false });
  if (about !== undefined && !about.isFile() && !about.isDirectory()) {
    const file = openSync(place, constants.O_WRONLY);
    try {
      writeFileSync(file, content);
    } finally {
      closeSync(file);
    }
    return;
  }
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, place);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
