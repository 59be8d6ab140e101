// If the module stops in a file, the file is read again without that line, or only up to that line
// if skipping it does not help.
import type { Care, Place } from "./protocol.ts";

/**
 * The maximum number of skipped lines in a file. At the next stop, the rest of the file is skipped.
 */
const LINES = 8;
/**
 * The maximum distance, in bytes, between the start of a record and the place where it is judged.
 */
const RECORD = 1 << 20;

const NONE: Care = { lines: [], end: null, times: 0 };

/**
 * How to read a file again after the module stopped at a place, or nothing if it should not be read
 * again.
 */
export function withCare(care: Care | undefined, place: Place): Care | undefined {
  const { lines, end, times } = care ?? NONE;
  if (end?.at === 0) return undefined;
  const further = place.at > (lines.at(-1)?.at ?? -1);
  if (place.to !== null && further && !end && lines.length < LINES) {
    return { lines: [...lines, place], end, times: times + 1 };
  }
  // The module stops before the current end, so the failing record begins even earlier.
  const before = end ? Math.max(0, end.at - RECORD) : place.at;
  const at = times < LINES + 3 ? Math.min(place.at, before) : 0;
  return {
    lines: lines.filter((left) => left.at < at),
    end: { ...place, at, line: at === place.at ? place.line : null },
    times: times + 1,
  };
}

/** The notes about a file, one for each skipped part. */
export function notes({ lines, end }: Care): string[] {
  const rest = end ? "" : "; the rest of the file was read";
  const said = lines.map(
    ({ at, line, why }) =>
      `line ${line} (byte ${at}) was skipped: the reader stopped there (${why})${rest}`,
  );
  return end ? [...said, ended(end)] : said;
}

function ended({ at, line, why }: Place): string {
  if (at === 0) return `not read: the reader stopped in it (${why})`;
  const place = line === null ? `byte ${at}` : `line ${line} (byte ${at})`;
  return `stopped at ${place}: the reader stopped there (${why}); the part before it was read, the rest of the file was not`;
}
