// Tests every function of the module on a log.
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { native } from "../streams/records.mjs";
import { run } from "./program.mjs";

export const drop = ["drop"];
const all = ["--accept", "listed,sibling,cause"];
export const FUNCTIONS = {
  crypt32_observe: ["observe"],
  crypt32_tag: ["tag"],
  crypt32_drop: drop,
  crypt32_drop_cause: [...drop, ...all],
  crypt32_drop_ledger: drop,
  crypt32_drop_cause_ledger: [...drop, ...all],
};

/** The native command's output for the same records, in Fluent Bit's format. */
export function natively(lines, [action, ...options]) {
  return native(action, `${lines.join("\n")}\n`, ...options)
    .toString()
    .trimEnd()
    .split("\n");
}

const isNotice = (line) => line.startsWith('{"kb":{"id":"KB2253680","ledger":');

/** Compares each function's output for a log with the native command, record by record. */
export function functions({ name, input, lines }, stack) {
  for (const [fn, options] of Object.entries(FUNCTIONS)) {
    const expected = natively(lines, options);
    const got = run(`${name}-${fn}`, input, fn, { stack }).lines;
    const notices = got.filter(isNotice);
    const kept = got.filter((line) => !isNotice(line));
    strictEqual(kept.length, expected.length, `${fn}: how many are kept`);
    // Values are compared, because Fluent Bit serialises the module's output again.
    kept.forEach((line, i) => {
      if (line !== expected[i]) deepStrictEqual(JSON.parse(line), JSON.parse(expected[i]), fn);
    });
    const dropped = lines.length - kept.length;
    const tagged = kept.filter((line) => line.includes('"kb":{"verdict":')).length;
    strictEqual(notices.length, fn.endsWith("_ledger") ? Math.floor(dropped / 1000) : 0);
    ok(fn === "crypt32_observe" || dropped + tagged > 0, `${fn} did something`);
    console.log(
      `ok ${name}: ${fn}: ${lines.length} in, ${kept.length} kept, ${tagged} tagged, ` +
        `${dropped} dropped, ${notices.length} notices: as natively`,
    );
  }
}
