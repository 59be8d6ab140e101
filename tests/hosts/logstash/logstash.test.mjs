// Tests the script for Logstash's filter "ruby" in Logstash's Ruby: every fixture, as Logstash's
// inputs make events of it, must come out as the native command writes it.
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { shownIn } from "../../documents/shown.mjs";
import { native, numbered, root, samples } from "../streams/records.mjs";

const tools = join(root, ".tools/logstash");
const folder = mkdtempSync(join(tmpdir(), "crypt32-logstash-"));
after(() => rmSync(folder, { recursive: true }));
const module = join(root, "dist/crypt32_filter.wasm");
const lacks = ["java", "mvn"].filter((name) => spawnSync("which", [name]).status !== 0);
const skip = lacks.length > 0 && process.env.CI !== "true" && `there is no ${lacks}`;

/** The jars that were fetched. */
const fetched = new Set();
/** Fetches the jars that the file names, once. */
function jars(pom, name) {
  const to = join(tools, name);
  if (fetched.has(to)) return to;
  fetched.add(to);
  const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
  execFileSync("mvn", ["--quiet", "--batch-mode", "--file", pom, goal, `-DoutputDirectory=${to}`]);
  return to;
}

/** Sends events through the script. */
function run(events, wasm = module, environment = {}) {
  const ruby = jars(join(root, "tests/hosts/logstash/pom.xml"), "ruby");
  const chicory = jars(join(root, "docs/embed/java/pom.xml"), "chicory");
  const script = join(root, "dist/logstash/crypt32.rb");
  const driver = join(import.meta.dirname, "driver.rb");
  const { status, stdout, stderr } = spawnSync(
    "java",
    ["-jar", join(ruby, "jruby-complete-9.4.13.0.jar"), driver, script, chicory, wasm],
    {
      env: { ...process.env, ...environment },
      input: events.map((event) => `${JSON.stringify(event)}\n`).join(""),
      encoding: "utf8",
      maxBuffer: 1 << 30,
    },
  );
  const kept = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { status, kept, stderr };
}

/** What the native command writes for the same events. */
const natively = (events) =>
  native("drop", events.map((event) => `${JSON.stringify(event)}\n`).join(""))
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const more = { "@timestamp": "2026-11-28T09:00:00.000Z", "@version": "1" };
const lines = samples.map(({ payload }) => payload);
/** An event as the file input makes it, and one as the codec json does. */
const line = (text) => ({ ...more, message: text, event: { original: text }, host: { name: "x" } });
const parsed = (text) => ({ ...more, ...JSON.parse(text) });

test("every fixture, as a line and parsed", { skip }, () => {
  const events = [...lines.map(line), ...lines.filter((text) => text.startsWith("{")).map(parsed)];
  const { status, kept, stderr } = run(events);
  strictEqual(status, 0, stderr);
  const expected = natively(events);
  ok(expected.length < events.length / 2);
  deepStrictEqual(kept, expected);
});

test("events of four workers, and bad ones", { skip }, () => {
  const bad = ["", "{", "crypt32", `crypt32${"y".repeat(2 << 20)}`, "crypt32 \u0000 \u{1f600}"];
  const events = [...bad, ...numbered(4000)].map(line);
  deepStrictEqual(run(events).kept, natively(events));
});

test("a broken module stops the start; after a failed call, events pass", { skip }, () => {
  const cut = join(folder, "cut.wasm");
  writeFileSync(cut, readFileSync(module).subarray(0, 100_000));
  for (const broken of [cut, join(folder, "missing.wasm")]) {
    const { status, kept } = run([line("x")], broken);
    notStrictEqual(status, 0);
    deepStrictEqual(kept, []);
  }
  const text = join(folder, "fails.wat");
  writeFileSync(
    text,
    `(module (memory (export "memory") 64)
      (func (export "malloc") (param i32) (result i32) i32.const 64)
      (func (export "free") (param i32))
      (func (export "crypt32_drop") (param i32 i32 i32 i32 i32 i32) (result i32) unreachable))`,
  );
  const fails = join(folder, "fails.wasm");
  execFileSync(join(root, "www/node_modules/.bin/wasm-as"), [text, "-o", fails]);
  const events = lines.map(line);
  const { kept, stderr } = run(events, fails);
  deepStrictEqual(kept, events);
  ok(/all further events pass/.test(stderr), stderr);
});

test("the guide shows the options of the script", () => {
  const shown = shownIn("logstash");
  strictEqual(shown.length, 1);
  const script = readFileSync(join(root, "crates/hosts/functions/logstash/crypt32.rb"), "utf8");
  for (const [, name] of shown[0].text.matchAll(/"(\w+)" =>/g))
    ok(script.includes(`params.fetch("${name}")`), name);
});

if (process.env.TIME) {
  test("the CPU time of an event", { skip }, (t) => {
    t.diagnostic(run(numbered(100_000).map(line), module, { MEASURE: "1" }).stderr);
  });
}
