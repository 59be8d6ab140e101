// Runs the guide's scripts unchanged in a project that has installed the package.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { Filter } from "../../pkg/node.js";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { project, root, tools } from "./project.mjs";

const scripts = join(root, "docs/scripts");
const log = Buffer.from(`${sampleLog(1).join("\n")}\n`);
const dropped = filtered({ action: "drop" });
const review = sampleLog(3).find((line) => line.includes("lab-cache"));

function filtered(options) {
  const filter = new Filter(options);
  const bytes = Buffer.concat([filter.push(log), filter.finish()]);
  return { bytes, ledger: filter.ledger() };
}

// browser.test.mjs runs the script for browsers.
const ran = new Set(["browser-fetch.html"]);
let dir;
let remove;
before(() => {
  ({ dir, remove } = project("pino", "express"));
  cpSync(scripts, dir, { recursive: true });
  writeFileSync(join(dir, "app.ndjson"), log);
});
after(() => remove?.());

/** Runs a script of the guide to its end. */
function run(command, input) {
  const [program, ...args] = command;
  ran.add(args.find((arg) => /\.(mjs|ts)$/.test(arg)));
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: dir,
    input,
    maxBuffer: 1 << 28,
    env: { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  });
  assert.ifError(error);
  return { status, stdout, stderr: stderr.toString() };
}

/** The same for a script that must succeed. */
function runWell(command, input) {
  const { status, stdout, stderr } = run(command, input);
  assert.equal(status, 0, stderr);
  return { stdout, stderr };
}

const node = process.execPath;

test("filter-file", () => {
  const { stdout } = runWell([node, "filter-file.mjs", "app.ndjson", "kept"]);
  assert.ok(readFileSync(join(dir, "kept")).equals(dropped.bytes));
  const ledger = JSON.parse(readFileSync(join(dir, "kept.ledger.json")));
  assert.deepEqual(ledger, dropped.ledger);
  assert.match(stdout.toString(), new RegExp(`, ${ledger.dropped} dropped, `));
});

test("chunks", () => {
  const { stdout } = runWell([node, "chunks.mjs"], log);
  assert.ok(stdout.equals(filtered({ action: "drop", keepEvery: 100 }).bytes));
});

test("object-stream", () => {
  const { stdout } = runWell([node, "object-stream.mjs"], log);
  const words = stdout.toString().trim().split("\n");
  const records = log
    .toString()
    .split("\n")
    .filter((line) => line.startsWith("{"));
  assert.equal(words.length, records.length);
  assert.ok(words.includes("benign") && words.includes("other"));
});

test("report-log", () => {
  writeFileSync(join(dir, "mixed.gz"), gzipSync(Buffer.concat([log, Buffer.from(review)])));
  const { status, stdout } = run([node, "report-log.mjs", "mixed.gz"]);
  assert.equal(status, 1);
  assert.match(stdout.toString(), /^\d+ benign, [1-9]\d* to review, of \d+ records\n.+ times, /);
});

test("explain-reviews", () => {
  const { stdout } = runWell([node, "explain-reviews.mjs"], `${review}\n${log}`);
  assert.match(stdout.toString(), /^review, /);
  assert.match(stdout.toString(), /FAILED {2}url/);
});

test("worker-thread", () => {
  writeFileSync(join(dir, "two.ndjson"), log);
  const { stdout } = runWell([node, "worker-thread.mjs", "app.ndjson", "two.ndjson"]);
  for (const name of ["app.ndjson", "two.ndjson"]) {
    assert.ok(readFileSync(join(dir, `${name}.kept`)).equals(dropped.bytes), name);
    assert.ok(stdout.toString().includes(`${name}: ${dropped.ledger.dropped} of`));
  }
});

test("pino-transport", () => {
  const { stdout } = runWell([node, "pino-transport.mjs"], log);
  const out = stdout.toString().trim().split("\n").map(JSON.parse);
  const records = log
    .toString()
    .split("\n")
    .filter((line) => line.startsWith("{"));
  assert.equal(out.length, records.length);
  const tagged = out.filter(({ kb }) => kb?.verdict === "benign").length;
  assert.ok(tagged > 100, `${tagged} tagged`);
  assert.ok(out.every(({ level }) => level !== undefined));
});

test("pino: without a target after it, it says so instead of blocking", () => {
  const program = `import pino from "pino";
    const transport = pino.transport({ target: "crypt32-filter/pino" });
    transport.on("error", (error) => { console.log(error.message); process.exit(3); });
    pino(transport).info("x");
    // An application keeps running. At its end, pino only reports that its worker is gone.
    setInterval(() => {}, 1000);`;
  const { status, stdout } = spawnSync(node, ["--input-type=module", "-e", program], { cwd: dir });
  assert.equal(status, 3);
  assert.match(stdout.toString(), /is a step of a pipeline; name a target after it/);
});

test("s3-stream", async () => {
  let stored;
  const server = createServer(async (request, response) => {
    if (request.method === "GET") return response.end(gzipSync(log));
    const chunks = await request.toArray();
    stored = gunzipSync(Buffer.concat(chunks));
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  ran.add("s3-stream.mjs");
  const child = spawn(node, ["s3-stream.mjs", `${address}/log.gz`, `${address}/kept.gz`], {
    cwd: dir,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [code] = await once(child, "exit");
  server.close();
  assert.equal(code, 0);
  assert.ok(stored.equals(dropped.bytes));
});

test("express-upload", async () => {
  ran.add("express-upload.mjs");
  const child = spawn(node, ["express-upload.mjs", "0"], {
    cwd: dir,
    stdio: ["ignore", "pipe", 2],
  });
  try {
    const [line] = await once(child.stdout, "data");
    const address = new URL(line.toString().trim());
    const post = (path) => fetch(new URL(path, address), { method: "POST", body: log });
    const kept = await post("/filter?action=drop");
    assert.ok(Buffer.from(await kept.arrayBuffer()).equals(dropped.bytes));
    const { totals } = await (await post("/report")).json();
    assert.ok(totals.benign > 100);
    const wrong = await post("/filter?action=delete");
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /"action" takes tag, drop, observe/);
  } finally {
    child.kill();
  }
});

test("tail-file", async () => {
  ran.add("tail-file.mjs");
  const file = join(dir, "growing.ndjson");
  writeFileSync(file, `${review}\n`);
  const child = spawn(node, ["tail-file.mjs", file], { cwd: dir, stdio: ["ignore", "pipe", 2] });
  let out = "";
  const seen = (times) => out.split("\n").length - 1 >= times;
  child.stdout.on("data", (data) => {
    out += data;
  });
  try {
    while (!seen(1)) await once(child.stdout, "data");
    appendFileSync(file, `${review.slice(0, 100)}`);
    appendFileSync(file, `${review.slice(100)}\n{"a":1}\n`);
    while (!seen(2)) await once(child.stdout, "data");
    assert.match(out, /^(\S+: .*url.*\n){2}$/);
  } finally {
    child.kill();
  }
});

for (const [name, args] of [
  ["deno", ["run", "--no-prompt", "--allow-read", "deno.ts"]],
  ["bun", ["run", "bun.ts"]],
]) {
  test(name, () => {
    const { stdout, stderr } = runWell([join(tools, ".bin", name), ...args, "app.ndjson"]);
    assert.ok(stdout.equals(dropped.bytes), "other bytes");
    assert.match(stderr, new RegExp(`${dropped.ledger.dropped} dropped`));
  });
}

test("each script was run", () => {
  const all = readdirSync(scripts);
  assert.deepEqual([...ran].sort(), all.sort());
  assert.ok(all.length >= 10);
});
