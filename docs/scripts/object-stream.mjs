// Filters records that are already objects, from a queue or a parser. Unchanged records pass as the
// same object.
//   node object-stream.mjs < app.ndjson
import { stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { createFilterStream } from "crypt32-filter";

async function* records() {
  for await (const line of createInterface({ input: stdin })) {
    if (line.startsWith("{")) yield JSON.parse(line);
  }
}

async function* lines(source) {
  for await (const record of source) yield `${record.kb?.verdict ?? "other"}\n`;
}

await pipeline(records, createFilterStream({ objectMode: true }), lines, stdout);
