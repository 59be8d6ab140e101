// The native command's verdicts for the same files, in the form of the page's NDJSON.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./browser.mjs";

export const native = join(root, "target/release/crypt32-filter");
export const fixture = (path) => readFileSync(join(root, "tests/fixtures", path));

/** The native command's verdicts for files, limited to the page's rows. */
export function classify(dir, files) {
  const out = [];
  for (const { name, bytes } of files) {
    const path = join(dir, name);
    writeFileSync(path, bytes);
    const text = execFileSync(native, ["classify", "-q", path], { maxBuffer: 1 << 30 }).toString();
    for (const line of text.split("\n").filter(Boolean)) {
      const answer = JSON.parse(line);
      if (answer.verdict !== "unrelated" || answer.related) out.push({ file: name, ...answer });
    }
  }
  return out;
}

const seconds = (answer) => ({ ...answer, time: answer.time?.replace(/\.\d+/, "") ?? null });
const key = ({ file, record, event }) => `${file} ${record} ${event}`;

/** The verdicts in a fixed order, with times as exact as the page shows them. */
export const sorted = (answers) =>
  answers.map(seconds).sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));

export const parse = (text) => text.split("\n").filter(Boolean).map(JSON.parse);
