// Opens a large generated NDJSON log in the page and measures the reading rate, the longest task of
// the main thread, and the memory of the tab's process. Then measures how long it takes to sort,
// filter, search and scroll the rows. This is not a test.
//
//   node tests/page/measure.mjs [--megabytes 1000] [--share 0.01] [--picture FILE]
//   node tests/page/measure.mjs --rows 1000000
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openPage, start } from "./browser.mjs";
import { generate, memory } from "./large.mjs";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "1000" },
    share: { type: "string", default: "0.01" },
    rows: { type: "string" },
    picture: { type: "string" },
  },
});
const print = (text) => process.stdout.write(`${text}\n`);
const dir = mkdtempSync(join(tmpdir(), "crypt32-measure-"));
const browser = await start();

/** Measures the tasks of the main thread: the longest one, and the most processor time in one. */
async function watched(page, run) {
  const session = await browser.context.newCDPSession(page);
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const traceConfig = { includedCategories: ["toplevel"] };
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
  await run();
  const ended = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await ended;
  const name = ({ pid, tid }) => `${pid} ${tid}`;
  const mains = new Set(
    events
      .filter((event) => event.name === "thread_name" && event.args.name === "CrRendererMain")
      .map(name),
  );
  const tasks = events.filter(
    (event) => event.name.endsWith("RunTask") && event.tdur && mains.has(name(event)),
  );
  const most = (name) => (Math.max(0, ...tasks.map((task) => task[name])) / 1000).toFixed(0);
  return `longest main-thread task ${most("dur")} ms (at most ${most("tdur")} ms of processor time in one)`;
}

/** Opens the file and returns the time. */
async function open(page, path) {
  const began = performance.now();
  await page.setInputFiles("input[type=file]", path);
  await page.waitForFunction(() => document.documentElement.dataset.state === "done", null, {
    timeout: 600_000,
    polling: 50,
  });
  return performance.now() - began;
}

/** Works with many rows like a user, and returns the time of each action. */
async function walk(page) {
  const all = await page.textContent(".grid-frame > p");
  const timed = async (what, act, until, arg) => {
    const began = performance.now();
    await act();
    await page.waitForFunction(until, arg, { timeout: 60_000, polling: "raf" });
    print(`  ${what}: ${(performance.now() - began).toFixed(0)} ms`);
  };
  const loaded = (key) =>
    document.querySelector(`[data-key=${key}]`).hasAttribute("aria-sort") &&
    document.querySelector(".grid").ariaBusy === "false";
  for (const key of ["computer", "message", "time"]) {
    await timed(`sort by ${key}`, () => page.click(`[data-key=${key}] button`), loaded, key);
  }
  const differs = (all) => document.querySelector(".grid-frame > p").textContent !== all;
  const facet = page.locator(".facets details:nth-of-type(2) .value").first();
  await timed("choose a computer", () => facet.click(), differs, all);
  const same = (all) => document.querySelector(".grid-frame > p").textContent === all;
  await timed("and drop the filter", () => page.click(".chips li button"), same, all);
  const search = page.getByRole("searchbox");
  await timed("search", () => search.fill("nothing has this"), differs, all);
  await search.fill("");
  await page.waitForFunction(same, all);
  const frames = await page.evaluate(async () => {
    const grid = document.querySelector(".grid");
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let i = 0; i < 200; i++) {
      grid.scrollTop += i % 100 < 50 ? 97 : grid.scrollHeight / 120;
      const now = await new Promise(requestAnimationFrame);
      times.push(now - last);
      last = now;
    }
    return times.sort((a, b) => a - b);
  });
  const [median, late] = [frames[100], frames[190]].map((time) => time.toFixed(0));
  print(`  a frame while scrolling: ${median} ms, 95 % within ${late} ms`);
}

try {
  const path = join(dir, "large.ndjson");
  const rows = values.rows && Number(values.rows);
  const share = rows ? 1 : Number(values.share);
  const size = rows ? { records: rows } : { bytes: Number(values.megabytes) * 1e6 };
  const length = generate(path, { ...size, share });
  const page = await openPage(browser, browser.builds.served);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, memory(browser.profile));
  }, 250);
  let took = 0;
  const tasks = await watched(page, async () => {
    took = await open(page, path);
    await page.waitForTimeout(1000);
  });
  if (values.picture) await page.screenshot({ path: values.picture });
  const count = await page.textContent(".grid-frame > p");
  const speed = `${(length / 1e6).toFixed(0)} MB in ${(took / 1000).toFixed(1)} s: ${(length / 1000 / took).toFixed(0)} MB/s`;
  print(`${speed}; ${count}; ${tasks}; tab at most ${(most / 1e6).toFixed(0)} MB`);
  if (rows) {
    print(`  ${await watched(page, () => walk(page))}`);
    print(`  tab at most ${(most / 1e6).toFixed(0)} MB`);
  }
  clearInterval(watch);
  print(`load of the machine: ${loadavg()[0].toFixed(1)} on ${cpus().length} processors`);
} finally {
  await browser.stop();
  rmSync(dir, { recursive: true });
}
