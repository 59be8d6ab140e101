// Runs Redpanda Connect and Bento.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./records.mjs";

const tools = join(root, ".tools/streams");
export const dist = (name) => join(root, "dist", name);

export const program = (engine) => join(tools, engine);
const command = (engine, ...rest) => [program(engine), rest];
const run = (engine, file) =>
  engine === "bento" ? command(engine, "-c", file) : command(engine, "run", file);

/** A processor that runs one of the modules. */
export const processor = {
  connect: { wasm: { module_path: dist("crypt32_connect.wasm") } },
  bento: { wasm: { module_path: dist("crypt32_bento.wasm") } },
  transform: (action) => ({
    redpanda_data_transform: { module_path: dist(`crypt32_redpanda_${action}.wasm`) },
  }),
};

/** The first processor of the shipped pipelines. */
export const CLEAR = {
  mapping: ["kb_verdict", "kb_id", "kb_basis"].map((key) => `meta ${key} = deleted()\n`).join(""),
};

/** The mapping of the shipped pipelines that drops records. */
export const DROP = {
  mapping:
    'root = if @kb_verdict == "benign" && ["listed", "sibling"].contains(@kb_basis) { deleted() }',
};

/**
 * Runs a pipeline on lines until they end. With more than one processor thread, Go's pools lose
 * instances, and Redpanda Connect compiles the module again, which takes half a second each time.
 */
export function pipe(engine, processors, input, threads = 1) {
  // JSON is valid YAML.
  return pipeText(engine, `pipeline: ${JSON.stringify({ threads, processors })}`, input);
}

/** The same with a pipeline as text, in the folder for its relative paths. */
export function pipeText(engine, pipeline, input, cwd = root) {
  const around = {
    http: { enabled: false },
    input: {
      stdin: { scanner: { lines: { custom_delimiter: "\n", max_buffer_size: 16_000_000 } } },
    },
    output: { stdout: { codec: "lines" } },
    logger: { level: "WARN" },
  };
  const config = Object.entries(around).map(([name, part]) => `${name}: ${JSON.stringify(part)}\n`);
  const directory = mkdtempSync(join(tmpdir(), "crypt32-pipe-"));
  const file = join(directory, "config.yaml");
  writeFileSync(file, `${config.join("")}${pipeline}\n`);
  const [program, rest] = run(engine, file);
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { cwd, env: { ...process.env, GOMAXPROCS: "1" } });
    const [out, err] = [[], []];
    child.stdout.on("data", (chunk) => out.push(chunk));
    child.stderr.on("data", (chunk) => err.push(chunk));
    child.on("error", reject);
    child.on("close", (status) =>
      resolve({ status, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }),
    );
    // An engine that stops at start does not read its input.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  }).finally(() => rmSync(directory, { recursive: true }));
}

/** Checks a configuration with the engine's own command. */
export function lint(engine, file) {
  const [program, rest] = command(engine, "lint", "--deprecated", file);
  const { status, stdout, stderr } = spawnSync(program, rest, { encoding: "utf8" });
  return { status, text: stdout + stderr };
}

/** Starts an engine with a configuration file and settings. */
export function start(engine, file, settings) {
  const [program, rest] = run(engine, file);
  // The slim programs have no Prometheus metrics.
  rest.splice(engine === "bento" ? 0 : -1, 0, "--set", "metrics.type=json_api");
  const child = spawn(program, rest, {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.log = "";
  child.stderr.on("data", (chunk) => {
    child.log = (child.log + chunk).slice(-20_000);
  });
  return child;
}
