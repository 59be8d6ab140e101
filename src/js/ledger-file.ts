import { renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { Ended, ended, reason } from "./output.js";

/** How old the ledger's file may become, in milliseconds. */
const EVERY = 10_000;

/** The file that holds the ledger. */
export class LedgerFile {
  #temporary: string;

  constructor(
    readonly path: string,
    process: number,
    readonly json: () => string,
  ) {
    this.#temporary = join(dirname(path), `${basename(path)}.${process}.tmp`);
  }

  /** Writes it beside its place and moves it there, so that no reader sees half of it. */
  write(): void {
    try {
      writeFileSync(this.#temporary, `${this.json()}\n`);
      renameSync(this.#temporary, this.path);
    } catch (error) {
      rmSync(this.#temporary, { force: true });
      throw ended(`cannot write the ledger ${this.path}: ${reason(error)}`);
    }
  }

  /** Writes it every ten seconds, also while nothing comes in, and calls `stop` on a signal. */
  keep(stop: () => void): void {
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    const clock = setInterval(() => {
      try {
        this.write();
      } catch (error) {
        if (error instanceof Ended) process.stderr.write(error.text);
      }
    }, EVERY);
    clock.unref();
  }
}
