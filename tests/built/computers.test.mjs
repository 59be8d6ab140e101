// Ten million computers: the ledger stays bounded, and still counts computers that do not fit. The
// records are short and only observed. Fluent Bit's functions, whose ledger is full after a few
// hundred, get a million, or the number in COMPUTERS.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { initSync } from "../../pkg/crypt32_filter.js";
import { Filter } from "../../pkg/node.js";
import { FluentBit } from "../../scripts/fluent-bit.mjs";

const root = join(import.meta.dirname, "../..");
const MIB = 1024 * 1024;
const COMPUTERS = 10_000_000;
const IN_A_CHUNK = 10_000;

/** A chunk of records, each from another computer. `set` selects ten thousand other computers. */
function chunk() {
  const line = '{"SourceName":"crypt32","EventID":8,"ComputerName":"PC00000000"}\n';
  const bytes = Buffer.from(line.repeat(IN_A_CHUNK));
  const at = line.indexOf("00000000");
  const set = (first) => {
    for (let i = 0; i < IN_A_CHUNK; i++) {
      bytes.write(String(first + i).padStart(8, "0"), i * line.length + at, "latin1");
    }
  };
  return { bytes, set, length: line.length };
}

function check(ledger, most) {
  assert.equal(ledger.records, COMPUTERS);
  assert.equal(ledger.review, COMPUTERS);
  const rows = Object.values(ledger.computers);
  assert.equal(
    rows.reduce((sum, row) => sum + row.review, 0),
    COMPUTERS,
  );
  assert.ok(ledger.computers.other.review > COMPUTERS * 0.99);
  assert.ok(JSON.stringify(ledger).length < most, `${JSON.stringify(ledger).length} bytes`);
}

test("the native filter", async () => {
  const dir = mkdtempSync(join(tmpdir(), "crypt32-computers-"));
  const file = join(dir, "ledger.json");
  const command = join(root, "target/release/crypt32-filter");
  const args = ["filter", "--action", "observe", "--ledger", file];
  const child = spawn(command, args, { stdio: ["pipe", "ignore", "inherit"] });
  const { bytes, set } = chunk();
  for (let first = 0; first < COMPUTERS; first += IN_A_CHUNK) {
    set(first);
    // A copy, because the pipe may read it later.
    if (!child.stdin.write(Buffer.from(bytes))) await once(child.stdin, "drain");
  }
  child.stdin.end();
  assert.deepEqual(await once(child, "close"), [0, null]);
  check(JSON.parse(readFileSync(file, "utf8")), 2 * MIB);
  rmSync(dir, { recursive: true });
});

test("the package", () => {
  const { memory } = initSync();
  const filter = new Filter({ action: "observe" });
  const { bytes, set } = chunk();
  let early;
  for (let first = 0; first < COMPUTERS; first += IN_A_CHUNK) {
    set(first);
    for (const piece of filter.pieces(bytes)) assert.ok(piece.length > 0);
    if (first === COMPUTERS / 10) early = memory.buffer.byteLength;
  }
  filter.finish();
  assert.equal(memory.buffer.byteLength, early, "memory is flat");
  check(filter.ledger(), 2 * MIB);
  assert.ok(early < 16 * MIB);
});

test("Fluent Bit's functions", async () => {
  const host = await FluentBit.load(join(root, "dist/crypt32_filter.wasm"));
  const { bytes, set, length } = chunk();
  const records = Array.from({ length: IN_A_CHUNK }, (_, i) =>
    bytes.subarray(i * length, (i + 1) * length - 1),
  );
  const computers = Number(process.env.COMPUTERS ?? 1_000_000);
  let early;
  for (let first = 0; first < computers; first += IN_A_CHUNK) {
    set(first);
    for (const record of records) {
      if (host.call("crypt32_observe", record) !== undefined) assert.fail("observed");
    }
    if (first === 100_000) early = host.memory.buffer.byteLength;
  }
  assert.equal(host.memory.buffer.byteLength, early, "memory is flat");
  assert.ok(early < 2 * MIB, `${early} bytes`);
});
