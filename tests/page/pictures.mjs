// Takes the pictures of the guide: the page with the sample on wide and narrow screens, in light
// and dark, empty, with files that cannot be read, with a million records, and with a record to
// review. Look at each picture before you commit it.
//
//   node tests/page/pictures.mjs [FOLDER]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { done, drop, openPage, root, start } from "./browser.mjs";
import { generate } from "./large.mjs";

const out = process.argv[2] ?? join(root, "docs/pictures");
const browser = await start();
const dir = mkdtempSync(join(tmpdir(), "crypt32-pictures-"));

async function shot(name, { width, height, dark }, act) {
  const page = await openPage(browser, browser.builds.served, {
    viewport: { width, height },
    media: { colorScheme: dark ? "dark" : "light", reducedMotion: "reduce" },
  });
  await act(page);
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(out, `page-${name}.png`) });
  await page.assertQuiet();
  await page.close();
}

async function sample(page) {
  await page.click("text=Try the sample");
  await done(page);
}

async function computers(page) {
  await sample(page);
  await page.getByRole("button", { name: "DOCK-PC", exact: true }).click();
  await page.evaluate(() => document.querySelector(".todo").scrollIntoView());
}

async function records(page) {
  await sample(page);
  await page.locator(".timeline").scrollIntoViewIfNeeded();
  await page.evaluate(() => document.querySelector(".timeline").scrollIntoView());
}

async function review(page) {
  await sample(page);
  await page.locator(".facets .value", { hasText: "review" }).first().click();
  await page.locator(".chips li", { hasText: "review" }).waitFor();
  await page.waitForTimeout(200);
  await page.locator(".grid-row").nth(2).click();
  await page.waitForSelector(".explain:not([hidden])");
  await page.evaluate(() => document.querySelector(".records").scrollIntoView());
}

async function menu(page) {
  await records(page);
  await page.locator(".grid-row .c-computer").nth(3).click({ button: "right" });
  await page.waitForSelector(".menu:not([hidden])");
}

async function take(page) {
  await sample(page);
  await page.evaluate(() => document.querySelector(".take").scrollIntoView());
}

/** Two logs, one of them cut off, and a picture. */
async function unread(page) {
  const log = Buffer.from(`${sampleLog(1).join("\n")}\n`);
  const packed = gzipSync(log);
  await drop(page, [
    { name: "till.ndjson", bytes: log },
    { name: "press.ndjson.gz", bytes: packed.subarray(0, packed.length / 2) },
    { name: "rack.png", bytes: Buffer.from("\x89PNG\r\n\x1a\n", "latin1") },
  ]);
}

async function million(page) {
  const path = join(dir, "million.ndjson");
  generate(path, { records: 1_000_000, share: 1 });
  await page.setInputFiles("input[type=file]", path);
  await done(page);
  await page.evaluate(() => {
    document.querySelector(".timeline").scrollIntoView();
    const grid = document.querySelector(".grid");
    grid.scrollTop = grid.scrollHeight / 3;
  });
  await page.waitForTimeout(1000);
}

const wide = { width: 1400, height: 1000 };
const narrow = { width: 390, height: 1500 };
try {
  await shot("empty", wide, async () => {});
  await shot("answer", wide, sample);
  await shot("computers", wide, computers);
  await shot("records", wide, records);
  await shot("review", { ...wide, height: 1300 }, review);
  await shot("dark", { ...wide, dark: true }, sample);
  await shot("dark-review", { ...wide, height: 1300, dark: true }, review);
  await shot("narrow", narrow, sample);
  await shot("narrow-records", narrow, records);
  await shot("menu", wide, menu);
  await shot("take", { ...wide, height: 760 }, take);
  await shot("unread", wide, unread);
  await shot("million", wide, million);
} finally {
  await browser.stop();
  rmSync(dir, { recursive: true });
}
