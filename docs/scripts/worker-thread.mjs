// Filters several files at once, each in its own thread.
//   node worker-thread.mjs one.ndjson two.ndjson
import { createReadStream, createWriteStream } from "node:fs";
import { argv } from "node:process";
import { pipeline } from "node:stream/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { createFilterStream } from "crypt32-filter";

if (isMainThread) {
  for (const file of argv.slice(2)) {
    const worker = new Worker(new URL(import.meta.url), { workerData: file });
    worker.on("message", ({ records, dropped }) => {
      console.log(`${file}: ${dropped} of ${records} records dropped`);
    });
  }
} else {
  const filter = createFilterStream({ action: "drop" });
  const kept = createWriteStream(`${workerData}.kept`);
  await pipeline(createReadStream(workerData), filter, kept);
  parentPort.postMessage(filter.ledger());
}
