import { fstatSync, ftruncateSync, writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** The end of the program: a text for standard error, and the exit code. */
export class Ended extends Error {
  constructor(
    readonly text: string,
    readonly code: number,
  ) {
    super(text);
  }
}

export function ended(message: string): Ended {
  return new Ended(`error: ${message}\n`, 2);
}

/** Where the words of Node's library are not those of the C library. */
const WORDS: Record<string, string> = {
  EISDIR: "Is a directory",
  EIO: "Input/output error",
  EBADF: "Bad file descriptor",
};

const LINE_END = 10;

/** Why the system refused, as the native command words it. */
export function reason(error: unknown): string {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  if (code === undefined || errno === undefined) return String(message ?? error);
  const words = WORDS[code] ?? /^\w+: (.*?), \w+/.exec(message)?.[1] ?? code;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} (os error ${-errno})`;
}

/** A stream that never ends in half a record, as far as that can be had. */
export class Output {
  /** Some of it waits for room in a pipe: the ledger counts it already. */
  waiting = false;
  /** Some of it did not get out. The ledger counts it, and so is not written any more. */
  lost = false;
  /** How much was written since the last line end. */
  #open = 0;
  /** How long the file was after the last write. Others may write to it too. */
  #size: number;
  /** Something of others stands within what was written since the last line end. */
  #mixed = false;

  constructor(readonly file: number) {
    this.#size = fstatSync(file).size;
  }

  /** Writes everything. A closed pipe ends the program with exit code 0. */
  async write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      try {
        const length = writeSync(this.file, bytes, at);
        this.#note(bytes.subarray(at, at + length));
        at += length;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // Whoever shares this pipe with us made it one that does not wait.
        if (code === "EAGAIN") await this.#wait();
        else throw this.#fail(error);
      }
    }
  }

  /** Notes what was written, and whether it made the file longer by just that. */
  #note(written: Uint8Array): void {
    const { size } = fstatSync(this.file);
    const end = written.lastIndexOf(LINE_END);
    const goesOn = end < 0 && this.#open > 0;
    this.#mixed = (goesOn && this.#mixed) || size !== this.#size + written.length;
    this.#open = end < 0 ? this.#open + written.length : written.length - end - 1;
    this.#size = size;
  }

  async #wait(): Promise<void> {
    this.waiting = true;
    await setTimeout(5);
    this.waiting = false;
  }

  /** Takes the record that was only half written back, where the output is a file. */
  #fail(error: unknown): Ended {
    this.lost = true;
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return new Ended("", 0);
    const whole = this.#open === 0 || this.#cutBack(this.#open);
    const state = whole ? "what is there are whole records" : "its last record may be incomplete";
    return ended(`cannot write the output: ${reason(error)}; ${state}`);
  }

  /** Takes the last bytes back, if they went to a regular file and nothing of others would go too. */
  #cutBack(bytes: number): boolean {
    try {
      const about = fstatSync(this.file);
      if (!about.isFile() || this.#mixed || about.size !== this.#size) return false;
      ftruncateSync(this.file, Math.max(0, about.size - bytes));
      return true;
    } catch {
      return false;
    }
  }
}
