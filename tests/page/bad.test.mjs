// Bad input to the page: content that tries to be more than text, and files that are not logs, too
// large, or that vanish.
import assert from "node:assert/strict";
import { closeSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { done, drop, openPage, take } from "./browser.mjs";
import { classify, fixture, parse, sorted } from "./compare.mjs";
import { browserForTests, folderForTests } from "./suite.mjs";

const dir = folderForTests();
const log = Buffer.from(`${sampleLog(1).join("\n")}\n`);

const browser = browserForTests();

/** A log that ends in gigabytes of zeros, which take no disk space. */
function sparse(name, bytes) {
  const path = join(dir, name);
  writeFileSync(path, log);
  truncateSync(path, bytes);
  return path;
}

const reading = (page) =>
  page.waitForFunction(
    () =>
      document.documentElement.dataset.state === "reading" &&
      Number(document.querySelector(".figures .benign .value")?.textContent.replace(/,/g, "")) > 0,
  );

const FORMULA = "=cmd|' /C calc'!A0";
const EVIL = JSON.stringify({
  source_name: "crypt32",
  event_id: 8,
  level: "Error",
  log_name: "Application",
  computer_name: FORMULA,
  "@timestamp": "2010-03-15T11:27:57Z",
  message: "<img src=x onerror=alert(1)><script>alert(2)</script> \u202eevil\u202c \u001b[31mred",
});

/** Characters that control a terminal, a page or an editor. */
const OBEYED = /[^\P{Cc}\t\n\r]|[\p{Cf}\u2028\u2029]/u;

test("malicious content is shown and exported as text", async () => {
  const page = await openPage(browser, browser.builds.single);
  const evil = JSON.parse(EVIL);
  // A benign record, so that the ledger lists the computer.
  const benign = JSON.parse(
    sampleLog(1).find((line) => line.includes('"shape":"') || line.includes("authrootseq")),
  );
  const wide = { ...evil, computer_name: "\uff1dcmd\ufe0f" };
  const lines = [evil, { ...evil, computer_name: "\u001b]0;owned\u0007\u202eexe" }, wide, benign];
  const bytes = Buffer.from(`${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  await drop(page, [{ name: "=<b>evil</b>\u202e.ndjson", bytes }]);
  await page.click(".grid-row");
  await page.waitForSelector(".explain:not([hidden])");
  const text = await page.textContent(".explain");
  assert.match(text, /<img src=x onerror=alert\(1\)>/);
  assert.match(text, /\\u\{?1b/);
  assert.doesNotMatch(await page.textContent("#page"), OBEYED);
  assert.equal(await page.locator("main img, main script, main b").count(), 0);
  const taken = {};
  for (const what of ["csv", "ndjson", "markdown", "ledger"]) {
    taken[what] = (await take(page, what)).text;
    assert.doesNotMatch(taken[what], OBEYED, what);
  }
  assert.match(taken.csv, /,'=cmd/);
  assert.match(taken.csv, /,'\uff1dcmd\\u\{fe0f\},/);
  assert.doesNotMatch(taken.csv, /(^|,)"?\s*[=+@]/m);
  assert.doesNotMatch(taken.markdown, /<(img|script)/);
  // Parsing the exports gives the original names.
  const computers = parse(taken.ndjson).map(({ computer }) => computer);
  assert.ok(computers.includes("\u001b]0;owned\u0007\u202eexe"), computers.join());
  await page.assertQuiet();
  await page.close();
});

test("bad files are explained", async () => {
  const page = await openPage(browser, browser.builds.served);
  const evt = Buffer.from(fixture("evt/crypt32_event8_clean.evt"));
  evt.fill(0xab, 400, 900);
  await drop(page, [
    { name: "empty.log", bytes: Buffer.alloc(0) },
    {
      name: "picture.png",
      bytes: Buffer.from(Array.from({ length: 9000 }, (_, i) => (i * i) >> 3)),
    },
    { name: "cut.gz", bytes: gzipSync(log).subarray(0, 2000) },
    { name: "bomb.gz", bytes: gzipSync(Buffer.alloc(64 << 20)) },
    { name: "corrupt.evt", bytes: evt },
  ]);
  const notes = await page.textContent(".notes");
  assert.match(notes, /empty\.log: the file is empty/);
  assert.match(notes, /picture\.png: /);
  assert.match(notes, /cut\.gz: stopped/);
  assert.match(notes, /bomb\.gz: stopped at byte \d+: unpacks to more than 500 times/);
  assert.match(notes, /corrupt\.evt: /);
  await page.assertQuiet();
  await page.close();
});

test("the rest of a corrupt .evt is read like the command reads it", async () => {
  const bytes = Buffer.from(fixture("evt/crypt32_event8_clean.evt"));
  bytes.fill(0xab, 400, 900);
  const files = [{ name: "corrupt.evt", bytes }];
  const page = await openPage(browser, browser.builds.served);
  await drop(page, files);
  const want = sorted(classify(dir, files));
  assert.ok(want.length > 0);
  assert.deepEqual(sorted(parse((await take(page, "ndjson")).text)), want);
  await page.assertQuiet();
  await page.close();
});

test("a file of 5 GB shows its first results, and stops when asked", async () => {
  const page = await openPage(browser, browser.builds.served);
  await page.setInputFiles("input[type=file]", sparse("huge.log", 5 * 2 ** 30));
  await reading(page);
  await page.click("text=Cancel");
  await done(page);
  assert.match(await page.textContent(".notes"), /huge\.log: stopped at byte \d+, as you asked/);
  assert.match(await page.textContent(".status"), /stopped before the end/);
  const rows = parse((await take(page, "ndjson")).text);
  assert.ok(rows.some(({ verdict }) => verdict === "benign"));
  await page.assertQuiet();
  await page.close();
});

test("a file that is opened while another one is read takes its place", async () => {
  const page = await openPage(browser, browser.builds.served);
  await page.setInputFiles("input[type=file]", sparse("first.log", 2 ** 31));
  await reading(page);
  const path = join(dir, "second.log");
  writeFileSync(path, log);
  await page.setInputFiles("input[type=file]", path);
  await page.waitForFunction(
    () =>
      document.documentElement.dataset.state === "done" &&
      document.querySelector(".status").textContent.startsWith("second.log"),
  );
  assert.equal(await page.locator(".notes", { hasText: "first.log" }).count(), 0);
  await page.assertQuiet();
  await page.close();
});

for (const [what, change] of [
  ["removed", (path) => rmSync(path)],
  [
    "changed",
    (path) => {
      const file = openSync(path, "r+");
      writeSync(file, "{}", 0);
      closeSync(file);
      truncateSync(path, 1000);
    },
  ],
]) {
  test(`a file that is ${what} while it is read`, async () => {
    const page = await openPage(browser, browser.builds.served);
    const path = sparse(`${what}.log`, 5 * 2 ** 30);
    await page.setInputFiles("input[type=file]", path);
    await reading(page);
    change(path);
    await done(page);
    assert.match(await page.textContent(".notes"), /changed, moved or removed while it was read/);
    // Earlier results stay, and a record shows that it cannot be read again.
    await page.locator(".grid-row").first().click();
    await page.waitForSelector(".explain:not([hidden])");
    assert.match(await page.textContent(".explain"), /can no longer be read/);
    await page.assertQuiet();
    await page.close();
  });
}
