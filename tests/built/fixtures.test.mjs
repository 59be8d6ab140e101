// Compares `npx crypt32-filter` with the native command for every fixture: output, messages and
// exit code. bin.test.mjs tests special command lines.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { root } from "../js/project.mjs";

const NATIVE = [join(root, "target/release/crypt32-filter")];
const NPX = [process.execPath, join(root, "pkg/bin.js")];
const COMMANDS = [
  ["filter"],
  ["filter", "--action", "drop", "--accept", "listed,sibling,cause", "--output", "ndjson"],
  ["classify", "--check"],
  ["explain"],
  ["report", "--check"],
  ["report", "--output", "json", "--date-order", "month-first"],
];

const dir = mkdtempSync(join(tmpdir(), "crypt32-fixtures-"));
after(() => rmSync(dir, { recursive: true }));

const tests = join(root, "tests");
const files = (folder, end) =>
  readdirSync(join(tests, folder))
    .filter((name) => name.endsWith(end))
    .map((name) => join(tests, folder, name));
const samples = readFileSync(join(tests, "fixtures/records.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line))
  .map(({ id, payload }) => {
    const path = join(dir, `${id.replace(/[^\w.-]/g, "_")}.log`);
    writeFileSync(path, payload);
    return path;
  });

/**
 * Binary logs are tested one by one. Text files are tested together, because each run must start
 * Node.
 */
const INPUTS = new Map([
  ...[...files("fixtures/evt", ".evt"), ...files("fixtures/evtx", ".evtx")].map((path) => [
    basename(path),
    [path],
  ]),
  ["binary logs that were made to hide something", files("fixtures/binary", "")],
  [
    "layouts of real pastes, exports and tools",
    files("fixtures/field", "").filter((path) => !path.endsWith("expected.tsv")),
  ],
  [`all ${samples.length} samples, a file each`, samples],
  [
    "records, golden cases and reports",
    [...files("fixtures", ".jsonl"), ...files("golden", "l"), ...files("report", "")],
  ],
]);

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command[0], [...command.slice(1), ...args], {
    env: { ...process.env, COLUMNS: "100", NO_COLOR: "1" },
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr: stderr.toString() };
}

test("there are fixtures of each kind", () => {
  assert.ok(INPUTS.size >= 7 && samples.length > 70);
});

for (const [name, paths] of INPUTS) {
  for (const command of COMMANDS) {
    test(`${command.join(" ")}: ${name}`, () => {
      const native = run(NATIVE, [...command, ...paths]);
      const npx = run(NPX, [...command, ...paths]);
      assert.equal(npx.status, native.status, npx.stderr);
      assert.equal(npx.stderr, native.stderr);
      assert.ok(npx.stdout.equals(native.stdout), "other bytes");
      assert.ok(native.stdout.length + native.stderr.length > 0, "nothing was compared");
    });
  }
}
