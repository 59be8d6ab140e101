// `make run`: a user's first five minutes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Filter } from "../../pkg/node.js";
import { sampleLog } from "../../scripts/sample-log.mjs";

const root = join(import.meta.dirname, "../..");
const dir = mkdtempSync(join(tmpdir(), "crypt32-filter run "));
after(() => rmSync(dir, { recursive: true }));

function run(...args) {
  const command = [join(root, "scripts/run.mjs"), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

test("the bundled log is the same for everybody", () => {
  const bytes = `${sampleLog().join("\n")}\n`;
  const hash = createHash("sha256").update(bytes).digest("hex");
  assert.equal(hash, "b671e1962020b0669a7ce0db7fd23ae728b57ca68d08fe1f76a646309b827b65");
});

test("shows the bundled log, and ends by itself", () => {
  const { status, stdout, stderr } = run("--out", join(dir, "tagged.ndjson"));
  assert.equal(status, 0, stderr);
  assert.equal(stderr, "");
  const filter = new Filter();
  const out = filter.push(Buffer.from(`${sampleLog().join("\n")}\n`));
  assert.ok(readFileSync(join(dir, "tagged.ndjson")).equals(Buffer.from(out)), "other output");
  const { records, benign, review, unrelated, bytes_out } = filter.ledger();
  for (const count of [records, benign, review, unrelated, bytes_out]) {
    assert.ok(
      stdout.includes(` ${count.toLocaleString("en-US")} `) ||
        stdout.includes(` ${count.toLocaleString("en-US")}\n`),
      String(count),
    );
  }
  for (const [name] of Object.entries(filter.ledger().computers)) assert.ok(stdout.includes(name));
  for (const text of [
    '"verdict":"review"',
    '"basis":"listed"',
    "roots.lab-cache.example",
    "make run ACTION=drop",
  ]) {
    assert.ok(stdout.includes(text), text);
  }
  assert.ok(!stdout.includes("\x1b"), "colour where nobody asked for it");
});

test("takes a log of the user's own, and does not touch it", () => {
  const log = join(dir, "my own.log");
  const content = `${sampleLog(1).slice(0, 200).join("\n")}\nlast`;
  writeFileSync(log, content);
  const { status, stdout } = run("--log", log, "--action", "drop");
  assert.equal(status, 0);
  assert.match(stdout, /action drop/);
  assert.match(stdout, /dropped/);
  assert.equal(readFileSync(log, "utf8"), content);
});

test("has something to say about a log without the event, and about an empty one", () => {
  for (const content of ["nothing\nof interest\n", ""]) {
    const log = join(dir, "other.log");
    writeFileSync(log, content);
    const { status, stdout } = run("--log", log);
    assert.equal(status, 0);
    assert.match(stdout, /No Crypt32 event 8 in it/);
    assert.doesNotMatch(stdout, /NaN|undefined|Infinity/);
  }
});

test("never says no where something could not be judged", () => {
  const url =
    "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt";
  const log = join(dir, "unknown.log");
  writeFileSync(log, `x\nsomething about ${url}\n`);
  const text = run("--log", log).stdout;
  assert.ok(!text.includes("No Crypt32 event 8"), text);
  assert.match(text, /1 line mentions the event and could not be judged alone: line 2\./);
  assert.match(text, /report finds in the whole file: 0 benign, 0 to review, 1 unjudged\./);
});

test("takes what report takes", () => {
  const evt = join(root, "tests/fixtures/evt/crypt32_event8_clean.evt");
  const wide = join(dir, "wide.log");
  writeFileSync(wide, Buffer.from(`\ufeff${sampleLog(1).slice(0, 50).join("\n")}\n`, "utf16le"));
  for (const [log, what] of [
    [evt, "an .evt file"],
    [wide, "UTF-16"],
  ]) {
    const { status, stdout } = run("--log", log);
    assert.equal(status, 0);
    assert.ok(stdout.includes(`It is ${what}: a filter takes lines of text`), stdout);
    assert.match(stdout, /report finds in the whole file: [1-9][0-9]* benign/);
    assert.ok(!stdout.includes("No Crypt32 event 8"), stdout);
  }
});

test("one is not told as many", () => {
  const log = join(dir, "one.log");
  const line = sampleLog(3).find((line) => line.includes("lab-cache"));
  for (const [content, told] of [
    [`${line}\n`, [/^ {2}1 record, /m, /^ {2}1 computer\b/m]],
    ["\nx\n", [/^ {2}2 records, /m, /untouched; 1 is an empty line$/m]],
    ["\n\n", [/untouched; 2 are empty lines$/m]],
  ]) {
    writeFileSync(log, content);
    const { stdout } = run("--log", log);
    for (const words of told) assert.match(stdout, words);
  }
});

test("says what is wrong in one line", () => {
  for (const [args, message] of [
    [["--log", join(dir, "missing.log")], /no such file/],
    [["--log", dir], /is a directory/],
    [["--action", "delete"], /"action" takes tag, drop, observe/],
    [["--acton", "drop"], /--acton/],
  ]) {
    const { status, stdout, stderr } = run(...args);
    assert.equal(status, 2, stdout);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
});
