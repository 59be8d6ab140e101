// Runs the suite in Node by import. `tests/built/suite.test.mjs` runs it through the other
// entries.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { suiteProject, suiteResult } from "./project.mjs";

let installed;
before(() => {
  installed = suiteProject();
});
after(() => installed?.remove());

test("the suite passes in Node by import", () => {
  const { passed, failed } = suiteResult(installed.dir, "import.mjs");
  assert.deepEqual(failed, []);
  assert.ok(passed >= 100, `${passed} tests`);
});
