// A worker of `make bench` for the contestants in Node. It has the same protocol as src/main.rs:
// each request is a line (`load PATH`, `chunk BYTES` or `run NAME`), and so is each response. Only
// the work is timed.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { StringDecoder } from "node:string_decoder";
import { Filter } from "../pkg/node.js";
import { ERRORS, MESSAGE } from "./events.mjs";

/** The size of a chunk, which `chunk BYTES` sets. */
let size = 64 * 1024;
const TAG = { verdict: "benign", id: "KB2253680" };

let log = Buffer.alloc(0);

/** The rule as a script would write it, for the benchmark's shapes, including the message. */
function isBenign(record) {
  const source = record.SourceName ?? record.winlog?.provider_name;
  const id = record.EventID ?? record.winlog?.event_id;
  if (id !== 8 || source?.toLowerCase() !== "crypt32") return false;
  const message = record.Message ?? record.message;
  if (!message.startsWith(MESSAGE)) return false;
  const error = message.slice(MESSAGE.length).trimEnd();
  return ERRORS.includes(error.endsWith(".") ? error.slice(0, -1) : error);
}

/**
 * Parses and tests each line of each chunk. Benign records are tagged and serialised again, or
 * dropped.
 */
function byHand(action, mayBeOurs = () => true) {
  const decoder = new StringDecoder();
  let rest = "";
  let hits = 0;
  let bytes = 0;
  for (let at = 0; at < log.length; at += size) {
    const lines = (rest + decoder.write(log.subarray(at, at + size))).split("\n");
    rest = lines.pop();
    let out = "";
    for (const line of lines) {
      const record = mayBeOurs(line) ? JSON.parse(line) : undefined;
      const benign = record !== undefined && isBenign(record);
      hits += Number(benign);
      // With `observe`, the chunk itself is written.
      if (action === "observe") continue;
      if (!benign) out += `${line}\n`;
      else if (action === "tag") {
        record.kb = TAG;
        record.tags = ["benign", TAG.id];
        out += `${JSON.stringify(record)}\n`;
      }
    }
    bytes += Buffer.from(out).length;
  }
  if (rest) throw new Error("a log ends with a line end");
  return { hits, out: bytes };
}

/** Filters the log. With `collect`, `push` joins the output of each chunk. */
function filtered(action, method) {
  const filter = new Filter({ action });
  let out = 0;
  for (let at = 0; at < log.length; at += size) {
    const given = filter[method](log.subarray(at, at + size));
    if (method === "push") out += given.length;
    else for (const piece of given) out += piece.length;
  }
  out += filter.finish().length;
  const { benign: hits } = filter.ledger();
  filter.free();
  return { hits, out };
}

/** The upper limit in Node: searching the source's name in the bytes. */
function indexOf() {
  let hits = 0;
  for (let at = log.indexOf("crypt32"); at >= 0; at = log.indexOf("crypt32", at + 1)) hits++;
  return { hits, out: 0 };
}

const CONTESTANTS = {
  node: (action, method = "pieces") => filtered(action, method),
  "JSON.parse": (action) => byHand(action),
  includes: (action) => byHand(action, (line) => /crypt32/i.test(line)),
  indexOf,
};

for await (const request of createInterface({ input: process.stdin })) {
  const [word, ...rest] = request.split(" ");
  if (word === "load") {
    log = readFileSync(rest.join(" "));
    console.log(JSON.stringify({ bytes: log.length }));
    continue;
  }
  if (word === "chunk") {
    size = Number(rest[0]);
    console.log(JSON.stringify({ size }));
    continue;
  }
  const [kind, ...variant] = rest;
  // Reads the log once, so that every contestant finds it in the same caches.
  if (log.includes(0)) throw new Error("a log of text");
  const start = performance.now();
  const before = process.cpuUsage();
  const done = CONTESTANTS[kind](...variant);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1000;
  console.log(JSON.stringify({ ms, cpu, read: log.length, ...done }));
}
