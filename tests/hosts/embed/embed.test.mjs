// Runs the programs of docs/embed.md with the commands that it shows, in an empty folder, and
// compares their output with the native command. Then breaks their module: the records must pass, or
// the program must not start.
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { commands, shownIn } from "../../documents/shown.mjs";
import { native, root, samples } from "../streams/records.mjs";

const MODULE = "crypt32_filter.wasm";
const built = join(root, "dist", MODULE);
const lines = (text) => Buffer.from(text, "latin1");
const log = Buffer.concat([
  ...samples.map(({ payload }) => Buffer.from(`${payload}\n`)),
  lines(`\n\r\n{"a":1}\r\n{\n${samples[0].payload}\r\n`),
  lines(`{"crypt32":"${"y".repeat(2_000_000)}"}\nno line end, \xff, \x00, crypt32`),
]);

/** A module with the same exports, in which a call does something else. */
function fake(name, malloc, drop) {
  const [text, module] = [join(folder, `${name}.wat`), join(folder, `${name}.wasm`)];
  writeFileSync(
    text,
    `(module (memory (export "memory") 64)
      (func (export "malloc") (param i32) (result i32) ${malloc})
      (func (export "free") (param i32))
      (func (export "crypt32_drop") (param i32 i32 i32 i32 i32 i32) (result i32) ${drop}))`,
  );
  execFileSync(join(root, "www/node_modules/.bin/wasm-as"), [text, "-o", module]);
  return module;
}

const folder = mkdtempSync(join(tmpdir(), "crypt32-embed-"));
after(() => rmSync(folder, { recursive: true }));

// The build of the Rust program is kept for the next run. The runtime is built faster than shown, and
// is slower.
const RUST = {
  CARGO_TARGET_DIR: join(root, ".tools/embed"),
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "0",
};

/** Runs a command as in a new shell. */
const run = (command, cwd) =>
  spawnSync("bash", ["-c", `set -o pipefail; ${command}`], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...RUST },
  });

const blocks = shownIn("embed");

test("the guide has a program for each of these runtimes", () => {
  deepStrictEqual(
    blocks.map(({ heading }) => heading),
    ["Go", "Python", "Java", "Rust"],
  );
});

for (const block of blocks) {
  const all = commands(block).map(({ command }) =>
    command.replaceAll("/path/to/crypt32-filter", root),
  );
  const needs = all
    .map((command) => /^[\w-]+(?= )/.exec(command)?.[0])
    .filter((program) => program && spawnSync("which", [program]).status !== 0);
  const skip = needs.length > 0 && process.env.CI !== "true" && `there is no ${needs}`;
  test(`${block.heading}: the program of the guide`, { skip }, async (t) => {
    const dir = mkdtempSync(join(folder, "program-"));
    writeFileSync(join(dir, "app.ndjson"), log);
    for (const command of all) {
      const { status, stderr } = run(command, dir);
      strictEqual(status, 0, `${command}\n${stderr}`);
    }
    const kept = () => readFileSync(join(dir, "kept.ndjson"));
    const expected = native("drop", log);
    ok(expected.length < log.length);
    ok(kept().equals(expected), `${block.heading}: not the bytes of the command`);

    /** Runs the program again with another module. */
    const again = (module) => {
      if (module) copyFileSync(module, join(dir, MODULE));
      else rmSync(join(dir, MODULE));
      return run(all.at(-1), dir);
    };
    await t.test("a call that fails passes all further records and is reported once", () => {
      const { status, stderr } = again(fake("fails", "i32.const 64", "unreachable"));
      strictEqual(status, 0, stderr);
      ok(kept().equals(log));
      strictEqual(stderr.match(/all further records pass/g)?.length, 1, stderr);
    });
    await t.test("without memory for a record, it passes", () => {
      const { status, stderr } = again(fake("full", "i32.const 0", "unreachable"));
      deepStrictEqual([status, stderr], [0, ""]);
      ok(kept().equals(log));
    });
    await t.test("with a broken module, or without one, the program does not start", () => {
      const cut = join(folder, "cut.wasm");
      writeFileSync(cut, readFileSync(built).subarray(0, 100_000));
      for (const module of [cut, undefined]) {
        const { status, stderr } = again(module);
        notStrictEqual(status, 0);
        notStrictEqual(stderr.trim(), "");
        strictEqual(kept().length, 0);
      }
    });
  });
}
