// Runs the commands of a document in a new folder with a log, app.ndjson, and with programs under
// their usual names.
import { strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { root } from "./streams/records.mjs";

/** Returns the content of kept.ndjson. `programs` maps names to paths. */
export function typed(text, log, programs) {
  const folder = mkdtempSync(join(tmpdir(), "crypt32-typed-"));
  try {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    for (const [name, path] of Object.entries(programs)) symlinkSync(path, join(bin, name));
    writeFileSync(join(folder, "app.ndjson"), log);
    const commands = text.replaceAll("/path/to/crypt32-filter", root);
    const { status, stderr } = spawnSync("bash", ["-ec", commands], {
      cwd: folder,
      encoding: "utf8",
      env: { ...env, PATH: `${bin}:${env.PATH}` },
    });
    strictEqual(status, 0, `${commands}\n${stderr}`);
    return readFileSync(join(folder, "kept.ndjson"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
