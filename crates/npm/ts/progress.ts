import { basename } from "node:path";
import { stderr } from "node:process";

/** How far a file was read, on standard error, for a person. */
export class Progress {
  #shown = 0;

  /** Nothing where nobody looks, or where the size is not known. */
  static of(path: string, size: number | undefined): Progress | undefined {
    return size !== undefined && stderr.isTTY ? new Progress(basename(path), size) : undefined;
  }

  private constructor(
    readonly name: string,
    readonly size: number,
  ) {}

  at(bytes: number): void {
    const now = Date.now();
    if (now - this.#shown < 100) return;
    this.#shown = now;
    const percent = Math.floor((100 * bytes) / Math.max(this.size, 1));
    stderr.write(`\r${this.name} ${percent} %`);
  }

  clear(): void {
    if (this.#shown > 0) stderr.write("\r\x1b[K");
  }
}
