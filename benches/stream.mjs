// A process that filters a stream of a given length in Node, for the curves. It repeats the log,
// reads it like a script would, and prints time and memory.
//
//   node benches/stream.mjs LOG BYTES
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { initSync } from "../pkg/crypt32_filter.js";
import { Filter } from "../pkg/node.js";

const CHUNK = 64 * 1024;
const log = readFileSync(argv[2]);
const bytes = Number(argv[3]);
const filter = new Filter();
const start = performance.now();
let left = bytes;
while (left > 0) {
  for (let at = 0; at < log.length && left > 0; at += CHUNK) {
    const chunk = log.subarray(at, Math.min(at + CHUNK, at + left, log.length));
    filter.pieces(chunk);
    left -= chunk.length;
  }
}
filter.finish();
const seconds = (performance.now() - start) / 1000;
// The single memory of the module.
const wasm = initSync().memory.buffer.byteLength;
console.log(JSON.stringify({ seconds, wasm, records: filter.ledger().records }));
