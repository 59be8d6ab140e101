// Compares the package's verdicts with those of the native command for every golden case and every
// sample.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { classify } from "../../pkg/node.js";

const tests = join(import.meta.dirname, "..");
const command = join(tests, "../target/release/crypt32-filter");
const lines = (path) => readFileSync(path, "utf8").trim().split("\n").map(JSON.parse);
const folder = mkdtempSync(join(tmpdir(), "crypt32-golden-"));
after(() => rmSync(folder, { recursive: true }));

/** The output of `classify FILE` for a file with one record. */
function native(record, options) {
  const flags = Object.entries(options).map(([name, value]) => {
    const text = name === "logs" ? value.join(",") : JSON.stringify(value);
    return `--${name.replace("_", "-")}=${text}`;
  });
  const file = join(folder, "record");
  writeFileSync(file, record);
  const output = execFileSync(command, ["classify", ...flags, file], { encoding: "utf8" });
  return output
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { record: _, event: __, ...finding } = JSON.parse(line);
      return finding;
    });
}

/** The options that influence a verdict; the others belong to the filter. */
const rules = ({ require_system, logs, localised } = {}) =>
  JSON.parse(JSON.stringify({ require_system, logs, localised }));

/** The same as options of the package. */
const inJavaScript = ({ require_system, ...rest }) => ({ requireSystem: require_system, ...rest });

for (const name of readdirSync(join(tests, "golden")).filter((name) => name.endsWith(".jsonl"))) {
  test(`golden cases of ${name}`, () => {
    for (const { name: title, record, options, want } of lines(join(tests, "golden", name))) {
      const text = typeof record === "string" ? record : JSON.stringify(record);
      const answer = classify(text, inJavaScript(rules(options)));
      assert.equal(answer.verdict, want.outcome, title);
      if (want.reasons) assert.deepEqual(answer.reasons, want.reasons, title);
      if (want.basis !== undefined) assert.equal(answer.basis, want.basis, title);
    }
  });
}

test("golden cases and samples: the same findings as the native command", () => {
  const golden = readdirSync(join(tests, "golden")).filter((name) => name.endsWith(".jsonl"));
  const cases = golden.flatMap((name) => lines(join(tests, "golden", name)));
  const samples = lines(join(tests, "fixtures/records.jsonl"));
  const records = [
    ...cases.map(({ record, options }) => [
      typeof record === "string" ? record : JSON.stringify(record),
      rules(options),
    ]),
    ...samples.map(({ payload }) => [payload, {}]),
  ];
  assert.ok(records.length > 1300);
  for (const [record, options] of records) {
    const found = native(record, options);
    const { events, ...whole } = classify(record, inJavaScript(options));
    // A file may have several records where the package sees one. The verdicts must still agree.
    if (found.length === (events ?? [whole]).length) {
      for (const [i, event] of (events ?? [whole]).entries()) {
        // In a file, other dates can show the order of day and month. A single record has only its
        // own date, and no line.
        const { time: _, unjudged: ____, ...mine } = event;
        const { time: __, line: ___, ...theirs } = found[i];
        assert.deepEqual(mine, theirs, record);
      }
    } else {
      assert.equal(found[0]?.verdict ?? "unrelated", whole.verdict, record);
    }
  }
});
