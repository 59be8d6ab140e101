// Compares the built module in the real Fluent Bit with the native command, record by record.
//
// main.mjs [RECORDS] [--time]: sends RECORDS (default 20000) with 1 % Crypt32 8, and a log in each
// shape, through every function. Also sends records that try to stop the module, with the default
// stack and with a larger one. --time also measures the CPU time of each function, compared with a
// module that only returns its input. The program is FLUENT_BIT, or fluent-bit on PATH; without
// one, the test is skipped with a message.
import { strictEqual } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, exit } from "node:process";
import { configurations, documents, ledger, page } from "./configurations.mjs";
import { cost } from "./cost.mjs";
import { functions } from "./functions.mjs";
import { hostile } from "./hostile.mjs";
import { shapes, sparse } from "./logs.mjs";
import { directory, run, version } from "./program.mjs";

if (!version) {
  console.log("fluent-bit: SKIPPED, there is none on PATH or in FLUENT_BIT");
  exit(0);
}
console.log(version);
const count = Number(argv.find((argument) => /^\d+$/.test(argument)) ?? 20_000);
/** A log as a file, and its records in Fluent Bit's output without a filter. */
function log(name, text) {
  const input = join(directory, `${name}.ndjson`);
  writeFileSync(input, text);
  const { lines } = run(name, input);
  strictEqual(lines.length, text.trimEnd().split("\n").length, "without a filter, all arrive");
  return { name, input, lines };
}

const records = log("sparse", sparse(count));
functions(records);
functions(log("shapes", shapes()));
const stopping = log("hostile", hostile());
for (const stack of ["8K", "64K"]) functions(stopping, stack);
configurations(records);
ledger(records);
documents(records);
await page(records);
if (argv.includes("--time")) cost(records.input);
