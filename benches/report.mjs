// The results as tables: all rates, and the goals with their measured values.
import { ROWS } from "./contestants.mjs";
import { CORPORA } from "./corpus.mjs";
import { show as showTable } from "./table.mjs";

/** A rate in MB/s with three digits. */
function rate(value) {
  if (value === undefined) return "·";
  return value >= 100 ? String(Math.round(value)) : value.toFixed(value >= 10 ? 0 : 1);
}

function rates({ logs }) {
  const names = Object.keys(logs);
  const rows = ROWS.map((row) => [row, ...names.map((name) => rate(logs[name].rates[row]?.rate))]);
  return {
    head: ["MB/s", ...names],
    rows: rows.filter((row) => row.slice(1).some((c) => c !== "·")),
  };
}

/** The goals: the contestant, the required ratio of two rates, and the log. */
const BARS = [
  ["sparse", "observe: WASM in Node, pieces", "observe: Node JSON.parse", 25],
  ["sparse", "observe: WASM in Node, pieces", "observe: VRL", 25],
  ["sparse", "tag: WASM in Node, pieces", "observe: Node JSON.parse", 18],
  ["sparse", "tag: WASM in Node, pieces", "observe: VRL", 18],
  ["sparse", "tag: WASM in Node, push", "observe: Node JSON.parse", 12],
  ["sparse", "tag: WASM in Node, push", "observe: VRL", 12],
  ["sparse", "observe: native library", "observe: memchr::memmem", 0.5],
  ["sparse", "observe: WASM in Node, pieces", "observe: memchr::memmem", 0.35],
  ["dense", "tag: WASM in Node, pieces", "tag: Node JSON.parse", 3],
  ["dense", "tag: WASM in Node, push", "tag: Node JSON.parse", 3],
  ["dense", "tag: WASM in Node, pieces", "tag: VRL", 3],
  ["dense", "tag: WASM in Node, push", "tag: VRL", 3],
];

export function ratios({ logs }) {
  return BARS.flatMap(([log, ours, theirs, bar]) => {
    const rates = logs[log]?.rates;
    if (!rates?.[ours] || !rates[theirs]) return [];
    const by = (figure) => rates[ours][figure] / rates[theirs][figure];
    const text = (ratio) => `${ratio.toFixed(ratio < 3 ? 2 : 1)} x`;
    const met = by("rate") >= bar ? "met" : "missed";
    return [[`${log}, ${ours}`, theirs, `>= ${bar} x`, text(by("rate")), text(by("cpu")), met]];
  });
}

/** The goals that are not ratios. */
function others({ start, sizes }) {
  const row = (what, bar, value, unit) => [
    what,
    "",
    `<= ${bar} ${unit}`,
    `${value} ${unit}`,
    "",
    value <= bar ? "met" : "missed",
  ];
  const kb = (bytes) => Math.round(bytes / 100) / 10;
  return [
    row("crypt32_filter.wasm", 220, kb(sizes.host), "kB"),
    row("core module of the package, gzipped", 230, kb(sizes.core), "kB"),
    row("Node: module compiled and instantiated, first verdict", 10, start.module, "ms"),
    ["Node: package imported, first verdict", "", "", `${start.package} ms`, "", ""],
  ];
}

function bars(results) {
  return {
    head: ["what", "against", "bar", "measured", "by processor time", ""],
    rows: [...ratios(results), ...others(results)],
  };
}

function about({ machine, rounds, logs }) {
  const { date, cpu, cores, memory, system, load, commit, versions } = machine;
  const used = Object.entries(versions).filter(([, version]) => version);
  return [
    `${cpu}, ${cores} cores, ${memory}, ${system}; load ${load}; ${date} UTC; commit ${commit}`,
    used.map(([name, version]) => `${name} ${version}`).join(", "),
    `Medians of ${rounds} rounds in which all take turns.`,
    ...(Number(load) > cores + 0.5
      ? ["The machine was busy: long turns look slower than they are; trust processor time."]
      : []),
    ...Object.entries(logs).map(
      ([name, { bytes }]) => `${name}: ${CORPORA[name].about} (${Math.round(bytes / 1e6)} MB)`,
    ),
  ];
}

/** All results as Markdown, for the guide. */
export function markdown(results) {
  const table = ({ head, rows }) => {
    const line = (cells) => `| ${cells.join(" | ")} |`;
    const rule = head.map((_, i) => (i === 0 ? "---" : "--:"));
    return [line(head), line(rule), ...rows.map(line)].join("\n");
  };
  const lines = about(results).map((line) => `- ${line}`);
  return `${lines.join("\n")}\n\n${table(bars(results))}\n\n${table(rates(results))}\n`;
}

/** Prints all results on a terminal. */
export function show(results) {
  console.log("crypt32-filter: bytes of log a second");
  for (const line of about(results)) console.log(`  ${line}`);
  for (const [title, { head, rows }] of [
    ["MB/s", rates(results)],
    ["Numbers to reach", bars(results)],
  ]) {
    showTable(title, head, rows);
  }
}
