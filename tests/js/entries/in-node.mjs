// Runs the suite and the tests that need Node, and prints the result.
import pinoFilter from "crypt32-filter/pino";
import { initSync } from "./node_modules/crypt32-filter/crypt32_filter.js";
import destroy from "./suite/destroy.mjs";
import { PARTS, runSuite } from "./suite/index.mjs";
import nodeStream from "./suite/node-stream.mjs";

export async function runInNode(library) {
  const { kit } = await import(process.env.KIT);
  const { memory } = initSync();
  const parts = { ...PARTS, nodeStream, destroy };
  const outcome = await runSuite({ ...library, pinoFilter }, { ...kit, memory }, parts);
  console.log(JSON.stringify(outcome));
}
