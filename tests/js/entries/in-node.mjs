// Runs the suite, and what only Node has, and prints the outcome.
import { initSync } from "./node_modules/crypt32-filter/crypt32_filter.js";
import { PARTS, runSuite } from "./suite/index.mjs";
import nodeStream from "./suite/node-stream.mjs";

export async function runInNode(library) {
  const { kit } = await import(process.env.KIT);
  const { memory } = initSync();
  const outcome = await runSuite(library, { ...kit, memory }, { ...PARTS, nodeStream });
  console.log(JSON.stringify(outcome));
}
