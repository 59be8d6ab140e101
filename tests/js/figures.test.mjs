// Compares the figures in documents with the package's results for the bundled log, and with the
// last recorded run of the benchmark.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ratios } from "../../benches/report.mjs";
import { classify, Filter } from "../../pkg/node.js";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { blocks, root } from "../documents/shown.mjs";

test("the ledger that the guide shows is that of one day of the bundled log", () => {
  const [{ text }] = blocks.filter(
    ({ path, language }) => path === "docs/ledger.md" && language === "json",
  );
  const { computers, ...counts } = JSON.parse(text);
  const filter = new Filter({ action: "drop" });
  filter.push(Buffer.from(`${sampleLog(1).join("\n")}\n`));
  filter.finish();
  const ledger = filter.ledger();
  assert.deepEqual({ ...ledger, ...counts }, ledger);
  assert.ok(Object.keys(counts).length > 10);
  assert.deepEqual({ ...ledger.computers, ...computers }, ledger.computers);
});

test("the figures about hand-written rules are correct", () => {
  const page = readFileSync(join(root, "docs/faq.md"), "utf8").replaceAll(/\s+/g, " ");
  const [, ...said] =
    /`target\/run\/sample.ndjson`: (\S+) records for .* lines\. (\d+) of them are empty, and (\d+) are .* count the other (\S+)\. .* has (\S+) dropped and (\d+) to review\. The rule by URL also drops (\d+) events 7, (\d+) of the records to review, and (\d+) that .*; the rule by source drops (\d+) events 7, (\d+) events 11 and all (\d+) to review/.exec(
      page,
    );
  const lines = sampleLog();
  const count = (rule) => {
    const kinds = { benign: 0, review: 0, 7: 0, 11: 0, other: 0 };
    for (const line of lines.filter((line) => rule.test(line))) {
      const { verdict, related } = classify(line);
      kinds[verdict in kinds ? verdict : related?.id in kinds ? related.id : "other"]++;
    }
    return kinds;
  };
  const [all, url, source] = [/^/, /authrootseq\.txt/, /"crypt32"/i].map(count);
  assert.deepEqual([url.benign, source.benign], [all.benign, all.benign]);
  const empty = lines.filter((line) => line === "").length;
  const unread = lines.filter((line) => line !== "" && classify(line).shape === null).length;
  const read = lines.length - empty - unread;
  const numbers = [lines.length, empty, unread, read, all.benign, all.review];
  numbers.push(url[7], url.review, url.other, source[7], source[11], source.review);
  assert.deepEqual(
    said.map((text) => Number(text.replaceAll(",", ""))),
    numbers,
  );
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const rows = [...readme.matchAll(/^\| .* \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$/gm)];
  assert.deepEqual(
    rows.map(([, ...cells]) => cells.map((text) => Number(text.replaceAll(",", "")))),
    [
      [url.benign, source.benign, all.benign],
      [url[7], source[7], 0],
      [url[11], source[11], 0],
      [url.review, source.review, 0],
      [url.other, source.other, 0],
    ],
  );
});

test("the README's ratios are those of the last recorded run", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8").replaceAll(/\s+/g, " ");
  const [, ...said] =
    /is (\S+) times as fast as a `JSON.parse` of each line and (\S+) times as fast as the same rule in native VRL[.;] .* (\S+) times as fast as `JSON.parse`, tag/.exec(
      readme,
    );
  const results = join(root, "benches/results");
  const last = readdirSync(results).sort().at(-1);
  const all = ratios(JSON.parse(readFileSync(join(results, last), "utf8")));
  const ratio = (ours, theirs) =>
    all.find(
      ([what, against]) => what === `${ours}: WASM in Node, pieces` && against === theirs,
    )[4];
  assert.deepEqual(
    said.map((text) => `${text} x`),
    [
      ratio("sparse, tag", "observe: Node JSON.parse"),
      ratio("sparse, tag", "observe: VRL"),
      ratio("dense, tag", "tag: Node JSON.parse"),
    ],
  );
});
