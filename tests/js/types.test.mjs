// Compiles strict programs with the types of the installed package.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { project, tools } from "./project.mjs";

/** Users may check the package's types too, with the strictest settings. */
const STRICT = {
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  target: "es2022",
};
const PROGRAMS = {
  "node.ts": { module: "nodenext", lib: ["es2022", "esnext.disposable"], types: ["node"] },
  "web.ts": { module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [] },
};

let installed;
before(() => {
  installed = project("@types", "undici-types");
});
after(() => installed?.remove());

function compile(name, options, text) {
  const { dir } = installed;
  if (text === undefined) copyFileSync(join(import.meta.dirname, "types", name), join(dir, name));
  else writeFileSync(join(dir, name), text);
  writeFileSync(
    join(dir, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: [name] }),
  );
  const { status, stdout } = spawnSync(join(tools, ".bin/tsc"), ["--project", dir]);
  return { status, output: stdout.toString() };
}

for (const [name, options] of Object.entries(PROGRAMS)) {
  test(`${name} compiles`, () => {
    const { status, output } = compile(name, options);
    assert.equal(output, "");
    assert.equal(status, 0);
  });

  test(`${name}: without the expected errors, it fails`, () => {
    const text = readFileSync(join(import.meta.dirname, "types", name), "utf8");
    const expected = text.split("@ts-expect-error").length - 1;
    assert.ok(expected > 3);
    const { status, output } = compile(
      `bad-${name}`,
      options,
      text.replaceAll("@ts-expect-error", ""),
    );
    assert.notEqual(status, 0);
    assert.equal(output.match(/error TS/g).length, expected, output);
  });
}
