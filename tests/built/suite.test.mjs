// Runs the suite in Node by require, and bundled for browsers.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { kit } from "../js/kit.mjs";
import { suiteProject, suiteResult } from "../js/project.mjs";
import { BUNDLERS, bundle } from "./bundle.mjs";

let installed;
before(() => {
  installed = suiteProject();
});
after(() => installed?.remove());

function assertPassed({ passed, failed }, atLeast) {
  assert.deepEqual(failed, []);
  assert.ok(passed >= atLeast, `${passed} tests`);
}

test("the suite passes in Node by require", () =>
  assertPassed(suiteResult(installed.dir, "require.cjs"), 100));

for (const name of Object.keys(BUNDLERS)) {
  test(`the suite passes bundled by ${name}`, async () => {
    const dir = join(installed.dir, name);
    const main = await bundle(name, installed.dir, dir);
    // These are scripts for browsers. webpack loads its chunks by script elements, which Node does
    // not have.
    if (name === "webpack") return;
    // Vite's loader needs only this part of a browser's document.
    globalThis.document = { createElement: () => ({ relList: { supports: () => true } }) };
    await import(pathToFileURL(main).href);
    delete globalThis.document;
    assertPassed(await globalThis.runBundledSuite(kit), 90);
  });
}
