// Compares the package with every record that the Rust tests of shapes and evasions classify (they
// store them in target/recorded), condition by condition.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { classify } from "../../pkg/node.js";

/** The tests with their minimum numbers of records, so that missing records are detected. */
const SUITES = {
  adversarial: 180,
  matrix: 3300,
  shapes_line: 4300,
  shapes_block: 650,
  evasion: 560,
};

for (const [suite, least] of Object.entries(SUITES)) {
  test(`records of tests/${suite}`, () => {
    const file = join(import.meta.dirname, `../../target/recorded/${suite}.jsonl`);
    assert.ok(existsSync(file), `run \`cargo test --test ${suite}\` first`);
    const rows = readFileSync(file, "utf8").trimEnd().split("\n");
    console.log(`${rows.length} records`);
    assert.ok(rows.length >= least, `only ${rows.length} records`);
    for (const row of rows) {
      const { record, answer } = JSON.parse(row);
      assert.deepEqual(JSON.parse(JSON.stringify(classify(record))), answer, record);
    }
  });
}
