// Sends many records through one instance each of the native filter, the package in Node, and
// Fluent Bit's functions. Checks that memory stays constant and that the counts are exact: they are
// known in advance, because the stream repeats one block of records.
//
//   node scripts/soak.mjs RECORDS [native|node|fluent-bit ...]
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, exit } from "node:process";
import { pathToFileURL } from "node:url";
import { FluentBit } from "./fluent-bit.mjs";
import { message } from "./sample-kit.mjs";

const root = join(import.meta.dirname, "..");
const MIB = 1024 * 1024;
const ERROR = "The server name or address could not be resolved";

const record = (computer, more) =>
  JSON.stringify({ SourceName: "crypt32", EventID: 8, ComputerName: computer, ...more });
const benign = (computer) => record(computer, { Message: message(ERROR) });
const review = (computer) => record(computer, { Message: "x" });

/** A block of a hundred records: one is dropped, one tagged, and one is broken. */
function block() {
  const lines = [];
  for (let i = 0; i < 1000; i++) {
    const computer = `PC${i % 7}`;
    if (i % 100 === 10) lines.push(benign(computer));
    else if (i % 100 === 40) lines.push(review(computer));
    else if (i % 100 === 70) lines.push(`${benign(computer)}}`);
    else lines.push(`{"n":${i},"m":"service ${computer} is up"}`);
  }
  return lines;
}

/** The expected counts of a block. */
const COUNTS = {
  records: 1000,
  unrelated: 980,
  benign: 10,
  review: 10,
  dropped: 10,
  tagged: 10,
  unparsed: 10,
};
const LINES = block();

/** Checks the counts for a number of blocks. */
function check(ledger, blocks, least = Object.keys(COUNTS)) {
  for (const name of least) assert.equal(ledger[name], COUNTS[name] * blocks, name);
  const { bytes_in, bytes_out, bytes_dropped, bytes_inserted } = ledger;
  assert.equal(bytes_out, bytes_in - bytes_dropped + bytes_inserted);
  const dropped = LINES.filter(
    (line) => line === benign(JSON.parse(line.replace(/}}$/, "}")).ComputerName),
  );
  assert.equal(bytes_dropped, dropped.reduce((sum, line) => sum + line.length + 1, 0) * blocks);
  const rows = Object.values(ledger.computers);
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  assert.deepEqual(
    [rows.length, sum("benign"), sum("review"), sum("dropped")],
    [7, 10 * blocks, 10 * blocks, 10 * blocks],
  );
}

/** Checks that memory does not grow after the first tenth. */
class Flat {
  #sizes = [];
  constructor(name, blocks) {
    this.name = name;
    this.blocks = blocks;
    this.start = Date.now();
  }
  /** Records the memory size ten times per run. */
  at(done, size) {
    if (done % Math.max(1, Math.floor(this.blocks / 10)) === 0) this.#sizes.push(size());
  }
  end(slack) {
    const [, second = this.#sizes[0], ...rest] = this.#sizes;
    const most = Math.max(second, ...rest);
    assert.ok(most - second <= slack, `${this.name} is not flat: ${this.#sizes}`);
    const seconds = (Date.now() - this.start) / 1000;
    const mib = this.#sizes.map((size) => (size / MIB).toFixed(1)).join(" ");
    console.log(
      `${this.name}: ${this.blocks * 1000} records in ${seconds.toFixed(0)} s, counts exact; MiB on the way: ${mib}`,
    );
  }
}

/** The resident memory of another process. */
function resident(pid) {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return 0;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, "utf8"))?.[1] ?? 0) * 1024;
}

const soaks = {
  async native(blocks) {
    const dir = mkdtempSync(join(tmpdir(), "crypt32-soak-"));
    const ledger = join(dir, "ledger.json");
    const command = join(root, "target/release/crypt32-filter");
    const child = spawn(command, ["filter", "--action", "drop", "--ledger", ledger], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    let out = 0;
    child.stdout.on("data", (chunk) => {
      out += chunk.length;
    });
    const flat = new Flat("native filter", blocks);
    const chunk = Buffer.from(`${LINES.join("\n")}\n`);
    for (let done = 1; done <= blocks; done++) {
      if (!child.stdin.write(chunk)) await once(child.stdin, "drain");
      flat.at(done, () => resident(child.pid));
    }
    child.stdin.end();
    const [code] = await once(child, "close");
    assert.equal(code, 0);
    const counted = JSON.parse(readFileSync(ledger, "utf8"));
    check(counted, blocks);
    assert.equal(counted.bytes_out, out);
    rmSync(dir, { recursive: true });
    flat.end(4 * MIB);
  },

  async node(blocks) {
    const load = (name) => import(pathToFileURL(join(root, "pkg", name)).href);
    const [{ Filter }, { initSync }] = [await load("node.js"), await load("crypt32_filter.js")];
    const { memory } = initSync();
    const filter = new Filter({ action: "drop" });
    const flat = new Flat("WASM in Node", blocks);
    // This cuts the stream inside records.
    const chunk = Buffer.from(`${LINES.join("\n")}\n`);
    const [head, tail] = [chunk.subarray(0, 20_001), chunk.subarray(20_001)];
    let out = 0;
    for (let done = 1; done <= blocks; done++) {
      for (const part of [head, tail]) {
        for (const piece of filter.pieces(part)) out += piece.length;
      }
      flat.at(done, () => memory.buffer.byteLength);
    }
    out += filter.finish().length;
    const ledger = filter.ledger();
    check(ledger, blocks);
    assert.equal(ledger.bytes_out, out);
    flat.end(0);
  },

  async "fluent-bit"(blocks) {
    const host = await FluentBit.load(join(root, "dist/crypt32_filter.wasm"));
    const flat = new Flat("Fluent Bit's functions", blocks);
    const records = LINES.map((line) => Buffer.from(line));
    const counted = { same: 0, dropped: 0, notices: 0, tagged: 0 };
    let ledger;
    for (let done = 1; done <= blocks; done++) {
      for (const record of records) {
        const back = host.call("crypt32_drop_ledger", record);
        if (back === undefined) counted.same += 1;
        else if (back.length === 0) counted.dropped += 1;
        else {
          const { kb } = JSON.parse(back);
          counted[kb.ledger ? "notices" : "tagged"] += 1;
          ledger = kb.ledger ?? ledger;
        }
      }
      flat.at(done, () => host.memory.buffer.byteLength);
    }
    // Every thousandth drop carries the ledger: it is in the last of a hundred blocks.
    const { same, dropped, notices, tagged } = counted;
    assert.deepEqual(
      { same, gone: dropped + notices, tagged },
      { same: 980 * blocks, gone: 10 * blocks, tagged: 10 * blocks },
    );
    assert.equal(notices, Math.floor(blocks / 100));
    assert.equal(ledger.dropped, notices * 1000);
    flat.end(0);
  },
};

const blocks = Math.ceil(Number(argv[2]) / 1000);
if (!(blocks >= 100)) {
  console.error("soak.mjs RECORDS [native|node|fluent-bit ...]: 100000 records at least");
  exit(2);
}
for (const name of argv.length > 3 ? argv.slice(3) : Object.keys(soaks)) await soaks[name](blocks);
