/**
 * In a chunk's span table, this value in place of a start means a number of new bytes. `push` also
 * returns it if the whole chunk passes. @internal
 */
export const MARK = 0xffff_ffff;

/**
 * Receives a piece of the output: a span of the new bytes, or of the chunk. @internal
 */
type Take = (fresh: boolean, start: number, end: number) => void;

/** Calls `take` for each piece in a span table, in order. @internal */
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
