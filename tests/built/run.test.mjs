// Tests `make run`, the first command of a new user. The command's tests check its summary.
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

function run(env) {
  const options = { cwd: dir, env: { ...process.env, LOG: "", ACTION: "", ...env } };
  const { status, stdout, stderr } = spawnSync(join(root, "scripts/run.sh"), options);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

test("the bundled log is the same for everybody", () => {
  const bytes = `${sampleLog().join("\n")}\n`;
  const hash = createHash("sha256").update(bytes).digest("hex");
  assert.equal(hash, "40ccff356fbc6269623ba313a53e188289edf2652fb131c96afafcb2283123b1");
});

test("shows the bundled log, and ends by itself", () => {
  const { status, stdout, stderr } = run({ ACTION: "drop" });
  assert.deepEqual([status, stderr], [0, ""]);
  const filter = new Filter({ action: "drop" });
  const out = filter.push(Buffer.from(`${sampleLog().join("\n")}\n`));
  const written = readFileSync(join(root, "target/run/drop.ndjson"));
  assert.ok(written.equals(Buffer.from(out)), "other output");
  const { records, benign, review, unrelated, bytes_out, computers } = filter.ledger();
  const counts = [records, benign, review, unrelated, bytes_out];
  for (const count of counts.map((count) => count.toLocaleString("en-US")))
    assert.match(stdout, new RegExp(`(^| )${count}( |$)`, "m"));
  for (const name of Object.keys(computers)) assert.ok(stdout.includes(`  ${name} `), name);
  for (const text of ["roots.lab-cache.example", "sed -n 1194p target/run/sample.ndjson"])
    assert.ok(stdout.includes(text), text);
  assert.ok(!stdout.includes("\x1b"), "colour where nobody asked for it");
});

test("reads the user's log, and does not change it", () => {
  const log = join(dir, "my own.log");
  const content = `${sampleLog(1).slice(0, 200).join("\n")}\nlast`;
  writeFileSync(log, content);
  const { status, stdout } = run({ LOG: log });
  assert.equal(status, 0);
  assert.match(stdout, /action tag/);
  assert.equal(readFileSync(log, "utf8"), content);
  const evt = run({ LOG: join(root, "tests/fixtures/evt/crypt32_event8_clean.evt") });
  assert.match(evt.stdout, /SERVER1/);
  assert.equal(run({ LOG: join(dir, "missing.log") }).status, 2);
});
