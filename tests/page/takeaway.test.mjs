// The commands and configurations that the page gives out do what the page shows.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { sampleLog } from "../../www/tools/sample-log.mjs";
import { done, openPage, root, take } from "./browser.mjs";
import { native, parse, sorted } from "./compare.mjs";
import { browserForTests, folderForTests } from "./suite.mjs";

const dir = folderForTests();
const path = join(dir, "it's a log.ndjson");
const log = `${sampleLog(1).join("\n")}\n`;
writeFileSync(path, log);

const browser = browserForTests();

const snippet = async (page, name) => {
  await page.click(`.tabs >> text=${name}`);
  return page.textContent("[aria-label='Command or configuration']");
};

/** A shell that finds the command, where the log is. */
function bash(script) {
  const PATH = `${dirname(native)}${delimiter}${process.env.PATH}`;
  const options = { cwd: dir, env: { ...process.env, PATH }, maxBuffer: 1 << 30 };
  return execFileSync("bash", ["-euo", "pipefail", "-c", script], options).toString();
}

/** The commands of a text: what stands below each comment. */
const commands = (text) => text.split(/^#.*\n/m).slice(1);

test("the command line gives the rows of the view and the filtered log", async (t) => {
  try {
    execFileSync("jq", ["--version"]);
  } catch {
    if (process.env.CI) throw new Error("no jq, which the commands of a filtered view need");
    return t.skip("no jq");
  }
  const page = await openPage(browser, browser.builds.served);
  await page.setInputFiles("input[type=file]", path);
  await done(page);
  await page.locator(".facets .not[aria-label='Leave out related']").click();
  await page.locator(".chips li").first().waitFor();
  await page.locator(".facets .value", { hasText: "LAB-XP-07" }).click();
  await page.locator(".chips li", { hasText: "LAB-XP-07" }).waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".grid-row .c-computer")].every(
      (cell) => cell.textContent === "LAB-XP-07",
    ),
  );
  const [report, rows, filter] = commands(await snippet(page, "Command line"));
  const shown = parse((await take(page, "ndjson")).text);
  assert.ok(shown.length > 0);
  const answers = parse(bash(rows)).map((answer) => ({ file: "it's a log.ndjson", ...answer }));
  assert.deepEqual(sorted(answers), sorted(shown));
  assert.match(bash(report), /LAB-XP-07/);
  bash(filter);
  assert.equal(readFileSync(join(dir, "filtered.log"), "utf8"), (await take(page, "drop")).text);
  await page.close();
});

for (const [name, bytes] of [
  ["packed.ndjson.gz", gzipSync(log)],
  ["utf16.ndjson", Buffer.from(`\ufeff${log}`, "utf16le")],
]) {
  test(`the command line filters ${name} too`, async () => {
    writeFileSync(join(dir, name), bytes);
    const page = await openPage(browser, browser.builds.served);
    await page.setInputFiles("input[type=file]", join(dir, name));
    await done(page);
    bash(commands(await snippet(page, "Command line"))[2]);
    const filtered = readFileSync(join(dir, "filtered.log"), "utf8");
    assert.equal(filtered, (await take(page, "drop")).text);
    assert.ok(filtered.length < log.length);
    await page.close();
  });
}

test("the configurations name what the modules have", async () => {
  const page = await openPage(browser, browser.builds.single);
  await page.setInputFiles("input[type=file]", path);
  await done(page);
  const source = (file) => readFileSync(join(root, "src/host", file), "utf8");
  const abi = source("fluent_bit/abi.rs");
  for (const cause of [false, true]) {
    if (cause) await page.check(".option input");
    const [, name] = /function_name: (\w+)/.exec(await snippet(page, "Fluent Bit"));
    assert.match(abi, new RegExp(`\\b${name}: `));
  }
  const [, made] = /CREATE FUNCTION (\w+)/.exec(await snippet(page, "ClickHouse"));
  assert.match(source("clickhouse/install.sql"), new RegExp(`FUNCTION ${made} LANGUAGE WASM`));
  await page.close();
});
