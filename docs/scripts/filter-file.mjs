// Filters a log file into another, and writes the ledger. Ctrl+C ends it.
//   node filter-file.mjs app.ndjson kept.ndjson
import { writeFile } from "node:fs/promises";
import process, { argv } from "node:process";
import { filterFile } from "crypt32-filter";

const [, , from, to] = argv;
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
const { ledger, unjudged } = await filterFile(from, to, {
  action: "drop",
  signal: interrupted.signal,
});
await writeFile(`${to}.ledger.json`, JSON.stringify(ledger, null, 2));
console.log(`${ledger.records} records, ${ledger.dropped} dropped, ${ledger.review} to review`);
if (unjudged.note !== null) console.error(`warning: ${unjudged.note}`);
