// Compares the page's configuration in the real Redpanda Connect with the page's filtered log.
import { notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sampleLog } from "../../../scripts/sample-log.mjs";
import { canGive, given } from "../../page/given.mjs";
import { browserForTests, folderForTests } from "../../page/suite.mjs";
import { pipeText } from "./engines.mjs";
import { root } from "./records.mjs";

const skip = !canGive() && "no Chromium";
const browser = skip ? {} : browserForTests();
const path = join(folderForTests(), "sample.ndjson");
const log = `${sampleLog(1).join("\n")}\n`;
writeFileSync(path, log);

for (const cause of [false, true]) {
  test(`the page's pipeline${cause ? ", the basis cause accepted" : ""}`, { skip }, async () => {
    const { text, filtered } = await given(browser, path, "Redpanda Connect", cause);
    // The module is in the engine's working directory.
    const { status, stdout, stderr } = await pipeText("connect", text, log, join(root, "dist"));
    strictEqual(status, 0, stderr);
    strictEqual(stderr, "");
    ok(stdout.equals(Buffer.from(filtered)), `${stdout.length} bytes for ${filtered.length}`);
    notStrictEqual(filtered, log);
    strictEqual(filtered.includes('"basis":"cause"'), !cause);
  });
}
