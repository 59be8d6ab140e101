// Tests a module that stops in the middle of a call, because its memory is small. The call fails
// with a code, and later calls work.
import assert from "node:assert/strict";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { kit } from "./kit.mjs";
import { limited } from "./limited.mjs";
import { pkg } from "./project.mjs";

const dir = mkdtempSync(join(tmpdir(), "crypt32-lost-"));
after(() => rmSync(dir, { recursive: true }));
cpSync(pkg, dir, { recursive: true });
for (const [name, pages] of [
  ["crypt32_filter_bg.wasm", 3],
  ["crypt32_full_bg.wasm", 12],
]) {
  writeFileSync(join(dir, name), limited(readFileSync(join(pkg, name)), pages));
}
const entry = await import(pathToFileURL(join(dir, "node.js")).href);
const { classify, Crypt32FilterStream, Crypt32ModuleError, createFilterStream, explain } = entry;
const { Filter, report } = entry;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

const benign = kit.samples.find(({ id }) => id === "winlogbeat5").payload;
const record = Buffer.from(`${benign}\n`);
/** More than the module's memory. */
const large = Buffer.alloc(256 * 1024, "a line\n");
const stopped = { name: "Error", code: "ERR_CRYPT32_MODULE", message: /stopped/ };

function assertSound() {
  assert.equal(classify(benign).verdict, "benign");
  const filter = new Filter({ action: "drop" });
  assert.equal(filter.push(record).length, 0);
  assert.equal(filter.ledger().dropped, 1);
  filter.free();
}

test("a filter whose module stops is lost, and says so; another one works", () => {
  const filter = new Filter();
  filter.push(record);
  assert.throws(() => filter.push(large), stopped);
  for (const ask of [
    () => filter.push(record),
    () => filter.pieces(record),
    () => filter.ledger(),
    () => filter.finish(),
  ]) {
    assert.throws(
      ask,
      (error) => error instanceof Crypt32ModuleError && /lost/.test(error.message),
    );
  }
  filter.free();
  filter.free();
  assertSound();
});

test("other streams of the instance end with that error, and nothing else happens", async () => {
  const streams = [createFilterStream(), createFilterStream({ objectMode: true })];
  const web = new Crypt32FilterStream();
  streams[0].write("half a line");
  assert.throws(() => new Filter().push(large), stopped);
  for (const stream of streams) {
    const failed = once(stream, "error");
    stream.write(stream.readableObjectMode ? { EventID: 8 } : "a line\n");
    const [error] = await failed;
    assert.equal(error.code, "ERR_CRYPT32_MODULE");
    assert.throws(() => stream.ledger(), { code: "ERR_CRYPT32_MODULE" });
  }
  const reading = new Response(web.readable).text();
  const writer = web.writable.getWriter();
  writer.closed.catch(() => {});
  await assert.rejects(writer.write(record), { code: "ERR_CRYPT32_MODULE" });
  await assert.rejects(reading);
  assertSound();
});

test("a stream whose chunk stops the module ends, and does not throw", async () => {
  const stream = createFilterStream();
  const failed = once(stream, "error");
  stream.write(large);
  const [error] = await failed;
  assert.equal(error.code, "ERR_CRYPT32_MODULE");
  assertSound();
});

test("a record that is too large for the module costs no filter", () => {
  const filter = new Filter();
  filter.push(Buffer.from(benign));
  for (const ask of [classify, explain]) {
    assert.throws(() => ask(Buffer.alloc(1 << 20, 65)), stopped);
  }
  filter.push(Buffer.from("\n"));
  assert.equal(filter.ledger().tagged, 1);
  assertSound();
});

test("a report that takes too much costs no other report", async () => {
  const whole = async () => (await report(record)).totals.benign;
  // More than one step of the stream.
  const much = Buffer.alloc(1 << 20, "a line\n");
  const [failed, ...others] = await Promise.allSettled([report(much), whole(), whole()]);
  assert.equal(failed.reason?.code, "ERR_CRYPT32_MODULE");
  assert.deepEqual(
    others.map(({ value }) => value),
    [1, 1],
  );
  assert.equal(await whole(), 1);
  assertSound();
});

test("repeatedly, and lost filters are collected without an error", async () => {
  for (let round = 0; round < 20; round++) {
    const beside = new Filter();
    beside.push(Buffer.from("half a line"));
    assert.throws(() => new Filter().push(large), stopped);
    assertSound();
  }
  for (let i = 0; i < 5; i++) {
    collectGarbage();
    // If a finaliser threw, this would be an uncaught exception.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assertSound();
});
