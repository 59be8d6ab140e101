// The page's commands and configurations give the same results as the page.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import * as zlib from "node:zlib";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { root, take } from "./browser.mjs";
import { native, parse, sorted } from "./compare.mjs";
import { given, opened, snippet } from "./given.mjs";
import { browserForTests, folderForTests } from "./suite.mjs";

const dir = folderForTests();
const path = join(dir, "it's a log.ndjson");
const log = `${sampleLog(1).join("\n")}\n`;
writeFileSync(path, log);

const browser = browserForTests();

/** A shell in the log's folder that finds the command. */
function bash(script) {
  const PATH = `${dirname(native)}${delimiter}${process.env.PATH}`;
  const options = { cwd: dir, env: { ...process.env, PATH }, maxBuffer: 1 << 30 };
  return execFileSync("bash", ["-euo", "pipefail", "-c", script], options).toString();
}

/** The commands in a text: the lines after each comment. */
const commands = (text) => text.split(/^#.*\n/m).slice(1);

/** Whether there is a jq, which the commands of a filtered view need. In CI there must be. */
function hasJq(t) {
  try {
    return execFileSync("jq", ["--version"]);
  } catch {
    if (process.env.CI) throw new Error("no jq, which the commands of a filtered view need");
    return t.skip("no jq");
  }
}

/** The rows that the shown command gives, and those that the page exports. */
async function rowsOf(page) {
  const [, rows] = commands(await snippet(page, "Command line"));
  const shown = parse((await take(page, "ndjson")).text);
  assert.ok(shown.length > 0);
  const answers = parse(bash(rows)).map((answer) => ({ file: "it's a log.ndjson", ...answer }));
  return [sorted(answers), sorted(shown)];
}

test("the command line gives the rows of a time range in another zone", async (t) => {
  if (!hasJq(t)) return;
  const page = await opened(browser, path);
  await page.locator(".facets .not[aria-label='Exclude related']").click();
  await page.locator(".chips li").first().waitFor();
  await page.selectOption("[aria-label='Time zone']", "-300");
  await page.locator(".grid-row .c-time", { hasText: "-05:00" }).first().waitFor();
  await page.fill("[aria-label='From']", "2026-03-16T05:00:00");
  await page.fill("[aria-label='To']", "2026-03-16T12:30:00");
  await page.locator(".chips li", { hasText: "2026-03-16 05:00 to 2026-03-16 12:30" }).waitFor();
  const [answers, shown] = await rowsOf(page);
  assert.deepEqual(answers, shown);
  // Times with a zone are five hours later in UTC, and those without are not.
  const hours = (zone) =>
    shown.flatMap(({ time }) => (time?.endsWith("Z") === zone ? [time.slice(11, 13)] : []));
  assert.equal(hours(true).toSorted()[0], "10");
  assert.equal(hours(false).toSorted()[0], "05");
  await page.close();
});

test("the command line gives the rows of the view and the filtered log", async (t) => {
  if (!hasJq(t)) return;
  const page = await opened(browser, path);
  await page.locator(".facets .not[aria-label='Exclude related']").click();
  await page.locator(".chips li").first().waitFor();
  await page.locator(".facets .value", { hasText: "LAB-XP-07" }).click();
  await page.locator(".chips li", { hasText: "LAB-XP-07" }).waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".grid-row .c-computer")].every(
      (cell) => cell.textContent === "LAB-XP-07",
    ),
  );
  const [report, , filter] = commands(await snippet(page, "Command line"));
  const [answers, shown] = await rowsOf(page);
  assert.deepEqual(answers, shown);
  assert.match(bash(report), /LAB-XP-07/);
  bash(filter);
  assert.equal(readFileSync(join(dir, "filtered.log"), "utf8"), (await take(page, "drop")).text);
  await page.close();
});

test("only the records of the named computers are dropped", async () => {
  const page = await opened(browser, path);
  const { text: all } = await take(page, "drop");
  await page.fill(".option [type=text]", "TILL-0[1-3]|it's");
  assert.match(await page.textContent(".dry"), /^Dropping removes at most \d+ of /);
  const [, , filter] = commands(await snippet(page, "Command line"));
  bash(filter);
  const { text } = await take(page, "drop");
  assert.equal(readFileSync(join(dir, "filtered.log"), "utf8"), text);
  const { dropped } = JSON.parse((await take(page, "ledger")).text);
  assert.ok(dropped > 0 && text.length > all.length, `${dropped} dropped`);
  assert.match(await snippet(page, "Node"), /, onlyComputers: \["TILL-0\[1-3\]\|it's"\] \}/);
  for (const name of ["Fluent Bit", "Redpanda Connect", "ClickHouse"])
    assert.match(await snippet(page, name), /^(#|--) This drops records of every computer\./m);
  await page.fill(".option [type=text]", "till-(");
  await page.click("[data-take=drop]");
  await page.locator(".take [role=status]", { hasText: '"till-(" is not valid' }).waitFor();
  // The next export works.
  await page.fill(".option [type=text]", "");
  assert.equal((await take(page, "drop")).text, all);
  await page.assertQuiet();
  await page.close();
});

/** The same log in other files. Only the name tells how a file is compressed. */
const PACKED = {
  "packed.ndjson.gz": zlib.gzipSync(log),
  "utf16.ndjson": Buffer.from(`\ufeff${log}`, "utf16le"),
  ...(zlib.zstdCompressSync && { "packed.ndjson.zst": zlib.zstdCompressSync(log) }),
};
for (const [name, bytes] of Object.entries(PACKED)) writeFileSync(join(dir, name), bytes);

/** The output of a filter, which must differ from the earlier file. */
function written(run) {
  const out = join(dir, "filtered.log");
  rmSync(out, { force: true });
  run();
  const text = readFileSync(out, "utf8");
  assert.ok(text.length < log.length && text.length > 0);
  return text;
}

for (const name of ["packed.ndjson.gz", "utf16.ndjson"]) {
  test(`the command line filters ${name} too`, async () => {
    const { text, filtered } = await given(browser, join(dir, name), "Command line");
    assert.equal(
      written(() => bash(commands(text)[2])),
      filtered,
    );
  });
}

for (const name of ["it's a log.ndjson", ...Object.keys(PACKED)]) {
  for (const cause of [false, true]) {
    const what = cause ? ", the basis cause accepted" : "";
    test(`the script for Node writes the filtered log of ${name}${what}`, async () => {
      const { text, filtered } = await given(browser, join(dir, name), "Node", cause);
      // A project with the built package, and the script in the log's folder.
      mkdirSync(join(dir, "node_modules"), { recursive: true });
      const link = join(dir, "node_modules/crypt32-filter");
      rmSync(link, { force: true });
      symlinkSync(join(root, "pkg"), link);
      writeFileSync(join(dir, "filter.mjs"), text);
      // The first line of the script that reads standard input shows how to start it.
      const [, command = "node filter.mjs"] = /^\/\/ (.*filter\.mjs)$/m.exec(text) ?? [];
      assert.equal(
        written(() => bash(command)),
        filtered,
      );
      assert.equal(filtered.includes('"basis":"cause"'), !cause);
    });
  }
}

test("a binary log has no lines, and the page says so", async () => {
  const binary = join(root, "tests/fixtures/evt/crypt32_event8_clean.evt");
  const page = await opened(browser, binary);
  for (const name of ["Node", "Command line"])
    assert.match(await snippet(page, name), /binary logs have no lines to filter/);
  await page.close();
});

// tests/hosts run these configurations in their engines.
test("the configurations name what the modules have", async () => {
  const source = (file) => readFileSync(join(root, "crates/hosts/functions", file), "utf8");
  const abi = source("src/fluent_bit/abi.rs");
  const page = await opened(browser, path);
  for (const cause of [false, true]) {
    if (cause) await page.check(".option [type=checkbox]");
    const [, name] = /function_name: (\w+)/.exec(await snippet(page, "Fluent Bit"));
    assert.match(abi, new RegExp(`\\b${name}: `));
  }
  const clickhouse = await snippet(page, "ClickHouse");
  for (const statement of source("clickhouse/install.sql").split(/;\n/).slice(0, 2)) {
    const words = (text) => text.replace(/^--.*/gm, "").trim().split(/\s+/).join(" ");
    assert.ok(words(clickhouse).includes(words(statement)), statement);
  }
  await page.close();
});
