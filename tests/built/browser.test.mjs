// Runs the suite in Chromium: bundled by Vite, webpack and esbuild, without a bundler, and in a
// worker. Also runs the guide's script for browsers.
import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Filter } from "../../pkg/node.js";
import { serve } from "../../scripts/serve.mjs";
import { kit, kitText } from "../js/kit.mjs";
import { limited } from "../js/limited.mjs";
import { pkg, root, suiteProject } from "../js/project.mjs";
import { browserPath, launch } from "../page/browser.mjs";
import { BUNDLERS, bundle } from "./bundle.mjs";

/** Loads the kit and runs the suite, in a page or in a worker. */
const RUN = `
const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
export async function run() {
  const kit = await (await fetch("/kit.json")).json();
  const files = Object.entries(kit.files).map(([name, text]) => [name, bytes(text)]);
  const all = { ...kit, log: bytes(kit.log), files: Object.fromEntries(files) };
  return globalThis.runBundledSuite(all);
}
`;
const WORKER = (script) => `
import "${script}";
import { run } from "/run.js";
run().then(postMessage, (error) => postMessage({ passed: 0, failed: [String(error)] }));
`;
const MAP = `<!doctype html><meta charset="utf-8"><title>suite</title>
<script type="importmap">
{ "imports": { "crypt32-filter": "/node_modules/crypt32-filter/web.js" } }
</script>
<script type="module" src="/bundled.mjs"></script>
`;

// In CI, Chromium must be installed; elsewhere it may be missing.
const skip = browserPath() === undefined && !process.env.CI ? "no Chromium" : false;

describe("in Chromium", { skip }, () => {
  const scripts = {};
  let installed;
  let browser;
  let server;
  let address;

  before(async () => {
    installed = suiteProject();
    const { dir } = installed;
    for (const name of Object.keys(BUNDLERS)) {
      const main = await bundle(name, dir, join(dir, name));
      scripts[name] = main.slice(dir.length);
    }
    cpSync(join(root, "docs/scripts/browser-fetch.html"), join(dir, "browser-fetch.html"));
    writeFileSync(join(dir, "app.ndjson"), kit.log);
    writeFileSync(join(dir, "kit.json"), kitText());
    writeFileSync(join(dir, "run.js"), RUN);
    writeFileSync(join(dir, "worker.js"), WORKER(scripts.esbuild));
    writeFileSync(join(dir, "map.html"), MAP);
    const module = readFileSync(join(pkg, "crypt32_filter_bg.wasm"));
    writeFileSync(join(dir, "limited.wasm"), limited(module, 3));
    server = await serve(dir);
    address = `http://127.0.0.1:${server.address().port}`;
    browser = await launch();
  });
  after(async () => {
    await browser?.context.close();
    server?.close();
    installed?.remove();
    if (browser) rmSync(browser.profile, { recursive: true, force: true });
  });

  async function open(path) {
    const page = await browser.context.newPage();
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    await page.goto(address + path, { waitUntil: "load" });
    return { page, wrong };
  }

  function assertPassed({ passed, failed }) {
    assert.deepEqual(failed, []);
    assert.ok(passed >= 90, `${passed} tests`);
  }

  for (const [name, path] of [
    ...Object.keys(BUNDLERS).map((name) => [`bundled by ${name}`, `/${name}/suite.html`]),
    ["without a bundler", "/map.html"],
  ]) {
    test(name, async () => {
      const { page, wrong } = await open(path);
      await page.waitForFunction(() => globalThis.runBundledSuite);
      assertPassed(await page.evaluate(async () => (await import("/run.js")).run()));
      assert.deepEqual(wrong, []);
      await page.close();
    });
  }

  test("in a worker", async () => {
    const { page } = await open("/map.html");
    const outcome = await page.evaluate(() => {
      const worker = new Worker("/worker.js", { type: "module" });
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
      });
    });
    assertPassed(outcome);
    await page.close();
  });

  const WASM = "/node_modules/crypt32-filter/crypt32_filter_bg.wasm";
  for (const [name, source] of [
    ["the package", "undefined"],
    ["an address", `"${WASM}"`],
    ["a URL", `new URL("${WASM}", location.href)`],
    ["a response", `fetch("${WASM}")`],
    ["bytes", `await (await fetch("${WASM}")).arrayBuffer()`],
    ["a module", `await WebAssembly.compileStreaming(fetch("${WASM}"))`],
  ]) {
    test(`init takes the module from ${name}, after it failed too`, async () => {
      const { page } = await open("/map.html");
      const answers = await page.evaluate(`(async () => {
        const { classify, init } = await import("/node_modules/crypt32-filter/web.js");
        const answers = [];
        try { classify("{}"); } catch (error) { answers.push(error.code); }
        await init("/missing.wasm").catch((error) => answers.push(error instanceof Error));
        await Promise.all([init(${source}), init()]);
        await init();
        return [...answers, classify({ SourceName: "crypt32", EventID: 8 }).verdict];
      })()`);
      assert.deepEqual(answers, ["ERR_CRYPT32_STATE", true, "review"]);
      await page.close();
    });
  }

  test("after the module ran out of memory, later calls work", async () => {
    const { page, wrong } = await open("/map.html");
    const answers = await page.evaluate(async () => {
      const library = await import("/node_modules/crypt32-filter/web.js");
      const { classify, Crypt32FilterStream, Filter, init } = library;
      await init(fetch("/limited.wasm"));
      const caught = (run) => {
        try {
          return run();
        } catch (error) {
          return error.code;
        }
      };
      const beside = new Crypt32FilterStream();
      const large = new Uint8Array(1 << 20);
      const filter = new Filter();
      const writer = beside.writable.getWriter();
      writer.closed.catch(() => {});
      const read = beside.readable.getReader().read();
      return [
        caught(() => classify(large)),
        classify({ SourceName: "crypt32", EventID: 8 }).verdict,
        caught(() => filter.push(large)),
        caught(() => filter.ledger()),
        await writer.write(new Uint8Array(1)).catch((error) => error.code),
        await read.catch((error) => error.code),
        classify({ SourceName: "crypt32", EventID: 8 }).verdict,
        new Filter().push(new Uint8Array([120, 10])).length,
      ];
    });
    const lost = "ERR_CRYPT32_MODULE";
    assert.deepEqual(answers, [lost, "review", lost, lost, lost, lost, "review", 2]);
    assert.deepEqual(wrong, []);
    await page.close();
  });

  test("the guide's script for browsers", async () => {
    const { page, wrong } = await open("/browser-fetch.html?log=app.ndjson");
    await page.waitForFunction(() =>
      /dropped$/.test(document.querySelector("#answer").textContent),
    );
    const kept = await page.textContent("#kept");
    const filter = new Filter({ action: "drop" });
    const expected = Buffer.concat([filter.push(kit.log), filter.finish()]);
    assert.equal(kept, expected.toString());
    assert.deepEqual(wrong, []);
    await page.close();
  });
});
