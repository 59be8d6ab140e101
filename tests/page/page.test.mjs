// Uses the page like a person, in both builds: from dropping files to the exports.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { done, drop, openPage, root, take } from "./browser.mjs";
import { classify, fixture, native, parse, sorted } from "./compare.mjs";
import { browserForTests, folderForTests } from "./suite.mjs";

const dir = folderForTests();
const log = Buffer.from(`${sampleLog(1).join("\n")}\n`);

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

// After its first megabyte, the page skips records that do not mention the family.
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

/** The displayed record of the last row. */
async function lastRecord(page) {
  await page.focus("[role=grid]");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  const raw = page.locator(".explain .raw", { hasText: /./ });
  await raw.waitFor();
  return raw.textContent();
}

const browser = browserForTests();

for (const build of ["served", "single"]) {
  describe(`the ${build} build`, () => {
    for (const { name, bytes, lines } of CONTAINERS) {
      test(`${name}: from drop to export`, async () => {
        const page = await openPage(browser, browser.builds[build]);
        await drop(page, [{ name, bytes }]);
        const want = classify(dir, [{ name, bytes }]);
        // Where there are no verdicts, none are offered.
        const offered = await page.locator("[data-take=ndjson]").isVisible();
        assert.equal(offered, want.length > 0);
        const verdicts = offered ? parse((await take(page, "ndjson")).text) : [];
        assert.deepEqual(sorted(verdicts), sorted(want));
        const benign = want.filter((answer) => answer.verdict === "benign").length;
        const shown = await page.textContent(".figures .benign .value");
        assert.equal(shown, benign.toLocaleString("en-US"));
        if (name.includes("log") || name.includes("clean")) assert.ok(benign > 0);
        if (!/\.evtx?$/.test(name)) {
          const raw = await lastRecord(page);
          assert.ok((name === "large.ndjson" ? large : log).includes(raw), raw);
        }
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
          const dry = await page.textContent(".dry");
          assert.ok(dry.includes(`${ledger.dropped.toLocaleString("en-US")} of `), dry);
        }
        await page.assertQuiet();
        await page.close();
      });
    }
  });
}

/** Every record of the fixtures and of the golden cases, as bytes. */
function fixtures() {
  const lines = (path) => readFileSync(path, "utf8").trim().split("\n").map(JSON.parse);
  const files = lines(join(root, "tests/fixtures/records.jsonl")).map(({ payload }, i) => {
    return { name: `record-${i}.log`, bytes: Buffer.from(payload) };
  });
  const golden = join(root, "tests/golden");
  for (const name of readdirSync(golden)) {
    const records = lines(join(golden, name)).map(({ record }) =>
      typeof record === "string" ? record : JSON.stringify(record),
    );
    // Records of several lines would merge with each other.
    const single = records.filter((record) => !/[\r\n]/.test(record));
    files.push({ name: `golden-${name}`, bytes: Buffer.from(`${single.join("\n")}\n`) });
    records
      .filter((record) => !single.includes(record))
      .forEach((record, i) => {
        files.push({ name: `golden-${i}-${name}`, bytes: Buffer.from(record) });
      });
  }
  for (const folder of ["evt", "evtx", "field"]) {
    const names = readdirSync(join(root, "tests/fixtures", folder));
    for (const name of names.filter((name) => folder === "field" || /\.evtx?$/.test(name))) {
      files.push({ name, bytes: fixture(`${folder}/${name}`) });
    }
  }
  return files;
}

test("every fixture and golden case has the verdict of the native command", async () => {
  const files = fixtures();
  const want = sorted(classify(dir, files));
  assert.ok(want.length > 1000, `${want.length} candidates`);
  const page = await openPage(browser, browser.builds.served);
  await drop(page, files);
  assert.deepEqual(sorted(parse((await take(page, "ndjson")).text)), want);
  // The page counts as the report does, and promises what its filtered log omits.
  const paths = files.map(({ name }) => join(dir, name));
  const report = execFileSync(native, ["report", "-q", "--output", "json", ...paths]);
  const count = (number) => number.toLocaleString("en-US");
  const records = page.locator(".figures .value").last();
  assert.equal(await records.textContent(), count(JSON.parse(report).totals.records));
  for (const cause of [false, true]) {
    if (cause) await page.check(".option [type=checkbox]");
    const { dropped } = JSON.parse((await take(page, "ledger")).text);
    // The first line of a file may continue the file before it, so the filter passes it.
    const dry = await page.textContent(".dry");
    const most = Number(/^Dropping removes at most ([\d,]+) of /.exec(dry)[1].replace(",", ""));
    assert.ok(
      dropped > 0 && most >= dropped && most < dropped + files.length,
      `${dropped}: ${dry}`,
    );
  }
  await page.assertQuiet();
  await page.close();
});

test("a binary log saves nothing, because it has no lines to drop", async () => {
  const bytes = fixture("evt/crypt32_event8_clean.evt");
  const page = await openPage(browser, browser.builds.served);
  await drop(page, [{ name: "clean.evt", bytes }]);
  assert.match(await page.textContent(".dry"), /^2 benign records stay, because dropping removes /);
  assert.match(await page.textContent(".figures"), /Saved by dropping0 bytes/);
  const offered = page.locator("[data-take]").filter({ visible: true });
  assert.deepEqual(await offered.allTextContents(), [
    "Verdicts (NDJSON)",
    "Verdicts (CSV)",
    "Report (Markdown)",
  ]);
  await page.close();
});

/** Drags a path from the desktop onto the page, which no script in the page can do. */
async function drag(page, path) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  }
}

test("a file and a folder are dragged from the desktop", async () => {
  const folder = join(dir, "folder");
  mkdirSync(join(folder, "inner"), { recursive: true });
  writeFileSync(join(folder, "one.log"), log);
  writeFileSync(join(folder, "inner", "one.log"), log);
  const page = await openPage(browser, browser.builds.served);
  await drag(page, join(folder, "one.log"));
  await done(page);
  assert.match(await page.textContent(".status"), /^one\.log/);
  await drag(page, folder);
  await page.waitForFunction(() =>
    document.querySelector(".status").textContent.startsWith("2 files"),
  );
  // With several files, each row names its file, with the folder if the names are equal.
  await page.waitForSelector("[data-key=file]");
  await done(page);
  const text = await page.textContent("main");
  for (const name of ["folder/one.log", "inner/one.log"]) assert.ok(text.includes(name), name);
  await page.assertQuiet();
  await page.close();
});

test("files with equal names and no path get numbers", async () => {
  const page = await openPage(browser, browser.builds.served);
  const line = sampleLog(3).find((line) => line.includes("lab-cache"));
  const file = { name: "app.log", bytes: Buffer.from(`${line}\n`) };
  await drop(page, [file, file]);
  const places = await page.locator(".listed > li > a").allTextContents();
  assert.deepEqual(places, ["app.log, line 1", "app (2).log, line 1"]);
  await page.close();
});

for (const build of ["served", "single"]) {
  test(`a folder is chosen in the ${build} build`, async () => {
    const folder = join(dir, `chosen-${build}`);
    mkdirSync(join(folder, "inner"), { recursive: true });
    writeFileSync(join(folder, "one.log"), log);
    writeFileSync(join(folder, "inner", "two.log"), log);
    const page = await openPage(browser, browser.builds[build]);
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Open folder" }).first().click();
    await (await chooser).setFiles(folder);
    await page.waitForFunction(() =>
      document.querySelector(".status").textContent.startsWith("2 files"),
    );
    await page.assertQuiet();
    await page.close();
  });

  test(`what the ${build} build must not do is blocked, and would be seen`, async () => {
    const page = await openPage(browser, browser.builds[build]);
    await page.evaluate(async () => {
      await fetch("https://example.com/").catch(() => {});
      const image = new Image();
      image.src = "https://example.com/picture.png";
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    const violations = await page.evaluate(() => window.violations);
    assert.deepEqual(
      violations.map((violation) => violation.split(" ")[0]),
      ["connect-src", "img-src"],
    );
    await assert.rejects(page.assertQuiet());
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
    sampleLog(1).find((line) => line.includes("lab-cache")),
  );
  await done(page);
  assert.match(await page.textContent(".sentence"), /^1 record needs review/);
  await page.assertQuiet();
  await page.close();
});

test("the explanation equals the command's, and the report names the record", async () => {
  const record = JSON.parse(sampleLog(3).find((line) => line.includes("lab-cache")));
  // This record contradicts itself, and has another level.
  const lines = [record, { ...record, winlog: { event_id: 11 } }, { ...record, EventType: "INFO" }];
  const bytes = Buffer.from(`${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  const page = await openPage(browser, browser.builds.served);
  await drop(page, [{ name: "record.json", bytes }]);
  await page.evaluate(() => {
    navigator.clipboard.writeText = async (text) => {
      window.copied = text;
    };
  });
  const path = join(dir, "record.json");
  writeFileSync(path, bytes);
  for (let row = 0; row < lines.length; row++) {
    await page.locator(".grid-row").nth(row).click();
    const raw = page.locator(".explain .raw", { hasText: JSON.stringify(lines[row]) });
    await raw.waitFor();
    await page.click("text=Copy all");
    const copied = await page.evaluate(() => window.copied);
    const args = ["explain", "--line", String(row + 1), path];
    const printed = execFileSync(native, args).toString();
    const card = printed.replace(/^Line \d+, event 1: /, "");
    assert.ok(card.includes("found: "), card);
    assert.equal(copied, `record.json, line ${row + 1}: ${card}\n${JSON.stringify(lines[row])}`);
    assert.match(await page.textContent(".explain .failed"), /Expected: .*Found: /s);
  }
  const { text } = await take(page, "markdown");
  assert.equal(text, execFileSync(native, ["report", "--output", "markdown", path]).toString());
  assert.match(text, /## To review\n\n.*\n.*\n\| Line 1 \| LAB-XP-07 \|/);
  await page.close();
});
