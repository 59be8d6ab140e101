// The parts of the answer: computers, exports, and the links to the guide.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { done, drop, openPage, root } from "./browser.mjs";
import { snippet } from "./given.mjs";
import { browserForTests } from "./suite.mjs";

const browser = browserForTests();

async function sample(page) {
  await page.click("text=Try the sample");
  await done(page);
}

test("each computer has one line, and opens to show the details", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  assert.equal(await page.textContent(".hosts h2"), "Computers (11)");
  const lines = page.locator(".hosts tbody tr:not(.detail)");
  assert.equal(await lines.count(), 11);
  for (const line of await lines.all()) {
    const { height } = await line.boundingBox();
    assert.ok(height < 40, `${height} pixels`);
  }
  const line = lines.filter({ hasText: "TILL-02" });
  const cells = await line.locator("td").allTextContents();
  assert.deepEqual(cells.slice(0, 2), ["252", "1"]);
  assert.equal(cells[3], "every 10 min ± 5 s");
  assert.equal(cells[4], "2 gaps");
  // Three days of work: the bars of the chart begin three times after a pause.
  const bars = (await line.locator("path").getAttribute("d"))
    .split("M")
    .slice(1)
    .map(Number.parseFloat);
  const starts = bars.filter((at, i) => i === 0 || at - bars[i - 1] > 5);
  assert.equal(starts.length, 3, bars.join());
  const detail = page.locator(".hosts .detail", { hasText: "2026-03-16 20:51: silent for" });
  assert.ok(await detail.isHidden());
  const opens = line.getByRole("button", { name: "TILL-02", expanded: false });
  await opens.focus();
  await page.keyboard.press("Enter");
  assert.ok(await detail.isVisible());
  await line.getByRole("button", { expanded: true }).click();
  assert.ok(await detail.isHidden());
  // Other events of the family, and what they mean, once.
  const mobile = lines.filter({ hasText: "DOCK-PC" });
  assert.equal(await mobile.locator("td").nth(4).textContent(), "crypt32 7 × 62 gaps");
  await mobile.getByRole("button", { name: "DOCK-PC", expanded: false }).click();
  const reached = page.locator(".hosts .detail", { hasText: "crypt32 7 (6, 2026-03-16 07:48 to " });
  assert.match(await reached.textContent(), /: Windows Update was reached between/);
  const said = await page.textContent(".hosts");
  assert.equal(said.match(/crypt32 11 on 1 computer: The root list was fetched but/g).length, 1);
  assert.match(said, /1 place not judged, syslog with unknown content: line 4087/);
  await page.close();
});

test("the headline and the table write an interval in the same way", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  assert.match(await page.textContent(".sentence"), /, about every 10 min, /);
  await page.close();
});

test("nothing is offered where there is nothing", async () => {
  const page = await openPage(browser, browser.builds.served);
  const shown = async (part) => page.locator(part).filter({ visible: true }).count();
  await drop(page, [
    { name: "notes.txt", bytes: Buffer.from("hello\nworld\n") },
    { name: "picture.png", bytes: Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n", "latin1") },
  ]);
  for (const part of [".figures", ".reviews h2", ".todo h2", ".hosts h2", ".timeline", ".records"])
    assert.equal(await shown(part), 0, part);
  assert.equal(await shown(".take"), 0);
  // Each of them is no log, which is said once.
  assert.deepEqual(await page.locator(".notes li").allTextContents(), [
    "notes.txt: no record was recognised in it; is it a log?",
    "picture.png: it is a binary file, not a log",
  ]);
  // A log without the event has a report, and nothing else to export.
  const line = '{"SourceName":"MsiInstaller","EventID":11707,"Message":"Installed"}\n';
  await drop(page, [{ name: "other.ndjson", bytes: Buffer.from(line) }]);
  assert.equal(await page.textContent(".sentence"), "The record is not Crypt32 event 8.");
  assert.ok(await page.locator(".figures").isVisible());
  const offered = page.locator("[data-take]").filter({ visible: true });
  assert.deepEqual(await offered.allTextContents(), ["Report (Markdown)"]);
  for (const part of [".tabs", ".dry", ".option", ".records"])
    assert.equal(await shown(part), 0, part);
  await page.assertQuiet();
  await page.close();
});

test("with several files, a record to review names its file", async () => {
  const page = await openPage(browser, browser.builds.served);
  const [record] = sampleLog(3).filter((line) => line.includes("lab-cache"));
  const one = { name: "one.ndjson", bytes: Buffer.from(`${record}\n`) };
  const links = () => page.locator(".listed > li > a").allTextContents();
  await drop(page, [one]);
  assert.deepEqual(await links(), ["line 1"]);
  await drop(page, [one, { name: "two.ndjson", bytes: Buffer.from("{}\n") }]);
  assert.deepEqual(await links(), ["one.ndjson, line 1"]);
  await page.close();
});

test("the sample is on nobody's disk", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  for (const name of ["Command line", "Node"]) {
    const text = await snippet(page, name);
    assert.doesNotMatch(text, /sample/);
    assert.match(text, /\bLOG\b/);
  }
  await page.close();
});

const cargo = readFileSync(join(root, "Cargo.toml"), "utf8");
const [, version] = /^version = "(.*)"$/m.exec(cargo);
const [, repository] = /^repository = "(.*)"$/m.exec(cargo);

test("the page names its guide, source and version", async () => {
  for (const build of ["served", "single"]) {
    const page = await openPage(browser, browser.builds[build]);
    const links = page.locator("footer a");
    const [guide, source] = await links.evaluateAll((list) => list.map(({ href }) => href));
    assert.equal(source, repository);
    assert.match(await page.textContent("footer"), new RegExp(`Version ${version}$`));
    const label = await links.first().textContent();
    assert.equal(label, build === "single" ? "Guide (online)" : "Guide");
    if (build === "single") assert.equal(guide, `${repository}/tree/main/docs`);
    else assert.match(await (await fetch(guide)).text(), /<h1 id="the-guide">/);
    await page.close();
  }
});

test("a benign record is shown with its article, and the price of the last way is named", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  const reasons = await page.locator(".grid-row .c-reason").allTextContents();
  assert.deepEqual([...new Set(reasons)].sort(), ["KB2253680", "KB317541", "inferred"]);
  await page.locator(".grid-row .c-reason", { hasText: "inferred" }).first().click();
  await page.waitForSelector(".explain:not([hidden])");
  assert.equal(await page.textContent(".explain h2"), "Benign (inferred)");
  await page.keyboard.press("Escape");
  await page.keyboard.press("+");
  await page.locator(".chips li", { hasText: "By article: inferred" }).waitFor();
  assert.match(await page.textContent(".ways li:last-child"), /distrusted roots/);
  assert.equal(await page.locator(".ways li.fits:last-child").count(), 0);
  await page.close();
});

test("each case has its advice, with the runbook", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  const fits = await page.locator(".ways li.fits").allTextContents();
  assert.equal(fits.length, 4);
  assert.match(fits[0], /^On OFFICE-07 something that is no root list was fetched.* Runbook$/);
  assert.match(fits[1], /^On XRAY-VIEWER a certificate .* Check the date .* Runbook$/);
  assert.match(fits[2], /^Ignore the records.*Fits\. On PRESS-HMI-2, TILL-01 and TILL-03 every/);
  assert.match(fits[3], /^Let the computers reach.*Fits\. On DOCK-PC .* Runbook$/);
  for (const link of await page.locator(".ways a").all()) {
    const href = await link.evaluate((a) => a.href);
    const answer = await (await fetch(href)).text();
    assert.ok(answer.includes(`id="${new URL(href).hash.slice(1)}"`), href);
  }
  await page.close();
});
