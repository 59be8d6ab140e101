// Finds and runs Fluent Bit.
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process, { env } from "node:process";
import { root } from "../streams/records.mjs";

export const module = join(root, "dist/crypt32_filter.wasm");
export const program = env.FLUENT_BIT || "fluent-bit";
const asked = spawnSync(program, ["--version"], { encoding: "utf8" });
if (asked.error && env.FLUENT_BIT) throw asked.error;
/** Undefined if Fluent Bit is not installed. */
export const version = asked.stdout?.split("\n")[0];
/** The folder for all files, which is removed at the end. */
export const directory = mkdtempSync(join(tmpdir(), "crypt32-fluent-bit-"));
process.on("exit", () => rmSync(directory, { recursive: true }));
const parsers = join(directory, "parsers.conf");
writeFileSync(parsers, "[PARSER]\n    Name lines\n    Format json\n");

/** The `service` section of each configuration here, and an input that reads a log to its end. */
export const service = { flush: 0.2, grace: 30, parsers_file: parsers };
export const tail = (path, tag) => ({
  name: "tail",
  path,
  tag,
  parser: "lines",
  read_from_head: true,
  exit_on_eof: true,
  buffer_chunk_size: "1M",
  buffer_max_size: "8M",
});

/** A YAML map on one line. */
export const inline = (map) => {
  const pairs = Object.entries(map).map(([key, value]) => `${key}: ${value}`);
  return `{${pairs.join(", ")}}`;
};

/**
 * Runs a log through a function (or none), and returns the output and the CPU seconds. `under` is a
 * program that runs Fluent Bit; `stack` is a stack size other than the default of 8 KB.
 */
export function run(name, input, fn, { wasm = module, under = [], stack = "8K" } = {}) {
  const output = join(directory, `${name}.out`);
  const log = join(directory, `${name}.log`);
  const config = join(directory, `${name}.yaml`);
  const filters = fn
    ? `  filters:
    - {name: wasm, match: "*", event_format: json, wasm_path: ${wasm}, function_name: ${fn}, wasm_stack_size: ${stack}}\n`
    : "";
  writeFileSync(
    config,
    `service: ${inline({ ...service, log_level: "info" })}
pipeline:
  inputs:
    - ${inline(tail(input, "t"))}
${filters}  outputs:
    - {name: file, match: "*", path: ${directory}, file: ${name}.out, format: plain}
`,
  );
  rmSync(output, { force: true });
  const timed = 'TIMEFORMAT="%U %S"; time "$@" >"$0" 2>&1';
  const command = [...under, program, "-c", config];
  const done = spawnSync("bash", ["-c", timed, log, ...command], { encoding: "utf8" });
  const text = readFileSync(log, "utf8");
  strictEqual(done.status, 0, text);
  const errors = text.split("\n").filter((line) => /\[ *error\]|not found|exception/i.test(line));
  deepStrictEqual(errors, [], `${name}: errors in the log`);
  const lines = existsSync(output) ? readFileSync(output, "utf8").trimEnd().split("\n") : [];
  const [user, system] = done.stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { lines, seconds: user + system };
}

/**
 * Runs a whole configuration, which writes to standard output, and writes the records with another
 * tag to a file. Fluent Bit can lose records that `rewrite_tag` took out shortly before it exits by itself.
 * So if such records are expected, it is stopped only after they arrived.
 */
export function start(file, source, count = 0, name = "review.jsonl") {
  const config = join(directory, file);
  const other = join(directory, name);
  rmSync(other, { force: true });
  writeFileSync(config, count > 0 ? source.replace(/(exit_on_eof:?) true/, "$1 false") : source);
  const ended = `"$0" -c "$1" & for ((i = 0; i < 600; i++)); do
    [ "$(cat "$3" 2>/dev/null | wc -l)" -ge "$2" ] && break; sleep 0.1
  done; kill $!; wait $!`;
  const script = count > 0 ? ended : 'exec "$0" -c "$1"';
  const done = spawnSync("bash", ["-c", script, program, config, String(count), name], {
    cwd: directory,
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  strictEqual(done.status, 0, done.stderr);
  ok(!/\[ *error\]/.test(done.stderr), done.stderr);
  const records = (output) => output.split("\n").filter((line) => line.startsWith("{"));
  const kept = records(done.stdout).map((line) => {
    const { date: _, ...record } = JSON.parse(line);
    return record;
  });
  return { kept, moved: existsSync(other) ? records(readFileSync(other, "utf8")) : [] };
}
