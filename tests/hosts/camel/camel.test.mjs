// Runs the shipped route in Apache Camel with the commands of docs/camel.md: the lines that it writes
// must be those that the native command keeps, byte for byte. Then breaks the module: the records must
// pass, or Camel must not start.
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { commands, shownIn } from "../../documents/shown.mjs";
import { until } from "../streams/kafka.mjs";
import { native, numbered, root, samples } from "../streams/records.mjs";

const COUNT = Number(process.env.RECORDS ?? 2000);
const tools = join(root, ".tools/camel");
const shipped = join(root, "dist/camel");
const built = join(root, "dist/crypt32_plain.wasm");
const folder = mkdtempSync(join(tmpdir(), "crypt32-camel-"));
after(() => rmSync(folder, { recursive: true }));
const lacks = ["java", "mvn"].filter((name) => spawnSync("which", [name]).status !== 0);
const skip = lacks.length > 0 && process.env.CI !== "true" && `there is no ${lacks}`;
const shown = shownIn("camel");
/** The commands of the guide: copy, fetch the jars, fill the folder, start. */
const [copy, fetch, fill, start] = shown
  .filter(({ language }) => language === "sh")
  .flatMap(commands)
  .map(({ command }) => command.replaceAll("/path/to/crypt32-filter", root));

const shell = (command, cwd) => {
  const { status, stderr } = spawnSync("bash", ["-c", command], { cwd, encoding: "utf8" });
  strictEqual(status, 0, `${command}\n${stderr}`);
};

before(() => {
  if (skip) return;
  const sum = readFileSync(join(shipped, "pom.xml"), "utf8") + fetch;
  const made = join(tools, "made");
  if (existsSync(made) && readFileSync(made, "utf8") === sum) return;
  console.error("set-up: Apache Camel from Maven Central ...");
  rmSync(tools, { recursive: true, force: true });
  mkdirSync(tools, { recursive: true });
  copyFileSync(join(shipped, "pom.xml"), join(tools, "pom.xml"));
  shell(fetch, tools);
  writeFileSync(made, sum);
});

const END = '{"the":"end"}\n';

/**
 * Runs the route on lines, until it wrote the last one and logged what matches `logs`. Returns what
 * it wrote, without the last line, and its exit code and log. `seconds` is how long the writer of
 * the input goes on after the start.
 */
async function run(lines, module = built, { seconds = 0, logs = /^/ } = {}) {
  const cwd = mkdtempSync(join(folder, "run-"));
  shell(copy, cwd);
  rmSync(join(cwd, "crypt32_plain.wasm"));
  if (module) cpSync(module, join(cwd, "crypt32_plain.wasm"));
  symlinkSync(join(tools, "jars"), join(cwd, "jars"));
  const parts = [...lines, Buffer.from(END)];
  const first = seconds > 0 ? 1 : parts.length;
  writeFileSync(join(cwd, "app.ndjson"), Buffer.concat(parts.slice(0, first)));
  shell(fill, cwd);
  const child = spawn("bash", ["-c", `exec ${start}`], { cwd });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      log += chunk;
    });
  const writer = openSync(join(cwd, "in/app.ndjson"), "a");
  for (const part of parts.slice(first)) {
    await sleep((seconds * 1000) / parts.length);
    writeSync(writer, part);
  }
  closeSync(writer);
  const out = join(cwd, "out/app.ndjson");
  const read = () => (existsSync(out) ? readFileSync(out) : Buffer.alloc(0));
  const done = () =>
    child.exitCode !== null ||
    (read().subarray(-END.length).equals(Buffer.from(END)) && logs.test(log));
  try {
    await until("the last line is written, and the log has its line", done, seconds > 0 ? 60 : 600);
    const code = child.exitCode;
    if (code === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    return { written: read().subarray(0, -END.length), code, log };
  } finally {
    child.kill("SIGKILL");
  }
}

const odd = ["", "\r", '{"a":1}', "{", "\xff\xfe\x00 crypt32 \x80", `${samples[0].payload}\r`];
const lines = [
  ...samples.map(({ payload }) => Buffer.from(`${payload}\n`)),
  ...odd.map((text) => Buffer.from(`${text}\n`, "latin1")),
];
const stays = (line) => native("drop", line).length > 0;

test("every fixture, and other bytes", { skip }, async () => {
  const { written, log } = await run(lines);
  const kept = lines.filter(stays);
  ok(kept.length < lines.length / 2);
  ok(written.equals(Buffer.concat(kept)), log);
});

test(`${COUNT} records`, { skip }, async (t) => {
  const many = numbered(COUNT).map((line) => `${line}\n`);
  const since = Date.now();
  const { written } = await run(many.map((line) => Buffer.from(line)));
  t.diagnostic(`${Math.round(COUNT / ((Date.now() - since) / 1000))} records/s, with the start`);
  const number = (text) => /"RecordNumber":(\d+)/.exec(text)[1];
  const kept = native("drop", many.join("")).toString().trimEnd().split("\n").map(number);
  const numbers = new Set(kept);
  strictEqual(written.toString(), many.filter((line) => numbers.has(number(line))).join(""));
});

test("a file that is still being written stays whole", { skip }, async () => {
  const some = lines.slice(-40);
  const { written, log } = await run(some, built, { seconds: 15 });
  ok(written.equals(Buffer.concat(some.filter(stays))), log);
});

test("without a module, or with a broken one, Camel does not start", { skip }, async () => {
  const cut = join(folder, "cut.wasm");
  writeFileSync(cut, readFileSync(built).subarray(0, 100_000));
  for (const broken of [cut, null]) {
    const { code, written, log } = await run(lines, broken);
    notStrictEqual(code, 0);
    notStrictEqual(code, null);
    deepStrictEqual(written.length, 0);
    match(log, /Failed to create route.*\n?[\s\S]*(crypt32_plain\.wasm|wasm\.Malformed)/);
  }
});

test("if calls fail, all records pass, and that is logged once", { skip }, async () => {
  const text = join(folder, "fails.wat");
  writeFileSync(
    text,
    `(module (memory (export "memory") 64)
      (func (export "alloc") (param i32) (result i32) i32.const 64)
      (func (export "dealloc") (param i32 i32))
      (func (export "camel_action") (param i32 i32) (result i64) unreachable))`,
  );
  const fails = join(folder, "fails.wasm");
  execFileSync(join(root, "www/node_modules/.bin/wasm-as"), [text, "-o", fails]);
  // Camel logs in another thread than it writes.
  const logs = /records pass without an answer/;
  const { written, log } = await run(lines, fails, { logs });
  ok(written.equals(Buffer.concat(lines)), log);
  strictEqual(log.match(new RegExp(logs, "g")).length, 1, log);
});

test("the guide shows what is shipped", () => {
  const route = readFileSync(join(shipped, "route.yaml"), "utf8").replaceAll(/^ +/gm, "");
  const parts = shown.filter(({ language }) => language === "yaml");
  strictEqual(parts.length, 1);
  ok(route.includes(parts[0].text.replaceAll(/^ +/gm, "")));
});
