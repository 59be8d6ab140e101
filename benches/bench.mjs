// `make bench`: the filter on every way it runs, beside what one would use instead of it. All read
// the same bytes, and take turns in each round, so that all see the same machine. The table has
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
/** In bytes. What a bar rests on is measured over more. */
const SIZE = options.quick ? 8e6 : 16e6;
const SIZES = options.quick ? {} : { sparse: 64e6, dense: 32e6 };
const ROUNDS = Number(options.rounds ?? (options.quick ? 3 : 5));
const LOGS =
  options.logs?.split(",") ?? (options.quick ? ["sparse", "dense"] : Object.keys(CORPORA));

/** How long each works in a round, at least, in milliseconds; before the first, compilers warm up. */
const TURN = 40;
const WARM_UP = 300;

/** A line on standard error that tells how far it is. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** One works, again and again until `least` milliseconds are over; gives the mean time. */
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

/** Everybody over one log: a round to warm up, then the rounds that count. */
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
    // A command that runs by itself does not say.
    if (busy[0] > 0) figures.cpu = rate(median(busy));
    return [row, figures];
  });
  return { bytes: log.bytes, rates: Object.fromEntries(rows) };
}

/** Who does not find the same records has not done the same work. */
function agree(name, list, results) {
  const expected = results[list.findIndex(({ row }) => row === "observe: native library")].hits;
  list.forEach(({ row, exact }, i) => {
    const { hits } = results[i];
    if (exact && hits !== undefined && hits !== expected) {
      throw new Error(`${name}: ${row} found ${hits} records, the others ${expected}`);
    }
  });
}

/** Of the modules that have a bar: the host module, and the core of the package when packed. */
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
