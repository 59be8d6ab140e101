// Builds the page and the guide into dist/page, and the page alone as one file,
// dist/crypt32-triage.html.
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { writeGuide } from "./guide.mjs";

const root = join(import.meta.dirname, "../..");
await build({ configFile: join(root, "www/vite.config.mjs"), logLevel: "warn" });
const page = join(root, "dist/page");
copyFileSync(join(root, "target/npm/page/crypt32_page_bg.wasm"), join(page, "crypt32_page.wasm"));
writeFileSync(
  join(page, "sample.ndjson.gz"),
  gzipSync(`${sampleLog().join("\n")}\n`, { level: 9 }),
);
writeGuide(join(page, "guide"));
await import("./single.mjs");
