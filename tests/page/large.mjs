// Generates logs that are too large to be committed, and measures the memory of a tab.
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { sampleLog } from "../../scripts/sample-log.mjs";

/**
 * Records of about 750 bytes, with a `share` of Crypt32 event 8, up to a number of records or
 * bytes.
 */
export function generate(path, { bytes = Number.POSITIVE_INFINITY, records, share }) {
  const sample = sampleLog().filter((line) => line.startsWith("{"));
  const ours = sample.filter((line) => line.includes("authrootseq"));
  const rest = sample
    .filter((line) => !line.includes("crypt32"))
    .map(
      (line) => `${line.slice(0, -1)},"padding":"${"x".repeat(Math.max(0, 735 - line.length))}"}`,
    );
  const file = openSync(path, "w");
  let length = 0;
  let batch = [];
  for (let i = 0; length < bytes && i < (records ?? Number.POSITIVE_INFINITY); i++) {
    const mine = Math.floor((i + 1) * share) > Math.floor(i * share);
    const line = mine ? ours[i % ours.length] : rest[i % rest.length];
    batch.push(line);
    length += line.length + 1;
    if (batch.length < 20_000) continue;
    writeSync(file, `${batch.join("\n")}\n`);
    batch = [];
  }
  if (batch.length > 0) writeSync(file, `${batch.join("\n")}\n`);
  // Delayed writes would disturb the measurement.
  fsyncSync(file);
  closeSync(file);
  return length;
}

/**
 * The memory of the largest renderer with this profile, in bytes, including its share of shared
 * memory.
 */
export function memory(profile) {
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
