// Opens a large generated NDJSON log in the page and measures: how fast it is read, the longest
// task of the main thread, and the memory of the tab's process. A measurement, not a test.
//
//   node tests/page/measure.mjs [--megabytes 1000] [--share 0.01] [--picture FILE]
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sampleLog } from "../../www/tools/sample-log.mjs";
import { openPage, start } from "./browser.mjs";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "1000" },
    share: { type: "string", default: "0.01" },
    picture: { type: "string" },
  },
});
const bytes = Number(values.megabytes) * 1e6;
const share = Number(values.share);
const dir = mkdtempSync(join(tmpdir(), "crypt32-measure-"));

/** Records of about 750 bytes, `share` of them Crypt32 event 8. */
function generate(path) {
  const records = sampleLog().filter((line) => line.startsWith("{"));
  const ours = records.filter((line) => line.includes("authrootseq"));
  const rest = records
    .filter((line) => !line.includes("crypt32"))
    .map(
      (line) => `${line.slice(0, -1)},"padding":"${"x".repeat(Math.max(0, 735 - line.length))}"}`,
    );
  const file = openSync(path, "w");
  let length = 0;
  let batch = [];
  for (let i = 0; length < bytes; i++) {
    const mine = Math.floor((i + 1) * share) > Math.floor(i * share);
    const line = mine ? ours[i % ours.length] : rest[i % rest.length];
    batch.push(line);
    length += line.length + 1;
    if (batch.length === 20_000 || length >= bytes) {
      writeSync(file, `${batch.join("\n")}\n`);
      batch = [];
    }
  }
  closeSync(file);
  return length;
}

/** The largest resident set of a renderer, in bytes. */
function renderer(profile) {
  let most = 0;
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${id}/cmdline`, "utf8");
      if (!line.includes("--type=renderer") || !line.includes(profile)) continue;
      const status = readFileSync(`/proc/${id}/smaps_rollup`, "utf8");
      most = Math.max(most, Number(/^Pss:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // The process has ended.
    }
  }
  return most;
}

const browser = await start();
try {
  const path = join(dir, "large.ndjson");
  const length = generate(path);
  const page = await openPage(browser, browser.builds.served);
  await page.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const task of list.getEntries())
        window.longest = Math.max(window.longest, task.duration);
    }).observe({ type: "longtask" });
  });
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, renderer(browser.profile));
  }, 250);
  const began = performance.now();
  await page.setInputFiles("input[type=file]", path);
  await page.waitForFunction(() => document.documentElement.dataset.state === "reading");
  await page.waitForFunction(() => document.documentElement.dataset.state === "done", null, {
    timeout: 600_000,
    polling: 50,
  });
  const took = performance.now() - began;
  await page.waitForTimeout(1000);
  clearInterval(watch);
  if (values.picture) await page.screenshot({ path: values.picture });
  const longest = await page.evaluate(() => window.longest);
  const rows = await page.textContent(".grid-frame > p");
  process.stdout.write(
    `${(length / 1e6).toFixed(0)} MB in ${(took / 1000).toFixed(1)} s: ${(length / 1000 / took).toFixed(0)} MB/s; ` +
      `${rows}; longest main-thread task ${longest > 0 ? longest.toFixed(0) : "under 50"} ms; ` +
      `tab at most ${(most / 1e6).toFixed(0)} MB\n`,
  );
} finally {
  await browser.stop();
  rmSync(dir, { recursive: true });
}
