// Measures the CPU time of each function within Fluent Bit, compared with a module that only
// returns its input.
import { ok, strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "../../../benches/median.mjs";
import binaryen from "../../../www/node_modules/binaryen/index.js";
import { FUNCTIONS } from "./functions.mjs";
import { directory, run } from "./program.mjs";

const KEEP = "returns its input";

/**
 * Modules with a single function: one with the allocator that records over 8 KB need, and one
 * without.
 */
function peers() {
  const keep = `(func (export "keep") (param i32 i32 i32 i32 i32 i32) (result i32) (local.get 4))`;
  const allocator = `(global $used (mut i32) (i32.const 1024)) (global $live (mut i32) (i32.const 0))
    (func (export "malloc") (param $size i32) (result i32) (local $at i32)
      (local.set $at (global.get $used))
      (global.set $live (i32.add (global.get $live) (i32.const 1)))
      (global.set $used (i32.and (i32.const -8)
        (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 7))))
      (local.get $at))
    (func (export "free") (param i32)
      (global.set $live (i32.sub (global.get $live) (i32.const 1)))
      (if (i32.eqz (global.get $live)) (then (global.set $used (i32.const 1024)))))`;
  const peer = (name, parts) => {
    const text = `(module (memory (export "memory") 32) ${parts})`;
    const wasm = join(directory, name);
    writeFileSync(wasm, binaryen.parseText(text).emitBinary());
    return { fn: "keep", wasm };
  };
  return {
    [KEEP]: peer("identity.wasm", allocator + keep),
    "the same without malloc": peer("small.wasm", keep),
  };
}

/**
 * The CPU seconds of whole runs. The programs take turns, in another order in each round. On a
 * shared machine, the time for the same work varies by a third, so the minimum of a few rounds is
 * not reliable. This uses the median of the ratios within a round, and the ratio of the sums.
 */
function byTheClock(input, programs) {
  const runs = Object.fromEntries(Object.keys(programs).map((what) => [what, []]));
  for (let round = 0; round < 21; round++) {
    for (const what of shuffled(Object.keys(programs))) {
      const { fn, wasm } = programs[what];
      runs[what].push(run("timed", input, fn, { wasm }).seconds);
    }
  }
  const sum = (list) => list.reduce((a, b) => a + b);
  for (const [what, seconds] of Object.entries(runs)) {
    const ratio = median(seconds.map((s, round) => s / runs[KEEP][round]));
    const whole = sum(seconds) / sum(runs[KEEP]);
    const all = seconds.map((s) => s.toFixed(2)).join(" ");
    console.log(`${what}: ${ratio.toFixed(2)} x CPU by rounds, ${whole.toFixed(2)} x in all`);
    console.log(`  ${all} s`);
  }
}

/**
 * The functions of Fluent Bit's WASM runtime. Some functions of its loader have names without the
 * word.
 */
const RUNTIME = /wasm|^(check|preserve)_|^read_leb$|^cmp_i32_const$/;

/** The share of WASM in the CPU time, while a log goes through one function. */
function share(input, { fn, wasm }, data) {
  const record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "5000", "-o", data];
  run("sampled", input, fn, { wasm, under: record });
  const report = spawnSync("perf", ["report", "-q", "--stdio", "--sort", "symbol", "-i", data], {
    encoding: "utf8",
  });
  strictEqual(report.status, 0, report.stderr);
  const lines = report.stdout.matchAll(/^ *([\d.]+)% +\[.\] (\S+)/gm);
  const sum = [...lines].reduce(
    (sum, [, per, name]) => sum + (RUNTIME.test(name) ? per : 0) / 100,
    0,
  );
  ok(sum > 0, "samples in WASM");
  return sum;
}

/**
 * Measures by sampling: outside WASM, a run does the same work for every function at the same
 * moments, so that part is the unit. This removes variations of the machine's speed.
 */
function bySampling(input, programs) {
  const data = join(directory, "perf.data");
  const shares = Object.fromEntries(Object.keys(programs).map((what) => [what, []]));
  for (let round = 0; round < 7; round++) {
    for (const what of shuffled(Object.keys(programs))) {
      shares[what].push(share(input, programs[what], data));
    }
  }
  const base = 1 - median(shares[KEEP]);
  for (const [what, all] of Object.entries(shares)) {
    const percent = all.map((s) => (s * 100).toFixed(1)).join(" ");
    const ratio = base / (1 - median(all));
    console.log(`${what}: ${ratio.toFixed(3)} x CPU by samples; in WASM ${percent} %`);
  }
}

function shuffled(list) {
  return list
    .map((item) => [Math.random(), item])
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** Measures in both ways. The second one needs `perf`. */
export function cost(input) {
  const functions = Object.keys(FUNCTIONS).map((fn) => [fn, { fn }]);
  const programs = { ...peers(), ...Object.fromEntries(functions) };
  if (spawnSync("perf", ["--version"]).error) console.log("no perf on PATH: not sampled");
  else bySampling(input, programs);
  byTheClock(input, { "no filter": {}, ...programs });
}
