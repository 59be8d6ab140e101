// Records for the tests with real engines.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../../..");
export const command = join(root, "target/release/crypt32-filter");

export const all = readFileSync(join(root, "tests/fixtures/records.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((row) => JSON.parse(row));

/** The sample records that are one line. */
export const samples = all.filter((row) => !/[\r\n]/.test(row.payload));

export const sample = (id) => all.find((row) => row.id === id).payload;

/** The native command's output for some bytes. */
export function native(action, input, ...options) {
  const { status, stdout, stderr } = spawnSync(
    command,
    ["filter", "-q", "--action", action, ...options],
    {
      input,
      maxBuffer: 2 ** 31 - 1,
    },
  );
  if (status !== 0) throw new Error(`crypt32-filter: ${stderr}`);
  return stdout;
}

/** The native command's assessment of a record, which it must read as one. */
export function assessed(record) {
  const { stdout } = spawnSync(command, ["classify"], { input: record });
  const lines = stdout.toString().trimEnd().split("\n");
  if (lines.length !== 1) throw new Error(`${lines.length} records: ${record}`);
  return JSON.parse(lines[0]);
}

/** The output of one of Fluent Bit's functions, called once for each record. */
export function fluentBit(name, records) {
  const module = new WebAssembly.Module(readFileSync(join(root, "dist/crypt32_filter.wasm")));
  const { exports } = new WebAssembly.Instance(module);
  const out = [];
  for (const record of records) {
    const at = exports.malloc(record.length + 1);
    new Uint8Array(exports.memory.buffer).set([...record, 0], at);
    const back = exports[name](0, 0, 0, 0, at, record.length);
    const memory = Buffer.from(exports.memory.buffer);
    const text = back === at ? record : memory.subarray(back, memory.indexOf(0, back));
    if (text.length || back === at) out.push(Buffer.from(text));
    exports.free(at);
  }
  return out;
}

/**
 * `count` records, each with a unique number in RecordNumber. Of each hundred, 10 are benign and
 * listed, 1 is benign only by its cause, 1 needs review, and the others are other events.
 */
export function numbered(count) {
  const benign = JSON.parse(sample("fluentbit-winlog"));
  const [url, listed] = benign.StringInserts;
  const other = {
    ...benign,
    SourceName: "Service Control Manager",
    EventID: 7036,
    EventType: "Information",
    Message: "The Windows Installer service entered the running state.",
    StringInserts: ["Windows Installer", "running"],
  };
  const error = (text) => ({
    ...benign,
    Message: benign.Message.replace(listed, text),
    StringInserts: [url, text],
  });
  const cause = error("A connection with the server could not be established");
  const review = error("Access is denied.");
  return Array.from({ length: count }, (_, i) => {
    const which = i % 100;
    const record = which % 10 === 3 ? benign : which === 50 ? cause : which === 77 ? review : other;
    return JSON.stringify({ ...record, RecordNumber: i, ComputerName: `SERVER${i % 37}` });
  });
}

/** The share of each kind. */
export const shares = { benign: 0.11, dropped: 0.1, review: 0.01 };
