// `make bench`: the WASM filter in Node against what a script would do by hand, on the same bytes
// in the same run. Ratios are of medians; they depend on the machine less than times do.
//
//   node www/tools/bench.mjs [--megabytes 32] [--rounds 7]
import { parseArgs } from "node:util";
import { Filter } from "../../pkg/node.js";
import { sampleLog } from "./sample-log.mjs";
import { bold, dim, heading, print, size, table } from "./terminal.mjs";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "32" },
    rounds: { type: "string", default: "7" },
  },
});
const bytes = Number(values.megabytes) * 1e6;
const rounds = Number(values.rounds);
const CHUNK = 64 * 1024;
const TAG = { verdict: "benign", id: "KB2253680" };

/** Records of the bundled log, of which `share` mention the event; NDJSON of about `bytes`. */
function corpus(share) {
  const records = sampleLog().filter((line) => line.startsWith("{"));
  const ours = records.filter((line) => isOurs(JSON.parse(line)));
  // A record of a log is about 750 bytes long; what these lack is filled with a member.
  const rest = records
    .filter((line) => !line.includes("crypt32"))
    .map(
      (line) => `${line.slice(0, -1)},"padding":"${"x".repeat(Math.max(0, 735 - line.length))}"}`,
    );
  const lines = [];
  let length = 0;
  for (let i = 0; length < bytes; i++) {
    const mine = Math.floor((i + 1) * share) > Math.floor(i * share);
    const line = mine ? ours[i % ours.length] : rest[i % rest.length];
    lines.push(line);
    length += line.length + 1;
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}

/** What a script tests for, in the shapes of the corpus. */
function isOurs(record) {
  const source =
    record.source_name ??
    record.SourceName ??
    record.winlog?.provider_name ??
    record.provider_name ??
    record.provider?.name;
  const id =
    record.event_id?.id ??
    record.event_id ??
    record.EventID ??
    record.EventCode ??
    record.winlog?.event_id;
  return source === "crypt32" && (Number(id) & 0xffff) === 8;
}

/** Each line parsed and tested. With `tag`, what is ours is tagged and written again. */
function byHand(log, tag) {
  const text = log.toString();
  const out = [];
  let found = 0;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const record = JSON.parse(line);
    if (!isOurs(record)) {
      if (tag) out.push(line);
      continue;
    }
    found++;
    if (tag) out.push(JSON.stringify({ ...record, kb: TAG, tags: ["benign"] }));
  }
  return tag ? Buffer.byteLength(out.join("\n")) : found;
}

/** The log through a filter, in chunks. */
function filtered(log, action, method) {
  const filter = new Filter({ action });
  let length = 0;
  for (let at = 0; at < log.length; at += CHUNK) {
    const out = filter[method](log.subarray(at, at + CHUNK));
    if (method === "push") length += out.length;
    else for (const piece of out) length += piece.length;
  }
  length += filter.finish().length;
  filter.free();
  return length;
}

/** Median times in milliseconds; the contestants take turns, so that all see the same machine. */
function race(contestants) {
  const times = contestants.map(() => []);
  for (let round = -2; round < rounds; round++) {
    contestants.forEach(([, work], i) => {
      const start = performance.now();
      work();
      if (round >= 0) times[i].push(performance.now() - start);
    });
  }
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]);
}

function show(title, log, contestants) {
  heading(`${title}: ${size(log.length)}`);
  const medians = race(contestants);
  table(
    ["", "ms", "MB/s", "times as fast"],
    contestants.map(([name], i) => [
      name,
      medians[i].toFixed(1),
      (log.length / 1000 / medians[i]).toFixed(0),
      (medians[0] / medians[i]).toFixed(1),
    ]),
  );
}

print(bold(`crypt32-filter in Node ${process.version}, ${rounds} rounds, medians`));
const sparse = corpus(0.01);
show("Sparse NDJSON, 1 % Crypt32 8", sparse, [
  ["JSON.parse + test", () => byHand(sparse, false)],
  ["observe, pieces()", () => filtered(sparse, "observe", "pieces")],
  ["tag, pieces()", () => filtered(sparse, "tag", "pieces")],
  ["tag, push()", () => filtered(sparse, "tag", "push")],
]);
const dense = corpus(1);
show("Dense NDJSON, all Crypt32 8", dense, [
  ["JSON.parse + tag + JSON.stringify", () => byHand(dense, true)],
  ["tag, pieces()", () => filtered(dense, "tag", "pieces")],
  ["tag, push()", () => filtered(dense, "tag", "push")],
]);
print("", dim("Not measured yet: native, VRL, memory, hosts."));
