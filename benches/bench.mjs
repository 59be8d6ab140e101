// `make bench`: compares all variants of the filter with the usual alternatives. All read the same
// bytes and take turns in each round, so that all run under the same conditions. The table has
// medians.
//
//   node benches/bench.mjs [--quick] [--logs sparse,dense] [--rounds 5] [--record]
//   node benches/bench.mjs --show FILE [--record]   a run that was recorded
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { contestants } from "./contestants.mjs";
import { CORPORA, corpus } from "./corpus.mjs";
import { median } from "./median.mjs";
import { machine, record } from "./record.mjs";
import { show } from "./report.mjs";
import { starts } from "./start.mjs";
import { workers } from "./workers.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean" },
    logs: { type: "string" },
    rounds: { type: "string" },
    record: { type: "boolean" },
    show: { type: "string" },
  },
});
/** The size of a log in bytes. Logs with a goal are larger. */
const SIZE = options.quick ? 8e6 : 16e6;
const SIZES = options.quick ? {} : { sparse: 64e6, dense: 32e6 };
const ROUNDS = Number(options.rounds ?? (options.quick ? 3 : 5));
const LOGS =
  options.logs?.split(",") ?? (options.quick ? ["sparse", "dense"] : Object.keys(CORPORA));

/**
 * How long each contestant runs in a round, at least, in milliseconds. A warm-up round precedes the
 * first.
 */
const TURN = 40;
const WARM_UP = 300;

/** Prints the progress on standard error. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Runs one contestant repeatedly for at least `least` milliseconds, and returns the mean time. */
async function turn(all, { worker, name }, least) {
  let total = 0;
  let cpu = 0;
  for (let runs = 1; ; runs++) {
    const done = await all[worker].run(name);
    total += done.ms;
    cpu += done.cpu;
    if (total >= least) return { ...done, ms: total / runs, cpu: cpu / runs };
  }
}

/** Runs all contestants on one log: a warm-up round, then the measured rounds. */
async function race(name, all) {
  const path = corpus(name, SIZES[name] ?? SIZE);
  const log = { path, bytes: readFileSync(path).length };
  for (const worker of Object.values(all)) await worker.load(log);
  const list = contestants(name);
  const results = list.map(() => ({ times: [], busy: [] }));
  const began = performance.now();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, contestant] of list.entries()) {
      progress(`${name}: round ${round} of ${ROUNDS}: ${contestant.row}`);
      const { ms, cpu, ...done } = await turn(all, contestant, round === 0 ? WARM_UP : TURN);
      if (round > 0) {
        results[i].times.push(ms);
        results[i].busy.push(cpu);
      }
      Object.assign(results[i], done);
    }
  }
  progress("");
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(`${name}: ${list.length} contestants, ${ROUNDS} rounds, ${seconds} s\n`);
  agree(name, list, results);
  const rows = list.map(({ row }, i) => {
    const { times, busy, read } = results[i];
    const rate = (time) => Math.round(read / time / 100) / 10;
    const figures = { rate: rate(median(times)), least: rate(Math.max(...times)) };
    figures.most = rate(Math.min(...times));
    // A command in a separate process does not report its CPU time.
    if (busy[0] > 0) figures.cpu = rate(median(busy));
    return [row, figures];
  });
  return { bytes: log.bytes, rates: Object.fromEntries(rows) };
}

/** Fails if a contestant finds other records, because it then does other work. */
function agree(name, list, results) {
  const expected = results[list.findIndex(({ row }) => row === "observe: native library")].hits;
  list.forEach(({ row, exact }, i) => {
    const { hits } = results[i];
    if (exact && hits !== undefined && hits !== expected) {
      throw new Error(`${name}: ${row} found ${hits} records, the others ${expected}`);
    }
  });
}

/**
 * The sizes of the modules with a goal: the host module, and the compressed core module of the
 * package.
 */
function sizes() {
  const module = (path) => readFileSync(new URL(`../${path}`, import.meta.url));
  const core = module("pkg/crypt32_filter_bg.wasm");
  return {
    host: module("dist/crypt32_filter.wasm").length,
    core: gzipSync(core, { level: 9 }).length,
  };
}

async function measure() {
  const all = workers();
  const logs = {};
  try {
    for (const name of LOGS) logs[name] = await race(name, all);
  } finally {
    for (const worker of Object.values(all)) worker.end();
  }
  return {
    machine: machine(),
    rounds: ROUNDS,
    logs,
    start: starts(options.quick ? 5 : 15),
    sizes: sizes(),
  };
}

const results = options.show ? JSON.parse(readFileSync(options.show)) : await measure();
show(results);
if (options.record) process.stderr.write(`recorded in ${record(results)}\n`);
