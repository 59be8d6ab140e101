// The suite for every entry of the package: Node by import and by require, bundles, and browsers.
// It uses only features that all of these have.
import classify from "./classify.mjs";
import deep from "./deep.mjs";
import filter from "./filter.mjs";
import hostile from "./hostile.mjs";
import options from "./options.mjs";
import report from "./report.mjs";
import reserve from "./reserve.mjs";
import stream from "./stream.mjs";

/** The parts of the suite by name. */
export const PARTS = { classify, deep, filter, hostile, options, report, reserve, stream };

/**
 * Runs the suite.
 *
 * @param library the package
 * @param kit `log`: bytes of a log; `samples`: rows of tests/fixtures/records.jsonl; `files`: bytes
 * by name; `memory`: the memory of the core module, if available
 * @returns {Promise<{ passed: number, failed: string[] }>}
 */
export async function runSuite(library, kit, parts = PARTS) {
  const tests = [];
  for (const [part, define] of Object.entries(parts)) {
    define({ library, kit, test: (name, run) => tests.push([`${part}: ${name}`, run]) });
  }
  let passed = 0;
  const failed = [];
  for (const [name, run] of tests) {
    try {
      await run();
      passed++;
    } catch (error) {
      // A thrown value may have no text.
      failed.push(`${name}: ${error?.stack ?? JSON.stringify(error)}`);
    }
  }
  return { passed, failed };
}
