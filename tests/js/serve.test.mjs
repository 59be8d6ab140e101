// Tests the server of `make page`: it serves one folder, and no request stops it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { serve } from "../../scripts/serve.mjs";

const above = mkdtempSync(join(tmpdir(), "crypt32-serve-"));
const folder = mkdtempSync(join(above, "page"));
let server;
before(async () => {
  writeFileSync(join(folder, "index.html"), "the page");
  writeFileSync(`${folder}.secret`, "not the page");
  server = await serve(folder);
});
after(() => {
  server.close();
  rmSync(above, { recursive: true });
});

/** Requests a path unchanged; `fetch` would normalise it. */
function ask(path) {
  return new Promise((resolve, reject) => {
    const { port } = server.address();
    request({ host: "127.0.0.1", port, path, agent: false }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      resolve([response.statusCode, text]);
    })
      .on("error", reject)
      .end();
  });
}

test("an invalid address gets status 400", async () => {
  for (const path of ["/%", "/%zz", "/%C3", "//", "http://["]) {
    assert.deepEqual(await ask(path), [400, ""], path);
  }
  assert.deepEqual(await ask("/"), [200, "the page"]);
});

test("files outside of the folder are not found", async () => {
  const secret = `${basename(folder)}.secret`;
  for (const path of [
    "/no.html",
    "/%00",
    "*",
    `/../${secret}`,
    `/..%2f${secret}`,
    `/%2e%2e/${secret}`,
  ]) {
    assert.deepEqual(await ask(path), [404, ""], path);
  }
});
