import { basename } from "node:path";
import { stderr } from "node:process";

/** Shows on standard error how much of a file was read. */
export class Progress {
  #shown = 0;

  /** Returns nothing if standard error is not a terminal, or if the size is unknown. */
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
