// The page as a person uses it, in both of its builds: from drop to what is taken away.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { sampleLog } from "../../www/tools/sample-log.mjs";
import { axe, done, drop, openPage, root, start, take } from "./browser.mjs";

const native = join(root, "target/release/crypt32-filter");
const dir = mkdtempSync(join(tmpdir(), "crypt32-page-"));
const log = Buffer.from(`${sampleLog(1).join("\n")}\n`);
const fixture = (path) => readFileSync(join(root, "tests/fixtures", path));

/** A zstd frame of raw blocks (RFC 8878, 3.1.1). */
function zstd(bytes) {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length, 5);
  const parts = [head];
  for (let at = 0; at < bytes.length; at += 100_000) {
    const block = bytes.subarray(at, at + 100_000);
    const last = at + block.length === bytes.length ? 1 : 0;
    const header = Buffer.alloc(3);
    header.writeUIntLE(last | (block.length << 3), 0, 3);
    parts.push(header, block);
  }
  return Buffer.concat(parts);
}

// Beyond its first megabyte the page skips what mentions nothing of the family.
const days = sampleLog(9).filter((line) => line.startsWith("{"));
const large = Buffer.from(`\ufeff${days.join("\r\n")}\n`);
const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(log.toString(), "utf16le")]);
const CONTAINERS = [
  { name: "log.ndjson", bytes: log, lines: true },
  { name: "large.ndjson", bytes: large },
  { name: "log.ndjson.gz", bytes: gzipSync(log), lines: true },
  { name: "log.ndjson.zst", bytes: zstd(log), lines: true },
  { name: "log-utf16.txt", bytes: utf16, lines: true },
  { name: "clean.evt", bytes: fixture("evt/crypt32_event8_clean.evt") },
  { name: "dirty.evt", bytes: fixture("evt/crypt32_event8_dirty.evt") },
  {
    name: "application.evtx",
    bytes: fixture("evtx/omerbenamram-Application_no_crc32.evtx"),
  },
];

/** What the native command says about files, as far as the page has rows for it. */
function classify(files) {
  const out = [];
  for (const { name, bytes } of files) {
    const path = join(dir, name);
    writeFileSync(path, bytes);
    const text = execFileSync(native, ["classify", "-q", path], { maxBuffer: 1 << 30 }).toString();
    for (const line of text.split("\n").filter(Boolean)) {
      const answer = JSON.parse(line);
      if (answer.verdict !== "unrelated" || answer.related) out.push({ file: name, ...answer });
    }
  }
  return out;
}

const seconds = (answer) => ({ ...answer, time: answer.time?.replace(/\.\d+/, "") ?? null });
const key = ({ file, record, event }) => `${file} ${record} ${event}`;
const sorted = (answers) =>
  answers.map(seconds).sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
const parse = (text) => text.split("\n").filter(Boolean).map(JSON.parse);

let browser;
before(async () => {
  browser = await start();
});
after(async () => {
  await browser?.stop();
  rmSync(dir, { recursive: true });
});

for (const build of ["served", "single"]) {
  describe(`the ${build} build`, () => {
    for (const { name, bytes, lines } of CONTAINERS) {
      test(`${name}: from drop to export`, async () => {
        const page = await openPage(browser, browser.builds[build]);
        await drop(page, [{ name, bytes }]);
        const want = classify([{ name, bytes }]);
        const verdicts = parse((await take(page, "ndjson")).text);
        assert.deepEqual(sorted(verdicts), sorted(want));
        const benign = want.filter((answer) => answer.verdict === "benign").length;
        const shown = await page.textContent(".figures .benign .value");
        assert.equal(shown, benign.toLocaleString("en-US"));
        if (name.includes("log") || name.includes("clean")) assert.ok(benign > 0);
        if (lines) {
          const path = join(dir, "plain.log");
          writeFileSync(path, name.includes("utf16") ? log.toString() : log);
          for (const action of ["tag", "drop"]) {
            const args = ["filter", "-q", "--action", action, "--ledger", join(dir, "l"), path];
            const wanted = execFileSync(native, args, { maxBuffer: 1 << 30 }).toString();
            assert.equal((await take(page, action)).text, wanted);
          }
          const ledger = JSON.parse((await take(page, "ledger")).text);
          assert.deepEqual(ledger, JSON.parse(readFileSync(join(dir, "l"), "utf8")));
        }
        await page.assertQuiet();
        await page.close();
      });
    }
  });
}

test("every fixture has the verdict of the native command", async () => {
  const files = fixture("records.jsonl")
    .toString()
    .trim()
    .split("\n")
    .map(JSON.parse)
    .map(({ payload }, i) => ({ name: `fixture-${i}.log`, bytes: Buffer.from(payload) }));
  const page = await openPage(browser, browser.builds.served);
  await drop(page, files);
  assert.deepEqual(sorted(parse((await take(page, "ndjson")).text)), sorted(classify(files)));
  await page.assertQuiet();
  await page.close();
});

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

test("malicious content is shown as text", async () => {
  const page = await openPage(browser, browser.builds.single);
  await drop(page, [{ name: "<b>evil</b>.ndjson", bytes: Buffer.from(`${EVIL}\n`) }]);
  await page.click(".grid-row");
  await page.waitForSelector(".explain:not([hidden])");
  const text = await page.textContent(".explain");
  assert.match(text, /<img src=x onerror=alert\(1\)>/);
  assert.match(text, /\\u\{?1b/);
  const body = await page.textContent("body");
  for (const c of ["\u202e", "\u202c", "\u001b"]) assert.ok(!body.includes(c));
  assert.equal(await page.locator("main img, main script, main b").count(), 0);
  const csv = (await take(page, "csv")).text;
  assert.match(csv, /,'=cmd/);
  assert.doesNotMatch(csv, /(^|,)"?[=+@]/m);
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
    { name: "corrupt.evt", bytes: evt },
  ]);
  const notes = await page.textContent(".notes");
  assert.match(notes, /empty\.log: the file is empty/);
  assert.match(notes, /picture\.png: /);
  assert.match(notes, /cut\.gz: stopped/);
  assert.match(notes, /corrupt\.evt: /);
  await page.assertQuiet();
  await page.close();
});

test("a file that is removed while it is read", async () => {
  const page = await openPage(browser, browser.builds.served);
  const path = join(dir, "gone.ndjson");
  writeFileSync(path, log);
  await page.setInputFiles("input[type=file]", path);
  await done(page);
  rmSync(path);
  // Opened again from the same handle, as when the order of dates is changed.
  await page.selectOption("header select", "day-first");
  await page.waitForSelector(".notes li");
  assert.match(await page.textContent(".notes"), /changed, moved or removed/);
  await page.close();
});

test("sort, facets, chips, search and keyboard", async () => {
  const page = await openPage(browser, browser.builds.served);
  await page.click("text=Try the sample");
  await done(page);
  const state = page.locator(".grid-frame > p[aria-live]");
  const all = await state.textContent();
  await page.locator(".facets .value", { hasText: "review" }).first().click();
  await page.waitForFunction(() =>
    document.querySelector(".chips")?.textContent.includes("review"),
  );
  await page.waitForFunction(
    (all) => document.querySelector(".grid-frame > p").textContent !== all,
    all,
  );
  assert.equal(await state.textContent(), "8 records");
  await page.focus("[role=grid]");
  await page.keyboard.press("ArrowDown");
  // The second cell of a row is the computer: keep what it says, then leave it out.
  await page.keyboard.press("-");
  await page.waitForFunction(() => document.querySelectorAll(".chips li:not(.plain)").length === 2);
  await page.click("text=Clear all");
  await page.waitForFunction(
    (all) => document.querySelector(".grid-frame > p").textContent === all,
    all,
  );
  await page.focus("[role=grid]");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".explain:not([hidden])");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".explain").isHidden(), true);
  await page.keyboard.press("2");
  await page.waitForSelector("[aria-sort=ascending][data-key=computer]");
  await page.fill("input[type=search]", "no such text anywhere");
  await page.waitForFunction(() =>
    document.querySelector(".grid-frame > p").textContent.startsWith("No record"),
  );
  await page.assertQuiet();
  await page.close();
});

test("a brushed range filters, and zooms out again", async () => {
  const page = await openPage(browser, browser.builds.served);
  await page.click("text=Try the sample");
  await done(page);
  await page.locator(".u-over").scrollIntoViewIfNeeded();
  const box = await page.locator(".u-over").boundingBox();
  await page.mouse.move(box.x + 100, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + 300, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction(() => /2026-03/.test(document.querySelector(".chips").textContent));
  await page.click("text=Show all");
  await page.waitForFunction(() => document.querySelector(".chips").hidden);
  await page.assertQuiet();
  await page.close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing, ${colorScheme}`, async () => {
    const media = { colorScheme, reducedMotion: "reduce" };
    const page = await openPage(browser, browser.builds.served, { media });
    // The policy of the page forbids to add a script; the test's own world is not bound by it.
    const source = readFileSync(axe, "utf8");
    const check = async () => {
      await page.evaluate(source);
      const found = await page.evaluate(async () => {
        const { violations } = await window.axe.run(document, {
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        });
        return violations.map(
          ({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`,
        );
      });
      assert.deepEqual(found, []);
    };
    await check();
    await page.click("text=Try the sample");
    await done(page);
    await page.locator(".grid-row").first().click();
    await page.waitForSelector(".explain:not([hidden])");
    await check();
    await page.close();
  });
}

test("a paste is opened too", async () => {
  const page = await openPage(browser, browser.builds.single);
  await page.evaluate(
    (text) => {
      const data = new DataTransfer();
      data.setData("text/plain", text);
      document.body.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true }),
      );
    },
    sampleLog(1).find((line) => line.includes("lab-cache")) ?? EVIL,
  );
  await done(page);
  assert.match(await page.textContent(".sentence"), /1 of the records needs a look/);
  await page.assertQuiet();
  await page.close();
});
