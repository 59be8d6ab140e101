// Formats numbers, times and log texts for people.
import { type Article, BASES, type Facet, type Row } from "./protocol.ts";

/** The hidden characters, such as control characters. The module provides the exact pattern. */
let hidden = /\p{C}/gu;

let bases: string[] = [];

/** Takes the pattern of hidden characters and the names of the bases. */
export function learn({ hidden: pattern, bases: names }: Article): void {
  hidden = new RegExp(pattern, "gu");
  bases = names;
}

/** The name of a filter's value: a basis is shown as its article. */
export const label = (facet: Facet, value: string): string =>
  (facet === "basis" && bases[BASES.indexOf(value as Row["basis"]) - 1]) || value;

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

/** A time, in the zone that is this many minutes from UTC if it has a zone. */
export function clock(time: number | null, zoned: boolean, zone = 0): string {
  if (time === null) return "no time";
  const at = new Date((time + (zoned ? 60 * zone : 0)) * 1000);
  const name = zone === 0 ? "Z" : offset(zone);
  return `${at.toISOString().slice(0, 19).replace("T", " ")}${zoned ? name : ""}`;
}

/** For example: +05:30 */
export function offset(zone: number): string {
  const digits = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.abs(zone);
  const sign = zone < 0 ? "-" : "+";
  return `${sign}${digits(Math.floor(minutes / 60))}:${digits(minutes % 60)}`;
}

/** For example: 3 March 2010. It is never broken into two lines. */
export function day(time: string): string {
  const date = new Date(`${time.replace(/Z$/, "")}Z`);
  const options = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  return date.toLocaleDateString("en-GB", options).replaceAll(" ", "\u00a0");
}
