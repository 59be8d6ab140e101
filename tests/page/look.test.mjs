// Accessibility: axe, narrow screens, print.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { axe, done, openPage } from "./browser.mjs";
import { browserForTests } from "./suite.mjs";

const browser = browserForTests();

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing, ${colorScheme}`, async () => {
    const media = { colorScheme, reducedMotion: "reduce" };
    const page = await openPage(browser, browser.builds.served, { media });
    // The page's policy forbids adding a script, but does not apply to the test's isolated world.
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
    await page.focus("[role=grid]");
    await page.keyboard.press("m");
    await check();
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 390, height: 844 });
    await check();
    await page.close();
  });
}

test("a narrow screen needs no scrolling sideways", async () => {
  const viewport = { width: 390, height: 844 };
  const page = await openPage(browser, browser.builds.served, { viewport });
  await page.click("text=Try the sample");
  await done(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= viewport.width, `${wide} pixels`);
  await page.close();
});

/** Runs in the page: records for each frame the fonts in which text was laid out. */
function watchFonts() {
  window.fonts = new Set();
  const look = () => {
    for (const element of document.querySelectorAll("body *")) {
      const said = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!said || element.getClientRects().length === 0) continue;
      const { fontFamily, fontSize, fontStyle, fontWeight } = getComputedStyle(element);
      window.fonts.add([fontSize, fontWeight, fontStyle, fontFamily].join(" "));
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

test("every font of the results was used before a file is opened", async () => {
  const page = await openPage(browser, browser.builds.served, { init: watchFonts });
  // The empty results were laid out and removed.
  assert.equal(await page.locator(".results").isVisible(), false);
  assert.equal(await page.locator(".hosts table").count(), 0);
  const before = await page.evaluate(() => [...window.fonts]);
  await page.click("text=Try the sample");
  await done(page);
  await page.waitForSelector(".grid-row");
  const all = await page.evaluate(() => [...window.fonts]);
  assert.ok(before.length > 10, `${before.length} fonts`);
  assert.deepEqual(
    all.filter((font) => !before.includes(font)),
    [],
  );
  await page.assertQuiet();
  await page.close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`paper shows the report and no controls, ${colorScheme}`, async () => {
    const page = await openPage(browser, browser.builds.single, { media: { colorScheme } });
    await page.click("text=Try the sample");
    await done(page);
    await page.locator(".grid-row").first().click();
    await page.waitForSelector(".explain:not([hidden])");
    await page.emulateMedia({ media: "print", colorScheme });
    for (const shown of [".sentence", ".figures", ".ways", ".hosts table", ".plot", ".explain"]) {
      assert.ok(await page.locator(shown).isVisible(), shown);
    }
    for (const control of [".actions", ".facets", ".grid", ".take", ".range", ".status button"]) {
      assert.equal(await page.locator(control).filter({ visible: true }).count(), 0, control);
    }
    const [ink, paper] = await page.evaluate(() => {
      const style = getComputedStyle(document.body);
      return [style.color, style.backgroundColor];
    });
    assert.equal(paper, "rgb(255, 255, 255)");
    assert.ok(
      ink.match(/\d+/g).every((part) => Number(part) < 90),
      ink,
    );
    const pdf = await page.pdf({ format: "A4" });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.ok(pdf.length > 20_000, `${pdf.length} bytes`);
    await page.assertQuiet();
    await page.close();
  });
}
