// Links, the address, and the browser's history: nothing that was chosen is lost without a word.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { done, drop, openPage } from "./browser.mjs";
import { browserForTests } from "./suite.mjs";

const browser = browserForTests();
const log = (lines) => Buffer.from(`${sampleLog(1).slice(0, lines).join("\n")}\n`);

const state = (page) => page.textContent(".grid-frame > p[aria-live]");
const count = (page, wanted) =>
  page.waitForFunction(
    (wanted) => document.querySelector(".grid-frame > p[aria-live]").textContent === wanted,
    wanted,
  );
const fragment = (page) => page.evaluate(() => decodeURIComponent(location.hash));

async function sample(page) {
  await page.click("text=Try the sample");
  await done(page);
}

test("every number leads to its rows", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  const all = await state(page);
  const LINKS = [
    [".sentence .benign a", "Verdict: benign"],
    [".sentence .review a", "Verdict: review"],
    [".figures .benign a", "Verdict: benign"],
    [".figures .review a", "Verdict: review"],
    [".figures .related a", "Verdict: related"],
    [".todo .first a", "Verdict: review"],
    [".hosts .count a", "Verdict: benign"],
    [".hosts .review a", "Verdict: review"],
    [".remarks a", "Error or event: crypt32 7"],
  ];
  for (const [link, chip] of LINKS) {
    await page.locator(link).first().click();
    await page.locator(".chips li", { hasText: chip }).waitFor();
    await page.waitForFunction(
      (all) => document.querySelector(".grid-frame > p").textContent !== all,
      all,
    );
    const [first] = /[\d,]+/.exec(await page.locator(link).first().textContent());
    const shown = /^[\d,]+/.exec(await state(page))[0];
    if (!link.startsWith(".remarks")) assert.equal(shown, first, link);
    // The table is where the link leads.
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Records");
    assert.ok(await page.locator("#records-title").isVisible());
    const [top, tall] = await page.evaluate(() => [
      document.querySelector("#records-title").getBoundingClientRect().top,
      innerHeight,
    ]);
    assert.ok(top > -1 && top < tall, `${link}: ${top}`);
    await page.goBack();
    await count(page, all);
  }
  for (const [link, id] of [
    [".sentence a:text('computers')", "computers"],
    [".sentence a:text('places')", "notes"],
    [".figures a:text('kB')", "take"],
  ]) {
    await page.click(link);
    assert.equal(await page.evaluate(() => document.activeElement.id), id);
  }
  await page.assertQuiet();
  await page.close();
});

test("a computer with two spellings is one computer", async () => {
  const page = await openPage(browser, browser.builds.served);
  const lines = sampleLog(1).filter((line) => line.startsWith("{") && line.includes("GATE2003"));
  const text = [...lines, lines[0].replaceAll("GATE2003", "gate2003")].join("\n");
  await drop(page, [{ name: "two.ndjson", bytes: Buffer.from(`${text}\n`) }]);
  assert.equal(await page.locator(".hosts tbody tr:not(.detail)").count(), 1);
  const link = page.locator(".hosts .count a").first();
  await link.click();
  await page.locator(".chips li", { hasText: /Computer: gate2003/ }).waitFor();
  await count(page, `${await link.textContent()} records`);
  await page.close();
});

test("the records to review come first, and each leads to its explanation", async () => {
  const page = await openPage(browser, browser.builds.served);
  await sample(page);
  const items = page.locator(".listed > li");
  assert.equal(await items.count(), 8);
  assert.match(await page.textContent(".reviews h2"), /^To review \(8\)$/);
  const tops = await page.evaluate(() =>
    [".figures", ".reviews", ".todo", ".hosts", ".records"].map(
      (part) => document.querySelector(part).getBoundingClientRect().top,
    ),
  );
  assert.deepEqual(
    tops,
    tops.toSorted((a, b) => a - b),
  );
  // Each reason has its advice once.
  const advice = await page.locator(".advice li").allTextContents();
  assert.deepEqual(
    advice.map((text) => text.split(":")[0]),
    ["event-id", "severity", "message", "url", "error"],
  );
  assert.match(advice[3], /on the computer, look at RootDirUrl/);
  const item = items.filter({ hasText: "event-id" });
  assert.match(
    await item.textContent(),
    /^line 4,922GATE2003.*event-id fields disagree: 11 and 8$/,
  );
  const link = item.locator("a").first();
  await link.click();
  await page.waitForSelector(".explain:not([hidden])");
  assert.match(await page.textContent(".explain"), /line 4,922 of sample/);
  assert.match(await page.textContent(".explain .failed"), /Found: fields disagree: 11 and 8/);
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "line 4,922");
  await page.assertQuiet();
  await page.close();
});

test("a value is whole in the list, and a message begins at its difference", async () => {
  const page = await openPage(browser, browser.builds.served, {
    viewport: { width: 360, height: 800 },
  });
  await sample(page);
  const cut = await page
    .locator(".failures li")
    .evaluateAll((items) => items.filter((one) => one.scrollWidth > one.clientWidth).length);
  assert.equal(cut, 0);
  const text = await page.locator(".listed > li", { hasText: "XRAY-VIEWER" }).textContent();
  assert.match(text, /message … differs at: ‹Remote access tool installed by helpdesk\.›$/);
  await page.close();
});

test("more records to review than are listed", async () => {
  const page = await openPage(browser, browser.builds.served);
  const [record] = sampleLog(3).filter((line) => line.includes("lab-cache"));
  await drop(page, [{ name: "many.ndjson", bytes: Buffer.from(`${record}\n`.repeat(30)) }]);
  assert.equal(await page.locator(".listed > li").count(), 25);
  await page.click("text=All 30 records to review");
  await page.locator(".chips li", { hasText: "Verdict: review" }).waitFor();
  await page.close();
});

for (const build of ["served", "single"]) {
  test(`filters and selection survive Back and reload, ${build}`, async () => {
    const page = await openPage(browser, browser.builds[build]);
    await sample(page);
    const all = await state(page);
    await page.locator(".facets .value", { hasText: "review" }).first().click();
    await count(page, "8 records");
    await page.locator(".facets .not[aria-label='Exclude LAB-XP-07']").click();
    await count(page, "6 records");
    await page.locator(".grid-row").first().click();
    await page.waitForSelector(".explain:not([hidden])");
    const title = await page.textContent(".explain .about");
    assert.match(
      await fragment(page),
      /^#sample=yes&verdict=review&not-computer=LAB-XP-07&row=\d+$/,
    );
    await page.reload();
    await done(page);
    await page.waitForSelector(".explain:not([hidden])");
    await count(page, "6 records");
    assert.equal(await page.textContent(".explain .about"), title);
    // The history is that of the browser.
    await page.goBack();
    await page.waitForSelector(".welcome");
    assert.match(await page.textContent(".welcome"), /The filters in the address are kept/);
    await sample(page);
    await count(page, "6 records");
    await page.locator(".chips li button").first().click();
    await page.waitForFunction(() => document.querySelectorAll(".chips li").length === 1);
    await page.click(".chips li button");
    await count(page, all);
    await page.goBack();
    await page.goBack();
    await count(page, "6 records");
    await page.goForward();
    await page.goForward();
    await count(page, all);
    await page.assertQuiet();
    await page.close();
  });
}

test("Back returns to the files before, and to the page without files", async () => {
  const page = await openPage(browser, browser.builds.served);
  const status = (name) =>
    page.waitForFunction(
      (name) =>
        document.documentElement.dataset.state === "done" &&
        document.querySelector(".status").textContent.startsWith(name),
      name,
    );
  await drop(page, [{ name: "one.ndjson", bytes: log(200) }]);
  await page.locator(".facets .not[aria-label='Exclude benign']").click();
  await page.locator(".chips li").waitFor();
  const one = await state(page);
  await drop(page, [{ name: "two.ndjson", bytes: log(300) }]);
  await status("two.ndjson");
  assert.match(await page.textContent(".status"), /Back button returns to one\.ndjson\.$/);
  assert.equal(await page.locator(".chips li").count(), 0);
  await page.goBack();
  await status("one.ndjson");
  await page.locator(".chips li", { hasText: "Verdict: not benign" }).waitFor();
  await count(page, one);
  assert.doesNotMatch(await page.textContent(".status"), /Back button/);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector(".chips").hidden);
  assert.equal(await page.title(), "one.ndjson · Crypt32 event 8 triage");
  await page.goBack();
  await page.waitForSelector(".welcome");
  assert.equal(await page.title(), "Crypt32 event 8 triage");
  assert.ok(await page.locator("text=Add files").isHidden());
  await page.goForward();
  await status("one.ndjson");
  await page.assertQuiet();
  await page.close();
});

test("further files are added to the open ones", async () => {
  const page = await openPage(browser, browser.builds.served);
  assert.ok(await page.locator("text=Add files").isHidden());
  await drop(page, [{ name: "one.ndjson", bytes: log(200) }]);
  const value = async () => Number(await page.textContent(".figures .benign .value"));
  const before = await value();
  assert.ok(before > 0);
  await page.locator(".facets .not[aria-label='Exclude benign']").click();
  await page.locator(".chips li").waitFor();
  const choose = page.waitForEvent("filechooser");
  await page.click("text=Add files");
  await (await choose).setFiles({ name: "two.ndjson", mimeType: "", buffer: log(200) });
  await page.waitForFunction(() =>
    document.querySelector(".status").textContent.startsWith("2 files"),
  );
  await done(page);
  assert.equal(await value(), 2 * before);
  assert.equal(await page.locator(".chips li").count(), 1);
  await page.close();
});

test("the browser asks before a log is lost, and not for the sample", async () => {
  for (const own of [true, false]) {
    const page = await openPage(browser, browser.builds.served);
    const asked = [];
    page.on("dialog", (dialog) => asked.push(dialog.type()));
    if (own) await drop(page, [{ name: "one.ndjson", bytes: log(200) }]);
    else await sample(page);
    // A browser asks only after the user did something on the page.
    await page.click("text=Export");
    const closed = page.waitForEvent("close", { timeout: 3000 }).then(
      () => true,
      () => false,
    );
    await page.close({ runBeforeUnload: true });
    assert.equal(await closed, !own);
    assert.deepEqual(asked, own ? ["beforeunload"] : []);
    if (own) await page.close();
  }
});

test("an address with nonsense is an address without filters", async () => {
  const nonsense = "#row=abc&sort=evil&zone=99999&from=9&to=1&verdict=none&x=<b>&%E0%A4%A";
  const page = await openPage(browser, browser.builds.served);
  await page.goto(browser.builds.served + nonsense);
  await sample(page);
  assert.equal(await fragment(page), "#sample=yes&verdict=none");
  assert.equal(await state(page), "No record fits these filters.");
  for (const what of ["ndjson", "csv"]) {
    assert.ok(await page.locator(`[data-take=${what}]`).isDisabled(), what);
  }
  await page.assertQuiet();
  await page.close();
});
