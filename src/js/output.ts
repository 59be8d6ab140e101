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

/** Why the system refused, as the native command words it. */
export function reason(error: unknown): string {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  if (code === undefined || errno === undefined) return String(message ?? error);
  const words = WORDS[code] ?? /^\w+: (.*?), \w+/.exec(message)?.[1] ?? code;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} (os error ${-errno})`;
}

/** A stream that never ends in half a record, as far as that can be had. */
export class Output {
  constructor(readonly file: number) {}

  /** Writes whole records at once. A closed pipe ends the program with exit code 0. */
  async write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      try {
        at += writeSync(this.file, bytes, at);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EPIPE") throw new Ended("", 0);
        // Whoever shares this pipe with us made it non-blocking.
        if (code === "EAGAIN") await setTimeout(5);
        else throw this.#fail(bytes.subarray(0, at), error);
      }
    }
  }

  /** Takes the record that was only half written back, where the output is a file. */
  #fail(written: Uint8Array, error: unknown): Ended {
    const half = written.length - (written.lastIndexOf(10) + 1);
    const whole = half === 0 || this.#cutBack(half);
    const state = whole ? "what is there are whole records" : "its last record may be incomplete";
    return ended(`cannot write the output: ${reason(error)}; ${state}`);
  }

  /** Takes the last bytes back, if they went to a regular file. */
  #cutBack(bytes: number): boolean {
    try {
      const about = fstatSync(this.file);
      if (!about.isFile()) return false;
      ftruncateSync(this.file, Math.max(0, about.size - bytes));
      return true;
    } catch {
      return false;
    }
  }
}
