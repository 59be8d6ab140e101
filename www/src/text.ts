// Numbers, times and texts of a log as a person reads them.
/** What a terminal or a page would obey instead of show. */
const OBEYED = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Control characters and those that turn text around are shown, not obeyed. */
export function visible(text: string): string {
  return text.replace(OBEYED, (c) => {
    if (c === "\n" || c === "\t") return c;
    if (c === "\r") return "";
    return `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** JSON with the same characters as escapes, which mean the same. */
export function json(value: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(OBEYED, (c) => c.split("").map(escaped).join(""));
}

/** The same in one line. */
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

/** 3 March 2010 */
export function day(time: string | number): string {
  const date = new Date(typeof time === "number" ? time * 1000 : `${time.replace(/Z$/, "")}Z`);
  return date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}
