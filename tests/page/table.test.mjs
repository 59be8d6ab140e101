// The table: sorting, filtering, searching, and using it with only the keyboard.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { done, openPage } from "./browser.mjs";
import { browserForTests, folderForTests } from "./suite.mjs";

const browser = browserForTests();
const dir = folderForTests();

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
  // The third cell of a row is the computer: exclude its value.
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
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
  const codes = page.locator(".explain .conditions a");
  assert.ok((await codes.count()) > 8);
  for (const code of await codes.all()) {
    const address = await code.evaluate(({ href }) => href);
    const text = await (await fetch(address)).text();
    assert.ok(text.includes(`id="${new URL(address).hash.slice(1)}"`), address);
  }
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".explain").isHidden(), true);
  await page.keyboard.press("3");
  await page.waitForSelector("[aria-sort=ascending][data-key=computer]");
  await page.fill("input[type=search]", "no such text anywhere");
  await page.waitForFunction(() =>
    document.querySelector(".grid-frame > p").textContent.startsWith("No record"),
  );
  await page.assertQuiet();
  await page.close();
});

test("the page works with the keyboard alone", async () => {
  const page = await openPage(browser, browser.builds.served);
  const { keyboard } = page;
  const focus = () =>
    page.evaluate(() => {
      const { activeElement: at } = document;
      return at.getAttribute("aria-label") ?? at.textContent;
    });
  const tabTo = async (name) => {
    const seen = [];
    for (let i = 0; i < 80; i++) {
      await keyboard.press("Tab");
      seen.push(await focus());
      if (seen.at(-1) === name) return;
    }
    assert.fail(`${name} is not reached: ${seen.join(", ")}`);
  };
  await tabTo("Skip to the results");
  await tabTo("Sample");
  await keyboard.press("Enter");
  await done(page);
  await keyboard.press("/");
  assert.equal(await focus(), "Search in the records");
  await keyboard.type("LAB-XP-07");
  await page.locator(".chips li", { hasText: "lab-xp-07" }).or(page.locator(".chips li")).waitFor();
  await tabTo("Remove the filter Search: LAB-XP-07");
  await keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".chips").hidden);
  assert.equal(await focus(), "Records");
  await tabTo("Exclude benign");
  await keyboard.press("Enter");
  await page.locator(".chips li.out").waitFor();
  await tabTo("Records");
  // The menu of a cell adds and removes a column.
  await keyboard.press("m");
  assert.equal(await focus(), await page.textContent(".menu button"));
  await page.getByRole("menuitemcheckbox", { name: "Place" }).focus();
  await keyboard.press("Enter");
  await page.waitForSelector("[data-key=record]");
  assert.equal(await focus(), "Records");
  await keyboard.press("m");
  await keyboard.press("ArrowUp");
  assert.equal(await focus(), "Message");
  await keyboard.press("Escape");
  assert.equal(await focus(), "Records");
  await keyboard.press("End");
  await keyboard.press("Enter");
  await page.waitForSelector(".explain:not([hidden])");
  await tabTo("Close");
  await keyboard.press("Enter");
  assert.equal(await focus(), "Records");
  await tabTo("Tagged log");
  const download = page.waitForEvent("download");
  await keyboard.press("Enter");
  assert.equal((await download).suggestedFilename(), "tagged-sample.ndjson");
  await page.assertQuiet();
  await page.close();
});

test("a cell's menu keeps only what the cell says, and copies it", async () => {
  const page = await openPage(browser, browser.builds.served);
  await page.click("text=Try the sample");
  await done(page);
  const cell = page.locator(".grid-row .c-computer").first();
  const name = await cell.textContent();
  await cell.click({ button: "right" });
  await page.getByRole("menuitem", { name: `Only ${name}` }).click();
  await page.locator(".chips li", { hasText: `Computer: ${name}` }).waitFor();
  await page.waitForFunction(
    (name) =>
      [...document.querySelectorAll(".grid-row .c-computer")].every(
        (cell) => cell.textContent === name,
      ),
    name,
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

test("more rows than the table holds are counted, and the page says so", async () => {
  const most = 4_000_000;
  const path = join(dir, "many.ndjson.gz");
  // The first and the last record are benign, which shows which rows are stored.
  const benign = JSON.stringify({
    SourceName: "crypt32",
    EventID: 8,
    Message:
      "Failed auto update retrieval of third-party root list sequence number from: <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt> with error: The server name or address could not be resolved\r\n",
  });
  const related = '{"SourceName":"crypt32","EventID":7}\n';
  writeFileSync(path, gzipSync(`${benign}\n${related.repeat(most)}${benign}\n`, { level: 1 }));
  const page = await openPage(browser, browser.builds.served);
  await page.setInputFiles("input[type=file]", path);
  await done(page);
  const value = (kind) => page.textContent(`.figures .${kind} .value`);
  assert.equal(await value("benign"), "2");
  assert.equal(await value("related"), "4,000,000");
  assert.equal(await page.textContent(".grid-frame > p[aria-live]"), "4,000,000 records");
  assert.match(
    await page.textContent(".notes"),
    /many\.ndjson\.gz: the table holds the first 4,000,000 rows; counts and reports include all rows/,
  );
  const count = page.locator(".facets .value", { hasText: "benign" }).locator(".count");
  assert.equal(await count.textContent(), "1");
  await page.close();
});
