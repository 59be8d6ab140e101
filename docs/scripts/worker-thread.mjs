// Filters several files at once, each in its own thread.
//   node worker-thread.mjs one.ndjson two.ndjson
import { argv } from "node:process";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { filterFile } from "crypt32-filter";

if (isMainThread) {
  for (const file of argv.slice(2)) {
    const worker = new Worker(new URL(import.meta.url), { workerData: file });
    worker.on("message", ({ records, dropped }) => {
      console.log(`${file}: ${dropped} of ${records} records dropped`);
    });
  }
} else {
  const { ledger } = await filterFile(workerData, `${workerData}.kept`, { action: "drop" });
  parentPort.postMessage(ledger);
}
