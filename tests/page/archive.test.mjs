// ZIP archives on the page: the files in them take their place, as in the command.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { zip } from "../js/zip.mjs";
import { done, drop, openPage, take } from "./browser.mjs";
import { classify, fixture, native, parse, sorted } from "./compare.mjs";
import { snippet } from "./given.mjs";
import { browserForTests, folderForTests } from "./suite.mjs";

const dir = folderForTests();
const browser = browserForTests();

const log = Buffer.from(`${sampleLog(1).join("\n")}\n`);
const FILES = {
  "AppEvent.Evt": fixture("evt/crypt32_event8_clean.evt"),
  "export.csv": fixture("field/54-logparser-file.csv"),
  "till.ndjson.gz": gzipSync(log),
};

/** The verdicts of the command for files, which the page names like paths. */
const wanted = (files, archive) =>
  Object.entries(files).flatMap(([name, bytes]) =>
    classify(dir, [{ name, bytes }]).map((answer) => ({ ...answer, file: archive + name })),
  );

for (const build of ["served", "single"]) {
  test(`the files of an archive take its place in the ${build} build`, async () => {
    const page = await openPage(browser, browser.builds[build]);
    const bytes = zip(FILES);
    await drop(page, [{ name: "collected.zip", bytes }]);
    assert.match(await page.textContent(".status"), /^3 files: /);
    const want = wanted(FILES, "collected.zip/");
    assert.deepEqual(sorted(parse((await take(page, "ndjson")).text)), sorted(want));
    // The report is that of the command.
    const path = join(dir, "collected.zip");
    writeFileSync(path, bytes);
    const report = execFileSync(native, ["report", "-q", "--output", "json", path]);
    const { records } = JSON.parse(report).totals;
    const shown = page.locator(".figures .value").last();
    assert.equal(await shown.textContent(), records.toLocaleString("en-US"));
    await page.assertQuiet();
    await page.close();
  });
}

test("a file of an archive is like any other file", async () => {
  const page = await openPage(browser, browser.builds.served);
  const bytes = zip({ "logs/till [1].ndjson": log });
  await drop(page, [{ name: "x.zip", bytes }]);
  assert.match(await page.title(), /^x\.zip\/logs\/till \[1\]\.ndjson · /);
  await page.locator(".grid-row").first().click();
  const raw = page.locator(".explain .raw", { hasText: /./ });
  await raw.waitFor();
  assert.ok(log.includes(await raw.textContent()));
  const { name, text } = await take(page, "drop");
  assert.equal(name, "filtered-x.zip-logs-till [1].ndjson");
  assert.ok(text.length > 0 && text.length < log.length);
  // The shown commands read the archive.
  const commands = await snippet(page, "Command line");
  assert.match(commands, /^crypt32-filter report x\.zip$/m);
  assert.match(commands, /^unzip -p x\.zip 'logs\/till \[\[\]1\]\.ndjson' \|$/m);
  assert.match(await snippet(page, "Node"), /^\/\/ unzip -p x\.zip .* \| node filter\.mjs$/m);
  // A file is added to those of the archive.
  const path = join(dir, "more.ndjson");
  writeFileSync(path, log);
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.click("text=Add files"),
  ]);
  await chooser.setFiles(path);
  await page.waitForFunction(() =>
    document.querySelector(".status").textContent.startsWith("2 files: "),
  );
  await done(page);
  // Back opens the archive again.
  await page.goBack();
  await page.waitForFunction(() =>
    document.querySelector(".status").textContent.startsWith("x.zip/logs/till [1].ndjson: "),
  );
  await page.assertQuiet();
  await page.close();
});

/** Changes bytes of a file's entries, from the beginning of its name in each of them. */
function changed(archive, name, change) {
  const bytes = Buffer.from(archive);
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
    const local = bytes.toString("latin1", at - 30, at - 26) === "PK\x03\x04";
    change(bytes, at, local);
  }
  return bytes;
}

test("what cannot be unpacked is listed with the reason", async () => {
  const page = await openPage(browser, browser.builds.served);
  let bytes = zip({
    "bomb.log": Buffer.alloc(64 << 20, "a"),
    "damaged.log": log,
    "good.ndjson": log,
    "inner.zip": zip({ "good.ndjson": log }),
    "secret.log": log,
  });
  bytes = changed(bytes, "secret.log", (to, at, local) => {
    to[at - (local ? 24 : 38)] |= 1;
  });
  bytes = changed(bytes, "damaged.log", (to, at, local) => {
    if (local) to.fill(0xff, at + 30_000, at + 30_020);
  });
  await drop(page, [
    { name: "x.zip", bytes },
    { name: "cut.zip", bytes: bytes.subarray(0, 9000) },
    { name: "empty.zip", bytes: zip({ "logs/": "" }) },
  ]);
  const notes = await page.locator(".notes li").allTextContents();
  for (const note of [
    /^x\.zip\/bomb\.log: stopped at byte \d+: it unpacks to more than 500 times its size/,
    /^x\.zip\/damaged\.log: stopped at byte \d+: /,
    /^x\.zip\/secret\.log: not read: it is encrypted$/,
    /^x\.zip\/inner\.zip: .*zip archive/,
    /^cut\.zip: not read: the zip archive is damaged: /,
    /^empty\.zip: not read: no file is in this zip archive$/,
  ])
    assert.ok(
      notes.some((text) => note.test(text)),
      `${note} in ${notes.join("\n")}`,
    );
  assert.match(await page.textContent(".sentence"), /places were not read/);
  const rows = parse((await take(page, "ndjson")).text);
  const good = rows.filter(({ file }) => file === "x.zip/good.ndjson");
  assert.deepEqual(sorted(good), sorted(wanted({ "good.ndjson": log }, "x.zip/")));
  assert.match((await take(page, "markdown")).text, /secret\.log: not read: it is encrypted/);
  await page.assertQuiet();
  await page.close();
});

test("unpacking shows its progress, and can be cancelled", async () => {
  const page = await openPage(browser, browser.builds.served);
  // Random text takes a second or more, and is no bomb.
  const content = Buffer.alloc(160 << 20, randomBytes(1 << 20).toString("base64"));
  const path = join(dir, "large.zip");
  writeFileSync(path, zip({ "large.log": content, "second.log": log }));
  await page.setInputFiles("input[type=file]", path);
  await page.locator(".status", { hasText: /Unpacking large\.zip\/large\.log, / }).waitFor();
  await page.click("text=Cancel");
  await done(page);
  assert.match(await page.textContent(".notes"), /large\.log: stopped at byte \d+, as you asked/);
  await page.assertQuiet();
  await page.close();
});
