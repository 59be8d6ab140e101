// The search, the keys, and the zone of the times.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { done, drop, openPage } from "./browser.mjs";
import { snippet } from "./given.mjs";
import { browserForTests } from "./suite.mjs";

const browser = browserForTests();

async function sample(page) {
  await page.click("text=Try the sample");
  await done(page);
}

const records = (page) => page.textContent(".grid-frame > p[aria-live]");

/** The values of a column in the table's first rows, once the search is applied. */
async function found(page, search, column) {
  await page.fill("input[type=search]", search);
  if (search) await page.locator(".chips li", { hasText: `Search: ${search}` }).waitFor();
  await page.waitForFunction(() => document.querySelector(".grid").ariaBusy === "false");
  return page.locator(`.grid-row .c-${column}`).allTextContents();
}

const nothing = (page) =>
  page.waitForFunction(
    () =>
      document.querySelector(".grid").ariaBusy === "false" &&
      document.querySelector(".grid-frame > p").textContent === "No record fits these filters.",
    null,
    { timeout: 5000 },
  );

test("words, fields and regular expressions", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  const only = async (search, column, values) => {
    const shown = await found(page, search, column);
    assert.ok(shown.length > 0, search);
    assert.deepEqual([...new Set(shown)].sort(), values, search);
  };
  await only("computer:TILL-01", "computer", ["TILL-01"]);
  await only("computer:/^till-0[12]$/", "computer", ["TILL-01", "TILL-02"]);
  await only("verdict:review computer:xray", "computer", ["XRAY-VIEWER"]);
  await only("reason:url", "reason", ["message, url, error", "url"]);
  await only("reason:KB317541", "reason", ["KB317541"]);
  await only("format:nxlog computer:/-1$/", "computer", ["PRESS-HMI-1"]);
  await only('message:"description for EventID"', "verdict", ["review"]);
  await only("/lab-cache\\.example/", "verdict", ["review"]);
  // The command has no such search, and the page says so.
  assert.match(
    await snippet(page, "Command line"),
    /^# the rows of its table, without its search$/m,
  );
  // In quotes, or in an address, a colon belongs to the text.
  await page.fill("input[type=search]", '"constructor:x"');
  await nothing(page);
  await only("http://roots.lab-cache", "verdict", ["review"]);
  await page.fill("input[type=search]", "/lab-CACHE/ computer:nothing");
  await page.locator(".chips li", { hasText: "Search: /lab-CACHE/" }).waitFor();
  await nothing(page);
  await page.assertQuiet();
  await page.close();
});

test("a search that is not valid says so, and has no effect", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  const all = await records(page);
  await page.fill("input[type=search]", "/till-(0/");
  await page.locator("#search-wrong", { hasText: "/till-(0/ is not valid: " }).waitFor();
  assert.equal(await page.getAttribute("input[type=search]", "aria-invalid"), "true");
  assert.equal(await records(page), all);
  await page.fill("input[type=search]", "/till-(0)/");
  await page.locator(".chips li", { hasText: "Search: /till-(0)/" }).waitFor();
  assert.equal(await page.textContent("#search-wrong"), "");
  for (const search of ["constructor:x", 'bogus:"x y"', "bogus:/x/"]) {
    await page.fill("input[type=search]", search);
    const name = search.split(":")[0];
    await page.locator("#search-wrong", { hasText: `“${name}” is no field; ` }).waitFor();
    assert.equal(await records(page), all);
  }
  await page.assertQuiet();
  await page.close();
});

test("no regular expression takes long", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  // With backtracking, the words of the message take minutes.
  await page.fill("input[type=search]", "/^(\\w+\\s?)*!$/");
  await nothing(page);
  await page.assertQuiet();
  await page.close();
});

test("? shows the keys", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keys" });
  await dialog.waitFor();
  assert.match(await dialog.textContent(), /computer:TILL-01Only in this field: verdict, computer/);
  await page.keyboard.press("Escape");
  assert.equal(await dialog.count(), 0);
  await page.click("text=Keys (?)");
  await dialog.getByRole("button", { name: "Close" }).click();
  assert.equal(await dialog.count(), 0);
  // In a text field it is a letter.
  await page.focus("input[type=search]");
  await page.keyboard.type("?");
  assert.equal(await dialog.count(), 0);
  await page.assertQuiet();
  await page.close();
});

test("the zone moves the times that have one", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  const times = () => page.locator(".grid-row .c-time").allTextContents();
  const words = () => page.textContent("#timeline-words");
  assert.match(await words(), /757 records have no time zone/);
  assert.deepEqual((await times()).slice(0, 2), ["2026-03-16 00:05:16Z", "2026-03-16 00:05:28"]);
  await page.selectOption("[aria-label='Time zone']", "-300");
  await page.waitForFunction(() => location.hash.includes("zone=-300"));
  await page.waitForFunction(
    () => document.querySelector(".grid-row .c-time").textContent === "2026-03-15 19:05:16-05:00",
  );
  // They are in order on the axis of the chosen zone.
  const shown = (await times()).map((time) => time.slice(0, 19));
  assert.deepEqual(shown, shown.toSorted());
  assert.match(await words(), /^2026-03-15 19:00:00/);
  await page.locator(".grid-row").first().click();
  await page.waitForSelector(".explain:not([hidden])");
  assert.match(await page.textContent(".explain .about"), /2026-03-15 19:05:16-05:00/);
  await page.assertQuiet();
  await page.close();
});

test("the zone is not asked for where no time has one", async () => {
  const page = await openPage(browser, browser.builds.served);
  const lines = sampleLog(1).filter((line) => line.includes("PRESS-HMI-1") && line.startsWith("{"));
  await drop(page, [{ name: "a.ndjson", bytes: Buffer.from(`${lines.join("\n")}\n`) }]);
  assert.ok(await page.locator(".plot").isVisible());
  assert.ok(await page.locator("[aria-label='Time zone']").isHidden());
  await page.close();
});

const csv = (...dates) =>
  Buffer.from(
    `Level,Date and Time,Source,Event ID,Task Category\n${dates
      .map(
        (date) =>
          `Error,${date},crypt32,8,None,"Failed auto update retrieval of third-party root list sequence number from: <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt> with error: The server name or address could not be resolved"\n`,
      )
      .join("")}`,
  );

test("the order of month and day is asked for only where it is unknown", async () => {
  const page = await openPage(browser, browser.builds.served);
  const order = page.getByLabel("Dates such as 3/4/2010");
  assert.ok(await order.isHidden());
  await drop(page, [{ name: "clear.csv", bytes: csv("13/4/2010 11:27:57", "3/4/2010 11:27:57") }]);
  assert.equal(await page.textContent(".figures .benign .value"), "2");
  assert.ok(await order.isHidden());
  await drop(page, [{ name: "both.csv", bytes: csv("3/4/2010 11:27:57") }]);
  assert.equal(await page.textContent(".grid-row .c-time"), "no time");
  assert.ok(await order.isVisible());
  await order.selectOption("day-first");
  await page.locator(".grid-row .c-time", { hasText: "2010-04-03 11:27:57" }).waitFor();
  assert.ok(await order.isVisible());
  await page.assertQuiet();
  await page.close();
});
