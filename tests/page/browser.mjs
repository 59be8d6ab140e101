// Runs the built page in Chromium, and counts every request for another file and every violation of
// the page's policy.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { serve } from "../../scripts/serve.mjs";

export const root = join(import.meta.dirname, "../..");
const require = createRequire(join(root, "www/package.json"));
const { chromium } = require("playwright-core");
export const axe = require.resolve("axe-core/axe.min.js");

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of Chromium, if it is installed. The set-up installs it where possible. */
export function browserPath() {
  return [process.env.CHROMIUM, ...PLACES].find((path) => path && existsSync(path));
}

/** A browser with a new profile. */
export async function launch() {
  const executablePath = browserPath();
  if (!executablePath) throw new Error("no Chromium: install it, or name it in CHROMIUM");
  const profile = mkdtempSync(join(tmpdir(), "crypt32-page-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    acceptDownloads: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return { context, profile };
}

/** A browser, and both builds of the page. */
export async function start() {
  const { context, profile } = await launch();
  const server = await serve(join(root, "dist/page"));
  const served = `http://127.0.0.1:${server.address().port}/`;
  const single = pathToFileURL(join(root, "dist/crypt32-triage.html")).href;
  return {
    context,
    profile,
    builds: { served, single },
    async stop() {
      await context.close();
      server.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** A page that is ready to use. It records everything that must not happen. */
export async function openPage(browser, url, options = {}) {
  const page = await browser.context.newPage();
  const wrong = [];
  const own = /^(blob:|data:)/;
  const allowed = (address) =>
    own.test(address) || (url.startsWith("file:") ? address === url : address.startsWith(url));
  // Only the page's own files can be reached; other requests are recorded.
  await page.route(
    (address) => !allowed(address.href),
    (route) => {
      wrong.push(`request: ${route.request().url()}`);
      return route.abort();
    },
  );
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.addInitScript(() => {
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) =>
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  if (options.init) await page.addInitScript(options.init);
  if (options.media) await page.emulateMedia(options.media);
  await page.setViewportSize(options.viewport ?? { width: 1400, height: 1000 });
  await page.goto(url);
  await page.waitForFunction(() => document.documentElement.dataset.state !== undefined);
  page.assertQuiet = async () => {
    assert.deepEqual([...wrong, ...(await page.evaluate(() => window.violations))], []);
  };
  return page;
}

/** Drops files on the window. */
export async function drop(page, files) {
  const data = await page.evaluateHandle(
    (files) => {
      const data = new DataTransfer();
      for (const { name, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        data.items.add(new File([bytes], name));
      }
      return data;
    },
    files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") })),
  );
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
  await done(page);
}

export async function done(page) {
  await page.waitForFunction(() => document.documentElement.dataset.state === "done", null, {
    timeout: 120_000,
  });
}

/** The contents of an export after a click on its button. */
export async function take(page, what) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.click(`[data-take=${what}]`),
  ]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return { name: download.suggestedFilename(), text: Buffer.concat(chunks).toString("utf8") };
}
