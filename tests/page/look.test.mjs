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
    await page.keyboard.press("?");
    await check();
    await page.keyboard.press("Escape");
    await page.locator(".opens").first().click();
    await check();
    await page.setViewportSize({ width: 360, height: 780 });
    await check();
    await page.close();
  });
}

// The second is a screen of 1280 pixels at 200 % zoom.
for (const [width, height] of [
  [360, 780],
  [640, 400],
]) {
  test(`${width} pixels: no scrolling sideways, and the answer in view and in focus`, async () => {
    const viewport = { width, height };
    const page = await openPage(browser, browser.builds.served, { viewport });
    await page.locator("text=Try the sample").scrollIntoViewIfNeeded();
    await page.click("text=Try the sample");
    await done(page);
    const { wide, id, top, verdict } = await page.evaluate(() => {
      const box = (part) => document.querySelector(part).getBoundingClientRect();
      return {
        wide: document.documentElement.scrollWidth,
        id: document.activeElement.id,
        top: box(".sentence").top,
        verdict: box(".c-verdict").right,
      };
    });
    assert.ok(wide <= width, `${wide} pixels`);
    assert.equal(id, "answer-title");
    assert.ok(top > 0 && top < height, `the answer is at ${top}`);
    assert.ok(verdict < width, `the verdicts end at ${verdict}`);
    // The next key leads past everything to the table.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "records-title");
    await page.close();
  });
}

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
    const parts = [
      ".sentence",
      ".figures",
      ".listed",
      ".ways",
      ".hosts table",
      ".plot",
      ".explain",
    ];
    for (const shown of parts) {
      assert.ok(await page.locator(shown).isVisible(), shown);
    }
    // A heading that sticks would be drawn across the rows of a later page.
    assert.equal(
      await page.evaluate(
        () => getComputedStyle(document.querySelector(".hosts thead th")).position,
      ),
      "static",
    );
    const controls = [".actions", ".facets", ".grid", ".take", ".range", ".hint", "footer"];
    for (const control of [...controls, ".status button", ".records > .bar"]) {
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
