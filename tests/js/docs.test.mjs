// The documents: each example of the package's README runs and prints what it says, the reference
// is that of the types, and what is named exists.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PAGE, reference } from "../../www/tools/api.mjs";
import { sampleLog } from "../../www/tools/sample-log.mjs";
import { pkg, project, root } from "./project.mjs";

const readme = readFileSync(join(root, "src/js/README.md"), "utf8");
const examples = [...readme.matchAll(/^## (.+)$|^```js\n([\s\S]*?)^```$/gm)].reduce(
  ({ title, all }, [, heading, code]) =>
    heading === undefined ? { title, all: [...all, [title, code]] } : { title: heading, all },
  { title: "", all: [] },
).all;

let dir;
let remove;
before(() => {
  ({ dir, remove } = project("pino"));
  writeFileSync(join(dir, "app.ndjson"), `${sampleLog(1).join("\n")}\n`);
});
after(() => remove?.());

/** What the comments of an example say that it prints. */
const promised = (code) =>
  [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$|^\/\/ (.*)$/gm)].map(([, a, b]) => a ?? b);

test("there are examples", () => {
  assert.ok(examples.length >= 7);
  assert.ok(examples.filter(([, code]) => promised(code).length > 0).length >= 6);
});

for (const [i, [title, code]] of examples.entries()) {
  test(`README, ${title} (${i + 1})`, () => {
    writeFileSync(join(dir, "example.mjs"), code);
    const { status, stdout, stderr } = spawnSync(process.execPath, ["example.mjs"], { cwd: dir });
    assert.equal(status, 0, stderr.toString());
    assert.equal(stderr.toString(), "");
    assert.equal(stdout.toString().trim(), promised(code).join("\n"));
  });
}

test("pino's example left its log", () => {
  assert.match(readFileSync(join(dir, "service.log"), "utf8"), /"verdict":"review"/);
});

test("the package carries this README", () => {
  assert.equal(readFileSync(join(pkg, "README.md"), "utf8"), readme);
});

test("the API reference is that of the types", () => {
  // `node www/tools/api.mjs` writes it anew.
  assert.equal(readFileSync(PAGE, "utf8"), reference());
});

test("the guide names each script, and no others", () => {
  const guide = readFileSync(join(root, "www/guide/npm.md"), "utf8");
  const named = [...guide.matchAll(/\(scripts\/([\w.-]+)\)/g)].map(([, name]) => name);
  assert.deepEqual(named.sort(), readdirSync(join(root, "www/guide/scripts")).sort());
});
