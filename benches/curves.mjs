// `make bench-curves`: measures how time and memory depend on the length of the input, the share of
// event 8, and the size of the chunks. Writes docs/pictures/curves.csv and .svg.
//
//   node benches/curves.mjs [--quick]
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { CORPORA, corpus } from "./corpus.mjs";
import { median } from "./median.mjs";
import { chart } from "./svg.mjs";
import { workers } from "./workers.mjs";

const quick = argv.includes("--quick");
const ROUNDS = quick ? 1 : 3;
const root = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const COMMAND = root("target/release/crypt32-filter");

const LENGTHS = [1e6, 4e6, 16e6, 64e6, 256e6, 1e9, 4e9].filter((n) => !quick || n <= 64e6);
const SHARES = [0, 0.0001, 0.001, 0.01, 0.05, 0.2, 0.5, 1];
const CHUNKS = Array.from({ length: 13 }, (_, i) => 4 ** i);

const rows = [];

/** Adds a point. `value` is the median of the results of `measure`. */
async function point(curve, series, x, measure) {
  const values = [];
  for (let round = 0; round < ROUNDS; round++) values.push(await measure());
  const value = Number(median(values).toPrecision(4));
  rows.push({ curve, series, x, value });
  process.stderr.write(`${curve}: ${series} at ${x}: ${value}\n`);
}

/** Runs the native command on that many bytes from a pipe, and returns seconds and peak memory. */
async function command(log, bytes) {
  const start = performance.now();
  const feed = `while cat "$0"; do :; done | head -c ${bytes} | { ${COMMAND} filter >/dev/null & echo $!; wait $!; }`;
  const child = spawn("bash", ["-c", feed, log], { stdio: ["ignore", "pipe", "ignore"] });
  const [pid] = await once(child.stdout, "data");
  let memory = 0;
  const look = () => {
    try {
      const status = readFileSync(`/proc/${Number(pid)}/status`, "utf8");
      memory = Math.max(memory, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // The process has ended.
    }
  };
  const watch = setInterval(look, 2);
  look();
  await once(child, "close");
  clearInterval(watch);
  return { seconds: (performance.now() - start) / 1000, memory };
}

function node(log, bytes) {
  const args = [root("benches/stream.mjs"), log, String(bytes)];
  return JSON.parse(execFileSync(process.execPath, args));
}

/** Measures time and memory by length of the input. */
async function lengths() {
  const log = corpus("sparse", 64e6);
  for (const bytes of LENGTHS) {
    const memory = { command: 0, wasm: 0 };
    await point("seconds", "native command, a pipe", bytes, async () => {
      const { seconds, memory: most } = await command(log, bytes);
      memory.command = Math.max(memory.command, most);
      return seconds;
    });
    await point("seconds", "WASM in Node, pieces", bytes, () => {
      const { seconds, wasm } = node(log, bytes);
      memory.wasm = Math.max(memory.wasm, wasm);
      return seconds;
    });
    const MB = (value) => () => value / 1e6;
    await point("memory", "native command, all", bytes, MB(memory.command));
    await point("memory", "WASM in Node, the module", bytes, MB(memory.wasm));
  }
}

const SERIES = [
  ["rust", "native tag", "native library"],
  ["node", "node tag pieces", "WASM in Node, pieces"],
  ["node", "node tag push", "WASM in Node, push"],
];

/** Measures all contestants on a log, in MB per second of processor time. */
async function rates(all, curve, x, path, series, chunk) {
  for (const [worker, name, label] of series) {
    await all[worker].load({ path });
    await all[worker].ask(`chunk ${chunk}`);
    const run = async () => {
      // Processor time does not depend on the load of the machine.
      const { cpu, read } = await all[worker].run(name);
      return read / 1000 / cpu;
    };
    const warm = performance.now() + 300;
    do await run();
    while (performance.now() < warm);
    await point(curve, label, x, run);
  }
}

const all = workers();
try {
  for (const share of SHARES) {
    const path = corpus(`share-${share}`, 32e6, { ...CORPORA.sparse, share });
    const peer = ["byHand", "JSON.parse tag", "Node JSON.parse"];
    await rates(all, "hits", share * 100, path, [...SERIES, peer], 64 * 1024);
  }
  for (const chunk of CHUNKS) {
    // One byte at a time is slow.
    const path = corpus("sparse", chunk < 256 ? 1e6 : 32e6);
    await rates(all, "chunk", chunk, path, SERIES, chunk);
  }
} finally {
  for (const worker of Object.values(all)) worker.end();
}
await lengths();

const csv = rows.map(({ curve, series, x, value }) => `${curve},"${series}",${x},${value}`);
writeFileSync(root("docs/pictures/curves.csv"), `${["curve,series,x,value", ...csv].join("\n")}\n`);
writeFileSync(root("docs/pictures/curves.svg"), chart(rows));
