// The module stops in the middle of a file. That costs one line, or at most the rest of the file,
// and never the page.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { serve } from "../../scripts/serve.mjs";
import { done, drop, openPage, root, take } from "./browser.mjs";
import { classify, fixture, native, parse, sorted } from "./compare.mjs";
import { browserForTests, folderForTests } from "./suite.mjs";
import { trapping, WORDS } from "./trapping.mjs";

const dir = folderForTests();
const browser = browserForTests();
const builds = {};
let server;

before(async () => {
  const whole = readFileSync(join(root, "dist/page/crypt32_page.wasm"));
  const module = trapping(whole);
  const folder = join(dir, "page");
  cpSync(join(root, "dist/page"), folder, { recursive: true });
  writeFileSync(join(folder, "crypt32_page.wasm"), module);
  server = await serve(folder);
  builds.served = `http://127.0.0.1:${server.address().port}/`;
  const html = readFileSync(join(root, "dist/crypt32-triage.html"), "utf8");
  const single = join(dir, "single.html");
  const text = module.toString("base64");
  writeFileSync(
    single,
    html.replace(whole.toString("base64"), () => text),
  );
  builds.single = pathToFileURL(single).href;
});
after(() => server?.close());

const good = sampleLog(1)
  .filter((line) => line.startsWith("{"))
  .slice(0, 60);
/** A line at which the module stops, and its replacement when it is skipped. */
const bad = `{"word":"${WORDS.piece}"}`;
const LEFT_OUT = "{}";

const bytes = (...lines) => Buffer.from(lines.map((line) => `${line}\n`).join(""));
const notes = (page) => page.locator(".notes li").allTextContents();
const state = (page, wanted) =>
  page.waitForFunction((wanted) => document.documentElement.dataset.state === wanted, wanted);

/** Checks that the page has a row for each event that the command finds in the same files. */
async function assertRows(page, files, message) {
  const rows = sorted(parse((await take(page, "ndjson")).text));
  assert.deepEqual(rows, sorted(classify(dir, files)), message);
}

const CASES = {
  "in the middle": [good, bad, good],
  "as the first line": [bad, good],
  "as the last line": [good, bad],
  "as the only line": [bad],
  "twice, one after the other": [good, bad, bad, good],
  "three times": [good, bad, good, bad, good, bad, good],
};
for (const [where, parts] of Object.entries(CASES)) {
  for (const end of ["\n", "\r\n", "none"]) {
    test(`${where}, line ends ${JSON.stringify(end)}: the lines are named, and everything else is read`, async () => {
      const page = await openPage(browser, builds[end === "\n" ? "single" : "served"]);
      const lines = parts.flat();
      const lineEnd = end === "none" ? "\n" : end;
      const text = (lines) => Buffer.from(lines.join(lineEnd) + (end === "none" ? "" : lineEnd));
      const files = (lines) => [
        { name: "before.ndjson", bytes: bytes(...good) },
        { name: "bad.ndjson", bytes: text(lines) },
        { name: "after.ndjson", bytes: bytes(...good) },
      ];
      await drop(page, files(lines));
      const places = lines.flatMap((line, i) => (line === bad ? [i + 1] : []));
      const said = await notes(page);
      assert.equal(said.length, places.length, said.join("\n"));
      for (const [i, line] of places.entries()) {
        const at =
          text([...lines.slice(0, line - 1), ""]).length - (end === "none" ? 0 : lineEnd.length);
        const words = `bad.ndjson: line ${line} (byte ${at}) was skipped: the reader stopped there (RuntimeError: unreachable)`;
        assert.ok(said[i].startsWith(words), said[i]);
      }
      const unread = places.length === 1 ? "1 place was not read." : `${places.length} places were`;
      assert.ok((await page.textContent(".sentence")).includes(unread));
      assert.doesNotMatch(await page.textContent(".sentence"), /Nothing else needs review/);
      await assertRows(page, files(lines.map((line) => (line === bad ? LEFT_OUT : line))));
      // Files that are opened later are read normally.
      const next = [{ name: "next.ndjson", bytes: bytes(...good) }];
      await drop(page, next);
      assert.deepEqual(await notes(page), []);
      await assertRows(page, next);
      await page.assertQuiet();
      await page.close();
    });
  }
}

test("too many of them: the part before the ninth is read, and then the next file", async () => {
  const page = await openPage(browser, builds.served);
  const files = (bad) => [
    { name: "bad.ndjson", bytes: bytes(...Array(8).fill(bad), ...good) },
    { name: "after.ndjson", bytes: bytes(...good) },
  ];
  const [first, second] = files(bad);
  await drop(page, [
    { ...first, bytes: Buffer.concat([first.bytes, bytes(bad, ...good)]) },
    second,
  ]);
  const said = await notes(page);
  assert.equal(said.length, 9);
  const line = 8 + good.length + 1;
  assert.match(
    said[8],
    new RegExp(
      `^bad.ndjson: stopped at line ${line} \\(byte ${first.bytes.length}\\): .*the rest of the file was not`,
    ),
  );
  await assertRows(page, files(LEFT_OUT));
  await page.assertQuiet();
  await page.close();
});

test("far inside a large file: later records keep their positions", async () => {
  const page = await openPage(browser, builds.served);
  const many = Array.from({ length: 300 }, () => good).flat();
  const name = "large.ndjson";
  assert.ok(bytes(...many).length > 9 << 20);
  const lines = (line) => bytes(...many, line, ...good.slice(0, 5));
  await drop(page, [{ name, bytes: lines(bad) }]);
  const [said] = await notes(page);
  assert.match(said, new RegExp(`line ${many.length + 1} \\(byte ${bytes(...many).length}\\)`));
  const ledger = JSON.parse((await take(page, "ledger")).text);
  await page.fill("[type=search]", "");
  await page.focus("[role=grid]");
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".explain:not([hidden])");
  // The record, unchanged from the file.
  const raw = await page.textContent(".explain .raw");
  assert.ok(
    good.some((line) => JSON.stringify(JSON.parse(line)) === JSON.stringify(JSON.parse(raw))),
    raw,
  );
  assert.ok(ledger.benign > 0);
  await page.assertQuiet();
  await page.close();
});

test("in a packed file: the part read before it stays", async () => {
  const page = await openPage(browser, builds.served);
  // Stored without compression, so that the file contains the word.
  const packed = gzipSync(bytes(...good, bad, ...good), { level: 0 });
  await drop(page, [
    { name: "bad.ndjson.gz", bytes: packed },
    { name: "after.ndjson", bytes: bytes(...good) },
  ]);
  const [said] = await notes(page);
  const [, at] = /^bad\.ndjson\.gz: stopped at byte (\d+): the reader stopped there/.exec(said);
  const word = packed.indexOf(WORDS.piece);
  assert.ok(Number(at) > word - 2048 && Number(at) <= word, said);
  const rows = parse((await take(page, "ndjson")).text);
  const of = (name) => rows.filter(({ file }) => file === name).length;
  assert.ok(of("after.ndjson") > 0);
  assert.ok(of("bad.ndjson.gz") > 0 && of("bad.ndjson.gz") <= of("after.ndjson"));
  await page.click("[data-take=tag]");
  const status = page.locator(".take [role=status]");
  await status
    .filter({ hasText: "Omitted, because the reader stopped in it: bad.ndjson.gz" })
    .waitFor();
  await page.assertQuiet();
  await page.close();
});

test("in a binary log, and in UTF-16: the part before it is read", async () => {
  const page = await openPage(browser, builds.served);
  const evt = Buffer.from(fixture("evt/crypt32_event8_clean.evt"));
  const place = evt.length >> 1;
  evt.write(WORDS.piece, place);
  const wide = Buffer.from(`\ufeff${bytes(...good, bad, ...good)}`, "utf16le");
  // In UTF-16 the word has other bytes.
  const word = wide.indexOf(Buffer.from(WORDS.piece, "utf16le"));
  wide.write(WORDS.piece, word);
  await drop(page, [
    { name: "bad.evt", bytes: evt },
    { name: "bad.utf16.log", bytes: wide },
    { name: "after.ndjson", bytes: bytes(...good) },
  ]);
  const said = (await notes(page)).join("\n");
  const at = (name) =>
    Number(new RegExp(`^${name}: stopped at byte (\\d+): the reader`, "m").exec(said)?.[1]);
  assert.ok(at("bad.evt") <= place, said);
  assert.ok(at("bad.utf16.log") > word - 2048 && at("bad.utf16.log") <= word, said);
  assert.match(await page.textContent(".sentence"), /2 places were not read/);
  const rows = parse((await take(page, "ndjson")).text);
  for (const name of ["bad.utf16.log", "after.ndjson"]) {
    assert.ok(
      rows.some(({ file }) => file === name),
      name,
    );
  }
  await page.assertQuiet();
  await page.close();
});

test("at the end of a file, whatever is skipped: it is not read, and the others are read", async () => {
  const page = await openPage(browser, builds.served);
  const files = (text) => [
    { name: "before.ndjson", bytes: bytes(...good) },
    { name: "bad.ndjson", bytes: text },
    { name: "after.ndjson", bytes: bytes(...good) },
  ];
  await drop(page, files(bytes(...good, `{"word":"${WORDS.end}"}`, ...good)));
  assert.match((await notes(page)).join(), /^bad\.ndjson: not read: the reader stopped in it/);
  await assertRows(page, files(Buffer.alloc(0)));
  await page.assertQuiet();
  await page.close();
});

test("exports have everything, including parts that could not be read", async () => {
  const page = await openPage(browser, builds.served);
  await drop(page, [{ name: "bad.ndjson", bytes: bytes(...good, bad, ...good) }]);
  const path = join(dir, "good.ndjson");
  writeFileSync(path, bytes(...good));
  for (const action of ["tag", "drop"]) {
    const args = ["filter", "-q", "--action", action, path];
    const half = execFileSync(native, args).toString();
    const { text } = await take(page, action);
    assert.equal(text, `${half}${bad}\n${half}`);
  }
  assert.match(
    await page.textContent(".take [role=status]"),
    /The places where the reader stopped in bad\.ndjson were not changed or counted/,
  );
  const { text } = await take(page, "markdown");
  assert.match(text, /## Not read\n\n- bad.ndjson: line 61 /);
  await page.assertQuiet();
  await page.close();
});

test("while a file is written: the page reads again, and goes on", async () => {
  const page = await openPage(browser, builds.served);
  const files = [
    { name: "taken.ndjson", bytes: bytes(...good, `{"word":"${WORDS.filter}"}`, ...good) },
  ];
  await drop(page, files);
  assert.deepEqual(await notes(page), []);
  for (const what of ["drop", "tag", "ledger", "drop"]) {
    await page.click(`[data-take=${what}]`);
    const status = page.locator(".take [role=status]");
    await status.filter({ hasText: "Writing failed: RuntimeError" }).waitFor();
    await state(page, "reading");
    await state(page, "done");
    await assertRows(page, files, what);
  }
  await page.assertQuiet();
  await page.close();
});

/** A file in which the module stops after a gigabyte of zeros, which take no disk space. */
function late(name) {
  const path = join(dir, name);
  writeFileSync(path, bytes(...good));
  truncateSync(path, 2 ** 30);
  appendFileSync(path, Buffer.concat([Buffer.from("\n"), bytes(bad, ...good)]));
  return path;
}

const looking = (page) =>
  page.locator(".status", { hasText: "searching for the place" }).waitFor({ timeout: 60_000 });

test("cancelled during the search for the place: the part before is kept", async () => {
  const page = await openPage(browser, builds.served);
  const next = join(dir, "next.ndjson");
  writeFileSync(next, bytes(...good));
  await page.setInputFiles("input[type=file]", [next, late("late.ndjson"), next]);
  await looking(page);
  await page.click("text=Cancel");
  await done(page);
  const said = (await notes(page)).join("\n");
  assert.match(said, /^late\.ndjson: stopped at byte \d+: the reader stopped there/m);
  assert.match(await page.textContent(".status"), /stopped before the end/);
  const rows = parse((await take(page, "ndjson")).text);
  assert.equal(
    rows.filter(({ file }) => file === "late.ndjson").length,
    rows.filter(({ file }) => file === "next.ndjson").length,
  );
  await page.assertQuiet();
  await page.close();
});

test("another file is opened during the search for the place", async () => {
  const page = await openPage(browser, builds.served);
  await page.setInputFiles("input[type=file]", late("late.ndjson"));
  await looking(page);
  const files = [{ name: "next.ndjson", bytes: bytes(...good) }];
  await drop(page, files);
  assert.match(await page.textContent(".status"), /^next\.ndjson/);
  assert.deepEqual(await notes(page), []);
  await assertRows(page, files);
  await page.assertQuiet();
  await page.close();
});

test("an error in the worker itself: while it reads, and while it waits", async () => {
  const page = await openPage(browser, browser.builds.served);
  const raise = () =>
    page.workers()[0].evaluate(() => {
      setTimeout(() => {
        throw new Error("mine");
      });
    });
  const path = join(dir, "zeros.log");
  writeFileSync(path, bytes(...good));
  truncateSync(path, 2 ** 31);
  const next = join(dir, "next.ndjson");
  writeFileSync(next, bytes(...good));
  await page.setInputFiles("input[type=file]", [path, next]);
  await page.waitForFunction(() =>
    /[1-9]\d* MB of/.test(document.querySelector(".status").textContent),
  );
  await raise();
  await done(page);
  assert.match((await notes(page)).join(), /zeros\.log: stopped at byte \d+: .*mine/);
  const rows = parse((await take(page, "ndjson")).text);
  assert.ok(rows.some(({ file }) => file === "next.ndjson"));
  const files = [{ name: "after.ndjson", bytes: bytes(...good) }];
  await drop(page, files);
  const [before] = page.workers();
  await raise();
  await page.waitForFunction(() => true);
  while (page.workers().includes(before)) await new Promise((resolve) => setTimeout(resolve, 20));
  await state(page, "done");
  await assertRows(page, files);
  await page.close();
});
