// The page's command or configuration for a log, and the expected filtered log.
//
//   node tests/page/given.mjs LOG NAME [--cause]     prints both as JSON
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { browserPath, done, openPage, start, take } from "./browser.mjs";

/** Whether a browser is available. In CI it must be. */
export const canGive = () => Boolean(process.env.CI || browserPath());

/** The text of one of the tabs. */
export async function snippet(page, name) {
  await page.click(`.tabs >> text=${name}`);
  return page.textContent("[aria-label='Command or configuration']");
}

/** A page with an open log. With `cause`, this basis is also accepted. */
export async function opened(browser, path, cause = false) {
  const page = await openPage(browser, browser.builds.served);
  await page.setInputFiles("input[type=file]", path);
  await done(page);
  if (cause) await page.check(".option [type=checkbox]");
  return page;
}

export async function given(browser, path, name, cause = false) {
  const page = await opened(browser, path, cause);
  const text = await snippet(page, name);
  const filtered = (await take(page, "drop")).text;
  await page.close();
  return { text, filtered };
}

if (process.argv[1] === import.meta.filename) {
  // A test that cannot run is skipped, except in CI.
  if (!canGive()) process.exit(3);
  const options = { cause: { type: "boolean" } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [path, name] = positionals;
  const browser = await start();
  try {
    const both = await given(browser, resolve(path), name, values.cause);
    process.stdout.write(JSON.stringify(both));
  } finally {
    await browser.stop();
  }
}
