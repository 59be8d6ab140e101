// Compiles strict programs with the types of the installed package.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { project, root, tools } from "./project.mjs";

/** Users may check the package's types too, with the strictest settings. */
const STRICT = {
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  target: "es2022",
};

/** The ways in which TypeScript finds a package, and what each needs. */
const RESOLUTIONS = {
  nodenext: { module: "nodenext" },
  node16: { module: "node16" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};
const NODE = { lib: ["es2022", "esnext.disposable"], types: ["node"] };
/** A program that knows no types of Node. */
const BROWSER = { lib: ["es2022", "dom", "dom.asynciterable"], types: [] };

const PROGRAMS = [
  ...Object.entries(RESOLUTIONS).map(([name, how]) => ["node.ts", name, { ...how, ...NODE }]),
  ["web.ts", "bundler", { ...RESOLUTIONS.bundler, ...BROWSER }],
];

let installed;
before(() => {
  installed = project("@types", "undici-types", "pino");
});
after(() => installed?.remove());

/** Compiles programs, { name: text }, in the folder of the project. */
function compile(programs, options) {
  const { dir } = installed;
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(dir, name), text);
  writeFileSync(
    join(dir, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: Object.keys(programs) }),
  );
  const { status, stdout } = spawnSync(join(tools, ".bin/tsc"), ["--project", dir]);
  return { status, output: stdout.toString() };
}

for (const [name, resolution, options] of PROGRAMS) {
  const text = readFileSync(join(import.meta.dirname, "types", name), "utf8");

  test(`${name} compiles with ${resolution}`, () => {
    assert.deepEqual(compile({ [name]: text }, options), { status: 0, output: "" });
  });

  test(`${name} with ${resolution}: without the expected errors, it fails`, () => {
    const expected = text.split("@ts-expect-error").length - 1;
    assert.ok(expected > 3);
    const bad = { [`bad-${name}`]: text.replaceAll("@ts-expect-error", "") };
    const { status, output } = compile(bad, options);
    assert.notEqual(status, 0);
    assert.equal(output.match(/error TS/g).length, expected, output);
  });
}

const COMMON = `import crypt32 = require("crypt32-filter");
import pino = require("crypt32-filter/pino");
import { classify, type FilterOptions } from "crypt32-filter";
const options: FilterOptions = { action: "drop" };
export const out: Uint8Array = new crypt32.Filter(options).push(new Uint8Array(1));
export const verdict: string = classify("{}").verdict;
export const step: NodeJS.ReadWriteStream = pino.default(options);
`;

for (const module of ["nodenext", "node20"]) {
  test(`CommonJS compiles with ${module}`, () => {
    const options = { module, ...NODE };
    assert.deepEqual(compile({ "common.cts": COMMON }, options), { status: 0, output: "" });
  });
}

for (const [resolution, how] of Object.entries(RESOLUTIONS)) {
  test(`the examples of the README compile with ${resolution}`, () => {
    const readme = readFileSync(join(root, "crates/npm/ts/README.md"), "utf8");
    const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, text], i) => [
      `example${i}.ts`,
      text,
    ]);
    assert.ok(examples.length >= 7);
    // The types of other packages are not checked, and "strict" does not ask for this either.
    const lax = { ...NODE, lib: ["es2022", "dom"], skipLibCheck: true };
    const loose = { noUncheckedIndexedAccess: false };
    const options = { ...how, ...lax, ...loose, moduleDetection: "force" };
    const { status, output } = compile(Object.fromEntries(examples), options);
    assert.deepEqual({ status, output }, { status: 0, output: "" });
  });
}
