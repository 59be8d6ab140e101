// A cache of the worker's rows: the page keeps a few pages of them.
import type { Row } from "./protocol.ts";

const PAGE = 100;
/** The maximum number of cached pages. */
const KEPT = 40;

export class Pages {
  private pages = new Map<number, Row[]>();
  private asked = new Set<number>();

  constructor(private readonly ask: (from: number, to: number) => void) {}

  clear(): void {
    this.pages.clear();
    this.asked.clear();
  }

  /** A row, if it is cached. */
  at(i: number): Row | undefined {
    return this.pages.get(Math.floor(i / PAGE))?.[i % PAGE];
  }

  /** A row, which is requested if it is not cached. */
  want(i: number): Row | undefined {
    const row = this.at(i);
    const page = Math.floor(i / PAGE);
    if (!row && !this.asked.has(page)) {
      this.asked.add(page);
      this.ask(page * PAGE, (page + 1) * PAGE);
    }
    return row;
  }

  take(from: number, rows: Row[]): void {
    this.pages.set(from / PAGE, rows);
    const first = this.pages.keys().next().value;
    if (this.pages.size > KEPT && first !== undefined) {
      this.pages.delete(first);
      this.asked.delete(first);
    }
  }
}
