// Logs received records with pino; the filter runs in pino's worker thread.
//   node pino-transport.mjs < received.ndjson
import { stdin } from "node:process";
import { createInterface } from "node:readline";
import pino from "pino";

const transport = pino.transport({
  pipeline: [
    { target: "crypt32-filter/pino", options: { action: "tag" } },
    { target: "pino/file", options: { destination: 1 } },
  ],
});
const logger = pino({ base: null }, transport);

for await (const line of createInterface({ input: stdin })) {
  if (line.startsWith("{")) logger.info(JSON.parse(line));
}
