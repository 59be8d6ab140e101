// Formats numbers, times and log texts for people.
/** The hidden characters, such as control characters. The module provides the exact pattern. */
let hidden = /\p{C}/gu;

/** Sets the pattern of hidden characters. */
export function hide(pattern: string): void {
  hidden = new RegExp(pattern, "gu");
}

/** Whether a text has hidden characters. */
export const hides = (text: string) => text.search(hidden) >= 0;

/** The text with hidden characters as escapes. */
export function visible(text: string): string {
  return text.replace(hidden, (c) => {
    if (c === "\n" || c === "\t") return c;
    if (c === "\r") return "";
    return `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** The same on one line. */
export const line = (text: string) => visible(text).replace(/\s+/g, " ");

export const number = (value: number) => value.toLocaleString("en-US");

export function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export function clock(time: number | null, zone: boolean): string {
  if (time === null) return "no time";
  return `${new Date(time * 1000).toISOString().slice(0, 19).replace("T", " ")}${zone ? "Z" : ""}`;
}

/** For example: 3 March 2010 */
export function day(time: string | number): string {
  const date = new Date(typeof time === "number" ? time * 1000 : `${time.replace(/Z$/, "")}Z`);
  return date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}
