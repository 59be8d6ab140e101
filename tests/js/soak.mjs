// Runs a thousand streams at once, in several rounds: a third is read to its end, a third is
// destroyed half-way, and a third is left to the garbage collector. Prints the memory after each
// round. Needs --expose-gc.
//
//   node --expose-gc tests/js/soak.mjs [streams] [rounds]
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { initSync } from "../../pkg/crypt32_filter.js";
import { Crypt32FilterStream, createFilterStream } from "../../pkg/node.js";
import { sampleLog } from "../../scripts/sample-log.mjs";

const streams = Number(process.argv[2] ?? 1000);
const rounds = Number(process.argv[3] ?? 10);
const { memory } = initSync();
const log = Buffer.from(`${sampleLog(1).join("\n")}\n`).subarray(0, 128 * 1024);
const half = log.subarray(0, 50_000);

/** Reads to the end. */
async function whole() {
  const stream = createFilterStream({ action: "drop" });
  stream.resume();
  stream.write(half);
  await setImmediate();
  stream.end(log.subarray(half.length));
  await once(stream, "close");
  return stream.ledger().bytes_in;
}

/** Destroys a stream half-way. */
async function broken() {
  const stream = createFilterStream();
  stream.write(half);
  await setImmediate();
  stream.destroy();
  await once(stream, "close");
  return stream.ledger().bytes_in;
}

/** Drops a stream of either kind without ending it, while it holds a line. */
async function forgotten(i) {
  if (i % 2 === 0) {
    createFilterStream({ highWaterMark: 1 << 20 }).write(half);
  } else {
    const writer = new Crypt32FilterStream().writable.getWriter();
    writer.write(half).catch(() => {});
  }
  await setImmediate();
  return half.length;
}

/** Frees everything that is no longer used, including finalizers. */
async function collect() {
  for (let i = 0; i < 6; i++) {
    globalThis.gc();
    await setImmediate();
  }
}

async function round() {
  const kinds = [whole, broken, forgotten];
  const all = Array.from({ length: streams }, (_, i) => kinds[i % kinds.length](i));
  const bytes = (await Promise.all(all)).reduce((sum, count) => sum + count, 0);
  await collect();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const mib = (count) => Math.round((count / 1024 / 1024) * 10) / 10;
  return {
    wasm: mib(memory.buffer.byteLength),
    heap: mib(heapUsed),
    buffers: mib(arrayBuffers),
    rss: mib(rss),
    filtered: mib(bytes),
  };
}

for (let i = 1; i <= rounds; i++) console.log(JSON.stringify({ round: i, ...(await round()) }));
