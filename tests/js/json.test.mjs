// Compares the JSON reader with JSON.parse for the documents of tests/json.rs: validity, equal
// names, escapes and numbers. Runs in Node and in Chromium.
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { browserPath, launch } from "../page/browser.mjs";

const FILE = join(import.meta.dirname, "../../target/tmp/json.documents.jsonl");

/**
 * Counts documents, and throws at the first difference. It also runs in a page, so it uses nothing
 * outside.
 */
export function compare(lines) {
  const counts = { documents: 0, valid: 0, twice: 0 };
  const bits = (number) => new BigUint64Array(new Float64Array([number]).buffer)[0].toString();
  // The reader replaces a lone surrogate by U+FFFD, so names with different ones are equal to it.
  const text = (string) => string.toWellFormed();
  const same = (ours, theirs) => {
    if (typeof ours === "string") return typeof theirs === "string" && text(theirs) === ours;
    if (ours === null || typeof ours === "boolean") return theirs === ours;
    if (Array.isArray(ours)) {
      return (
        Array.isArray(theirs) &&
        theirs.length === ours.length &&
        ours.every((item, i) => same(item, theirs[i]))
      );
    }
    if (ours.number !== undefined)
      return typeof theirs === "number" && bits(theirs) === ours.number;
    // If members have the same name, JSON.parse keeps the last.
    const last = new Map(ours.members);
    const names = new Map(Object.entries(theirs).map(([name, value]) => [text(name), value]));
    counts.twice += last.size < ours.members.length ? 1 : 0;
    return (
      last.size === names.size && [...last].every(([name, item]) => same(item, names.get(name)))
    );
  };
  for (const line of lines) {
    const { text: document, valid, tree } = JSON.parse(line);
    let theirs;
    let parses = true;
    try {
      theirs = JSON.parse(document);
    } catch {
      parses = false;
    }
    if (parses !== valid || (valid && !same(tree, theirs))) throw new Error(`they differ: ${line}`);
    counts.documents += 1;
    counts.valid += valid ? 1 : 0;
  }
  return counts;
}

function documents() {
  assert.ok(existsSync(FILE), "run `cargo test --test json` first");
  return readFileSync(FILE, "utf8").trimEnd().split("\n");
}

function check({ documents, valid, twice }) {
  assert.equal(documents, 20_000);
  assert.ok(valid > 10_000 && valid < 18_000 && twice > 1000, `${valid} valid, ${twice} twice`);
}

test("JSON.parse in Node reads the same", () => check(compare(documents())));

// In CI, Chromium must be installed; elsewhere it may be missing.
const skip = browserPath() === undefined && !process.env.CI ? "no Chromium" : false;

test("JSON.parse in Chromium reads the same", { skip }, async () => {
  const { context, profile } = await launch();
  try {
    const page = await context.newPage();
    check(await page.evaluate(compare, documents()));
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
});
