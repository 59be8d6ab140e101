import { fstatSync, ftruncateSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { wasClosed } from "./closed.js";

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

/** Messages of Node's library that differ from those of the C library. */
const WORDS: Record<string, string> = {
  EISDIR: "Is a directory",
  EIO: "Input/output error",
  EBADF: "Bad file descriptor",
};

const LINE_END = 10;

/** The system's reason for an error, in the words of the native command. */
export function reason(error: unknown): string {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  if (code === undefined || errno === undefined) return String(message ?? error);
  const words = WORDS[code] ?? /^\w+: (.*?), \w+/.exec(message)?.[1] ?? code;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} (os error ${-errno})`;
}

/** An output that, if possible, never ends in the middle of a record. */
export class Output {
  /** Some bytes wait for room in a pipe, but the ledger already counts them. */
  waiting = false;
  /** Some bytes could not be written. The ledger counts them, so it is no longer written. */
  lost = false;
  /** The number of bytes since the last line end. */
  #open = 0;
  /** The length of the file after the last write. Other programs may write to it too. */
  #size: number;
  /** Other programs wrote to the file since the last line end. */
  #mixed = false;

  /** Waits for room in a pipe without blocking, so that signals are handled meanwhile. */
  #pipe: Socket | undefined;

  constructor(readonly file: number) {
    if (wasClosed(file)) throw ended("standard output is closed");
    const about = fstatSync(file);
    this.#size = about.size;
    if (about.isFIFO() || about.isSocket()) {
      // The callback of the write also gets the error.
      this.#pipe = new Socket({ fd: file, readable: false, writable: true }).on("error", () => {});
    }
  }

  /** Writes all bytes. A closed pipe ends the program with exit code 0. */
  async write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      try {
        const length = writeSync(this.file, bytes, at);
        this.#note(bytes.subarray(at, at + length));
        at += length;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== "EAGAIN") throw this.#fail(error);
        at += await this.#wait(bytes.subarray(at));
      }
    }
  }

  /** Notes the written bytes, and whether the file grew by exactly that length. */
  #note(written: Uint8Array): void {
    const { size } = fstatSync(this.file);
    const end = written.lastIndexOf(LINE_END);
    const goesOn = end < 0 && this.#open > 0;
    this.#mixed = (goesOn && this.#mixed) || size !== this.#size + written.length;
    this.#open = end < 0 ? this.#open + written.length : written.length - end - 1;
    this.#size = size;
  }

  /** Waits for room, and returns the number of bytes written meanwhile: all of `rest` for a pipe. */
  async #wait(rest: Uint8Array): Promise<number> {
    const pipe = this.#pipe;
    this.waiting = true;
    if (pipe === undefined) await setTimeout(5);
    else {
      const error = await new Promise<unknown>((resolve) => pipe.write(rest, resolve));
      if (error) throw this.#fail(error);
      this.#note(rest);
    }
    this.waiting = false;
    return pipe === undefined ? 0 : rest.length;
  }

  /** Removes an incomplete record from the output if it is a file. */
  #fail(error: unknown): Ended {
    this.lost = true;
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return new Ended("", 0);
    const whole = this.#open === 0 || this.#cutBack(this.#open);
    const state = whole ? "the output has only whole records" : "its last record may be incomplete";
    return ended(`cannot write the output: ${reason(error)}; ${state}`);
  }

  /**
   * Removes the last bytes from a regular file, unless this would remove bytes of other programs.
   */
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
