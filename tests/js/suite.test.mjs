// Runs the same suite through every entry: by import and by require in Node, and bundled for
// browsers.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { BUNDLERS, bundle } from "./bundle.mjs";
import { kit } from "./kit.mjs";
import { project } from "./project.mjs";

let installed;
before(() => {
  installed = project();
  for (const folder of ["entries", "suite"]) {
    const to = folder === "suite" ? join(installed.dir, "suite") : installed.dir;
    cpSync(join(import.meta.dirname, folder), to, { recursive: true });
  }
});
after(() => installed?.remove());

function assertPassed({ passed, failed }, atLeast) {
  assert.deepEqual(failed, []);
  assert.ok(passed >= atLeast, `${passed} tests`);
}

/** Runs a script in the project, and returns its last line of output. */
function run(script, ...flags) {
  const out = execFileSync(process.execPath, [...flags, script], {
    cwd: installed.dir,
    env: { ...process.env, KIT: pathToFileURL(join(import.meta.dirname, "kit.mjs")).href },
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return JSON.parse(out.trim().split("\n").at(-1));
}

test("the suite passes in Node by import", () => assertPassed(run("import.mjs"), 100));
test("the suite passes in Node by require", () => assertPassed(run("require.cjs"), 100));

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
