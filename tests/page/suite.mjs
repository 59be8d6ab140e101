// Shared resources of the tests in a file, and their clean-up.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { start } from "./browser.mjs";

/** The result of {@link start}, once the tests run. */
export function browserForTests() {
  const browser = {};
  before(async () => {
    Object.assign(browser, await start());
  });
  after(() => browser.stop?.());
  return browser;
}

export function folderForTests() {
  const folder = mkdtempSync(join(tmpdir(), "crypt32-page-"));
  after(() => rmSync(folder, { recursive: true }));
  return folder;
}
