// What the demo needs of a terminal: colour where it is wanted, tables, and text cut to its width.
import { stdout } from "node:process";

const colour = stdout.isTTY === true && stdout.hasColors();
const paint = (code) => (text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : String(text));

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);
export const cyan = paint(36);

/** Columns to fill. */
export const width = Math.min(Math.max(stdout.columns ?? 100, 72), 120);

export const number = (value) => value.toLocaleString("en-US");

export const plural = (count, one, many = `${one}s`) =>
  `${number(count)} ${count === 1 ? one : many}`;

export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  for (const [unit, step] of [
    ["kB", 1e3],
    ["MB", 1e6],
  ]) {
    if (bytes < step * 999.5) return `${(bytes / step).toPrecision(3)} ${unit}`;
  }
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** A time as the ledger gives it, to the minute. */
export const minute = (time) => time?.slice(0, 16).replace("T", " ") ?? "";

/** Control characters would move the cursor or turn text around: logs are not to be trusted. */
export const visible = (text) =>
  text.replace(/\r?\n/g, "⏎").replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");

/** The beginning and the end of a text, with the middle left out, in `columns`. */
export function middle(text, columns) {
  if (text.length <= columns) return text;
  const tail = Math.floor((columns - 3) / 2);
  return `${text.slice(0, columns - 3 - tail)} … ${text.slice(text.length - tail)}`;
}

/** A text in lines of at most `columns`, cut after a comma or a slash where there is one. */
export function wrap(text, columns) {
  const lines = [];
  let rest = text;
  while (rest.length > columns) {
    const line = rest.slice(0, columns);
    const good = Math.max(line.lastIndexOf(","), line.lastIndexOf("/")) + 1;
    const cut = good > columns / 3 ? good : columns;
    lines.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...lines, rest];
}

/** Prints rows of cells; columns whose cells are numbers (or `·`) are set to the right. */
export function table(head, rows, foot) {
  const all = [head, ...rows, ...(foot ? [foot] : [])];
  const right = head.map((_, i) => rows.every((row) => /^[\d,.·]*$/.test(row[i])));
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const line = (row) =>
    row
      .map((cell, i) => (right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  const rule = dim("─".repeat(widths.reduce((sum, columns) => sum + columns + 2, -2)));
  print(`  ${dim(line(head))}`, `  ${rule}`);
  for (const row of rows) print(`  ${line(row)}`);
  if (foot) print(`  ${rule}`, `  ${bold(line(foot))}`);
}

export function print(...lines) {
  for (const line of lines) stdout.write(`${line}\n`);
}

export const heading = (text) => print("", bold(text), "");
