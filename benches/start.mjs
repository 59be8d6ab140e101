// Measures the time to the first verdict in a new process: from the bytes of the core module, and
// from an import of the package.
import { execFileSync } from "node:child_process";
import { median } from "./median.mjs";

const file = (name) => JSON.stringify(new URL(`../pkg/${name}`, import.meta.url));
const RECORD = JSON.stringify({ SourceName: "crypt32", EventID: 8, Message: "?" });
const VERDICT = `if (!JSON.stringify(verdict).includes("review")) throw new Error(verdict);
  console.log(performance.now() - start);`;
/** Compiles, instantiates and calls the module. The time to load the JavaScript is not included. */
const MODULE = `
  import { readFileSync } from "node:fs";
  import { classify, initSync } from ${file("crypt32_filter.js")};
  const bytes = readFileSync(new URL(${file("crypt32_filter_bg.wasm")}));
  const start = performance.now();
  initSync({ module: bytes });
  const verdict = classify(Buffer.from(${JSON.stringify(RECORD)}), "{}");
  ${VERDICT}`;
const PACKAGE = `
  const start = performance.now();
  const { classify } = await import(${file("node.js")});
  const { verdict } = classify(${JSON.stringify(RECORD)});
  ${VERDICT}`;

function time(program, rounds) {
  const args = ["--input-type=module", "-e", program];
  const runs = Array.from({ length: rounds }, () => Number(execFileSync(process.execPath, args)));
  return Math.round(median(runs) * 100) / 100;
}

/** Returns medians in milliseconds. */
export function starts(rounds) {
  return { module: time(MODULE, rounds), package: time(PACKAGE, rounds) };
}
