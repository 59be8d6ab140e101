// Tests the memory of a thousand streams at once, and of a chunk that is larger than the module's
// maximum memory.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { initSync } from "../../pkg/crypt32_filter.js";
import { classify, createFilterStream, explain, Filter } from "../../pkg/node.js";
import { sampleLog } from "../../scripts/sample-log.mjs";

const { memory } = initSync();
const MIB = 1024 * 1024;

test("a thousand streams at once, in several rounds: memory stays constant", (t) => {
  const script = join(import.meta.dirname, "soak.mjs");
  const out = execFileSync(process.execPath, ["--expose-gc", script, "1000", "6"]);
  const rows = out.toString().trim().split("\n").map(JSON.parse);
  for (const row of rows) t.diagnostic(JSON.stringify(row));
  assert.equal(rows.length, 6);
  const [, second] = rows;
  const last = rows.at(-1);
  assert.equal(last.wasm, second.wasm);
  assert.ok(last.wasm < 16, "held lines, not chunks");
  assert.ok(last.heap - second.heap < 2);
  assert.ok(last.buffers - second.buffers < 1);
  assert.ok(last.rss - second.rss < 24);
});

/** A chunk of more than 2 GB: a line of zeros between records, which takes no memory. */
function large() {
  const [first] = sampleLog(1).filter((line) => line.includes('"crypt32"') && line.startsWith("{"));
  const chunk = Buffer.alloc(2 ** 31 + 1000);
  chunk.set(Buffer.from(`${first}\n`), 0);
  chunk.set(Buffer.from(`\n${first}\n`), chunk.length - first.length - 2);
  return chunk;
}

test("a chunk of 2 GB is filtered in pieces", () => {
  const chunk = large();
  const before = memory.buffer.byteLength;
  const filter = new Filter();
  let length = 0;
  for (const piece of filter.pieces(chunk)) length += piece.length;
  length += filter.finish().length;
  const { bytes_in, bytes_out, records, oversized, tagged } = filter.ledger();
  filter.free();
  assert.deepEqual({ records, oversized, tagged }, { records: 3, oversized: 1, tagged: 2 });
  assert.equal(bytes_in, chunk.length);
  assert.equal(bytes_out, length);
  assert.ok(memory.buffer.byteLength - before < 8 * MIB);
});

test("the memory of a large record is released, and its answer is bounded", () => {
  const before = memory.buffer.byteLength;
  const events = (count) => `[${"{},".repeat(count)}{}]`;
  assert.equal(classify(events(99_999)).events.length, 100_000);
  assert.ok(explain(events(99_999)).length > 100_000);
  assert.throws(() => classify(events(500_000)), { code: "ERR_CRYPT32_MODULE", message: /events/ });
  assert.equal(classify(Buffer.alloc(16 * MIB, 65)).verdict, "unrelated");
  assert.equal(memory.buffer.byteLength, before);
});

test("a stream writes a chunk of 2 GB at the speed of the reader", async () => {
  const chunk = large();
  const stream = createFilterStream();
  stream.end(chunk);
  let length = 0;
  for await (const piece of stream) {
    length += piece.length;
    assert.ok(stream.readableLength < 4 * MIB);
  }
  assert.equal(length, stream.ledger().bytes_out);
  assert.equal(stream.ledger().tagged, 2);
});

test("each worker thread has a module of its own", async () => {
  const program = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(workerData).then(({ Filter, classify }) => {
      const filter = new Filter();
      filter.push(Buffer.from("a line\\n"));
      parentPort.postMessage([filter.ledger().records, classify({ EventID: 1 }).verdict]);
    });`;
  const workerData = new URL("../../pkg/node.js", import.meta.url).href;
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => {
      const worker = new Worker(program, { eval: true, workerData });
      return new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject));
    }),
  );
  assert.deepEqual(answers, Array(4).fill([1, "unrelated"]));
});
