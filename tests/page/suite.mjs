// What the tests of a file share, and what is cleared away behind them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { start } from "./browser.mjs";

/** A browser: what {@link start} gives, once the tests run. */
export function browserForTests() {
  const browser = {};
  before(async () => {
    Object.assign(browser, await start());
  });
  after(() => browser.stop?.());
  return browser;
}

/** A folder. */
export function folderForTests() {
  const folder = mkdtempSync(join(tmpdir(), "crypt32-page-"));
  after(() => rmSync(folder, { recursive: true }));
  return folder;
}
