/**
 * In the table of a filtered chunk, in the place of a start: that many of the fresh bytes. Also what
 * `push` returns where the whole chunk passes. @internal
 */
export const MARK = 0xffff_ffff;

/**
 * Takes a piece of output: a span of the fresh bytes, or else of the chunk. @internal
 */
type Take = (fresh: boolean, start: number, end: number) => void;

/** Gives the pieces that a table stands for, in their order. @internal */
export function eachSpan(table: Uint32Array, take: Take): void {
  let used = 0;
  for (let at = 0; at + 1 < table.length; at += 2) {
    const start = table[at] as number;
    const end = table[at + 1] as number;
    if (start === MARK) {
      take(true, used, used + end);
      used += end;
    } else {
      take(false, start, end);
    }
  }
}
