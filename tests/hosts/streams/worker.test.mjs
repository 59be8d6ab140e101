// Tests the modules for Debezium's transformations in a real distributed worker of Kafka Connect: the
// records in each topic must be those of the native command, also after the worker is killed.
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { blocks } from "../../documents/shown.mjs";
import { dist } from "./engines.mjs";
import { cpu, Kafka, ports, until } from "./kafka.mjs";
import { native, numbered, root, samples, shares } from "./records.mjs";

const COUNT = Math.min(Number(process.env.RECORDS ?? 100_000), 100_000);
const tools = join(root, ".tools/streams");
const folder = mkdtempSync(join(tmpdir(), "crypt32-worker-"));
const shipped = readFileSync(join(root, "crates/hosts/debezium/connector.json"), "utf8");
const END = '{"the":"end"}';
let kafka;
let worker;

before(async () => {
  kafka = await Kafka.start();
  worker = await startWorker();
});

after(async () => {
  worker?.process.kill("SIGKILL");
  await kafka?.stop();
  rmSync(folder, { recursive: true });
});

async function startWorker() {
  const [port] = await ports(1);
  const storage = ["config", "offset", "status"].flatMap((name) => [
    `${name}.storage.topic=connect-${name}`,
    `${name}.storage.replication.factor=3`,
  ]);
  const converters = ["key", "value"].map(
    (name) => `${name}.converter=org.apache.kafka.connect.storage.StringConverter`,
  );
  const settings = [
    `bootstrap.servers=${kafka.brokers}`,
    "group.id=connect",
    `listeners=http://127.0.0.1:${port}`,
    `plugin.path=${join(tools, "plugins")}`,
    "offset.flush.interval.ms=1000",
    "offset.storage.partitions=1",
    ...storage,
    ...converters,
  ];
  const file = join(folder, "worker.properties");
  writeFileSync(file, settings.join("\n"));
  const main = "org.apache.kafka.connect.cli.ConnectDistributed";
  const process = spawn("java", ["-Xmx512m", "-cp", `${tools}/worker/*`, main, file], {
    stdio: "ignore",
  });
  const url = `http://127.0.0.1:${port}/connectors`;
  await until(
    "the worker answers",
    () =>
      fetch(url).then(
        (answer) => answer.ok,
        () => false,
      ),
    300,
  );
  return { process, url };
}

/** Starts the shipped connector with another name and paths. */
async function connect(name, changes = {}) {
  const file = join(folder, `${name}.ndjson`);
  const text = shipped
    .replaceAll("file:///opt/crypt32/", `file://${root}/dist/`)
    .replace("/var/log/app.ndjson", file);
  const { config } = JSON.parse(text);
  kafka.run("create", "1", "3", name, `${name}-review`);
  const response = await fetch(worker.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, config: { ...config, topic: name, ...changes } }),
  });
  return { file, status: response.status, answer: await response.text() };
}

/** The status of a connector's task. */
async function task(name) {
  const { tasks } = await fetch(`${worker.url}/${name}/status`).then((answer) => answer.json());
  return tasks?.[0];
}

/** The number of records in a topic. */
const size = (topic) => Number(kafka.run("lag", "nobody", topic).toString());

/** The records in a topic as text. */
const values = (topic) =>
  kafka.records(topic).map(({ value }) => Buffer.from(value, "latin1").toString());

/** Waits for the last line, and returns the records in both topics. */
async function arrived(name, seconds = 300) {
  const last = async () => {
    const { state, trace } = (await task(name)) ?? {};
    if (state === "FAILED") throw new Error(trace);
    const all = values(name);
    return all.includes(END) && all;
  };
  const all = await until(`${name}: the last record arrives`, last, seconds);
  return { kept: all.filter((value) => value !== END), review: values(`${name}-review`) };
}

/** Where the native command puts a line. */
function place(line) {
  if (native("drop", `${line}\n`).length === 0) return "dropped";
  const tagged = native("tag", `${line}\n`, "--output", "ndjson").toString();
  return tagged.includes('"kb":{"verdict":"review"') ? "review" : "kept";
}

test("the guide shows the shipped connector", () => {
  const shown = blocks.filter(
    ({ language, text }) => language === "json" && text.includes("io.debezium"),
  );
  strictEqual(shown.length, 1);
  ok(shipped.replaceAll(/^ +/gm, "").includes(shown[0].text.trim()), shown[0].where);
});

test("every fixture is dropped, kept or routed as by the native command", async () => {
  const { file, status, answer } = await connect("fixtures");
  strictEqual(status, 201, answer);
  const hostile = [
    "{",
    "crypt32",
    "",
    `{"x":"crypt32${"y".repeat(900_000)}"}`,
    "\u{1f600} crypt32",
  ];
  const lines = [...samples.map(({ payload }) => payload), ...hostile];
  // The module does not see the bytes after a NUL.
  const cut = `${samples[0].payload}\u0000 and more`;
  writeFileSync(file, [...lines, cut, END].map((line) => `${line}\n`).join(""));
  const of = (where) => lines.filter((line) => place(line) === where);
  ok(of("dropped").length > 30 && of("review").length > 3);
  const { kept, review } = await arrived("fixtures");
  deepStrictEqual(kept, [...of("kept"), cut]);
  deepStrictEqual(review, of("review"));
});

test(`${COUNT} records, and the worker is killed: nothing is lost`, async (t) => {
  const { file } = await connect("many", { "errors.tolerance": "all" });
  const lines = numbered(COUNT);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  await until("some records arrived", () => size("many") > COUNT / 10, 300);
  worker.process.kill("SIGKILL");
  await once(worker.process, "exit");
  const before = size("many");
  ok(before < COUNT * 0.8, "the worker was killed too late");
  worker = await startWorker();
  appendFileSync(file, `${END}\n`);
  const { kept, review } = await arrived("many", 600);
  t.diagnostic(`killed after ${before} records; ${kept.length} arrived`);
  const output = native("drop", lines.map((line) => `${line}\n`).join("")).toString();
  const number = (line) => Number(/"RecordNumber":(\d+)/.exec(line)[1]);
  const isReview = (line) => line.includes('"verdict":"review"');
  const expected = (wanted) =>
    output
      .split("\n")
      .filter((line) => line && isReview(line) === wanted)
      .map(number);
  // A killed worker had not stored its last offsets, so some lines are read again.
  const seen = (values) => [...new Set(values.map(number))].sort((a, b) => a - b);
  deepStrictEqual(seen(kept), expected(false));
  deepStrictEqual(seen(review), expected(true));
  strictEqual(seen(review).length, COUNT * shares.review);
  ok(kept.every((line) => lines[number(line)] === line));
});

if (process.env.TIME) {
  test("the CPU time of a record", async (t) => {
    const lines = numbered(COUNT);
    // The first run warms the worker up.
    const kept = Math.round(COUNT * (1 - shares.dropped - shares.review));
    for (const [name, arriving, changes] of [
      ["warm", kept, {}],
      ["without", COUNT, { transforms: "" }],
      ["with", kept, {}],
    ]) {
      const start = cpu(worker.process.pid);
      const { file } = await connect(name, changes);
      writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
      await until(`${name}: all records arrive`, () => size(name) >= arriving, 600);
      const each = ((cpu(worker.process.pid) - start) / COUNT) * 1e6;
      t.diagnostic(`${name}: ${each.toFixed(1)} µs for each of ${COUNT} records`);
    }
  });
}

test("a missing or broken module stops the connector, and no record passes", async () => {
  const cut = join(folder, "cut.wasm");
  writeFileSync(cut, readFileSync(dist("crypt32_debezium_drop.wasm")).subarray(0, 50_000));
  for (const [i, module] of [join(folder, "missing.wasm"), cut].entries()) {
    const name = `broken${i}`;
    const { file, status } = await connect(name, {
      "transforms.drop.condition": `file://${module}`,
    });
    writeFileSync(file, `${END}\n`);
    if (status === 201) {
      await until("the task fails", async () => (await task(name))?.state === "FAILED", 120);
      ok(/wasm|WASM|chicory/i.test((await task(name)).trace));
    }
    strictEqual(size(name), 0);
  }
});
