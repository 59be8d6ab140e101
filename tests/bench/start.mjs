// How long the module takes from nothing to its first verdict, in a new process each time.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("../../pkg/node.js", import.meta.url));
const RECORD = JSON.stringify({ SourceName: "crypt32", EventID: 8, Message: "?" });
/** Node's own start is not counted: only loading the package and its module, and the verdict. */
const PROGRAM = `
  const start = performance.now();
  const { classify } = await import(${JSON.stringify(PACKAGE)});
  const loaded = performance.now();
  const { verdict } = classify(${JSON.stringify(RECORD)});
  if (verdict !== "review") throw new Error(verdict);
  console.log(JSON.stringify({ load: loaded - start, first: performance.now() - start }));`;

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

/** Medians in milliseconds: until the package is loaded, and until it has said its first verdict. */
export function starts(rounds) {
  const runs = Array.from({ length: rounds + 1 }, () =>
    JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", PROGRAM])),
  ).slice(1);
  const of = (key) => Math.round(median(runs.map((run) => run[key])) * 100) / 100;
  return { load: of("load"), first: of("first") };
}
