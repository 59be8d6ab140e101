// A file in which the module stopped is read again, with care: without the line at which it stopped,
// or, where that does not help, only so far.
import type { Care, Place } from "./protocol.ts";

/** So many lines of a file are left out; at the next one, the rest of the file is. */
const LINES = 8;
/** So far before a place can the record begin that is judged there, in bytes. */
const RECORD = 1 << 20;

const NONE: Care = { lines: [], end: null, times: 0 };

/** How to read a file in which the module stopped at a place; nothing if it need not be tried again. */
export function withCare(care: Care | undefined, place: Place): Care | undefined {
  const { lines, end, times } = care ?? NONE;
  if (end?.at === 0) return undefined;
  const further = place.at > (lines.at(-1)?.at ?? -1);
  if (place.to !== null && further && !end && lines.length < LINES) {
    return { lines: [...lines, place], end, times: times + 1 };
  }
  // Where it was to end already, what stops the module begins before that.
  const before = end ? Math.max(0, end.at - RECORD) : place.at;
  const at = times < LINES + 3 ? Math.min(place.at, before) : 0;
  return {
    lines: lines.filter((left) => left.at < at),
    end: { ...place, at, line: at === place.at ? place.line : null },
    times: times + 1,
  };
}

/** What is to be said about it, a line each. */
export function notes({ lines, end }: Care): string[] {
  const rest = end ? "" : "; the rest of the file was read";
  const said = lines.map(
    ({ at, line, why }) =>
      `line ${line} (byte ${at}) was left out: the reader stopped there (${why})${rest}`,
  );
  return end ? [...said, ended(end)] : said;
}

function ended({ at, line, why }: Place): string {
  if (at === 0) return `not read: the reader stopped in it (${why})`;
  const place = line === null ? `byte ${at}` : `line ${line} (byte ${at})`;
  return `stopped at ${place}: the reader stopped there (${why}); what stands before it was read, the rest of the file was not`;
}
