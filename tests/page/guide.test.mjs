// The guide beside the page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { axe, openPage } from "./browser.mjs";
import { browserForTests } from "./suite.mjs";

const browser = browserForTests();

for (const colorScheme of ["light", "dark"]) {
  test(`the guide has the page's colours and leads to every page, ${colorScheme}`, async () => {
    const page = await openPage(browser, browser.builds.served, { media: { colorScheme } });
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const colour = await paper();
    await page.goto(`${browser.builds.served}guide/verdict.html`);
    assert.equal(await paper(), colour);
    assert.equal(await page.textContent("nav [aria-current]"), "The verdict");
    const links = page.locator("nav a");
    const pages = await links.evaluateAll((list) => list.map(({ href }) => href));
    assert.ok(pages.length > 12, pages.join());
    for (const address of pages) assert.ok((await fetch(address)).ok, address);
    await page.evaluate(readFileSync(axe, "utf8"));
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      const { wide, found } = await page.evaluate(async () => {
        const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
        const { violations } = await window.axe.run(document, { runOnly, preload: false });
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
        return { wide: document.documentElement.scrollWidth, found };
      });
      assert.deepEqual(found, []);
      assert.ok(wide <= width, `${wide} pixels`);
    }
    await page.assertQuiet();
    await page.close();
  });
}

test("the guide's search finds sections, and its links lead to them", async () => {
  const page = await openPage(browser, browser.builds.served);
  await page.goto(`${browser.builds.served}guide/verdict.html`);
  await page.fill("#search", "only_computers regular");
  await page.locator("#count", { hasText: /^[1-9]\d* sections?$/ }).waitFor();
  const [first] = await page.locator("#found a").all();
  assert.match(await first.textContent(), /^Options: only_computers/);
  await first.click();
  await page.waitForURL(/options\.html#only_computers$/);
  await page.fill("#search", "no such xyzzy");
  await page.locator("#count", { hasText: "0 sections" }).waitFor();
  await page.assertQuiet();
  await page.close();
});
