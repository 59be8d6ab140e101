// Filters a log file into another, and writes the ledger.
//   node filter-file.mjs app.ndjson kept.ndjson
import { createReadStream, createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { argv } from "node:process";
import { pipeline } from "node:stream/promises";
import { createFilterStream } from "crypt32-filter";

const [, , from, to] = argv;
const filter = createFilterStream({ action: "drop" });
await pipeline(createReadStream(from), filter, createWriteStream(to));

const ledger = filter.ledger();
await writeFile(`${to}.ledger.json`, JSON.stringify(ledger, null, 2));
console.log(`${ledger.records} records, ${ledger.dropped} dropped, ${ledger.review} to review`);
