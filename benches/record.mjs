// Describes the benchmark's machine and tools, and stores its results.
import { execSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { markdown } from "./report.mjs";

const PEERS = ["memchr", "serde_json", "grep-searcher", "vrl", "jaq-core", "wasmi", "wasmtime"];
const GUIDE = new URL("../docs/performance.md", import.meta.url);
const RESULTS = new URL("results/", import.meta.url);

/** The first line of a command's output, or nothing. */
function says(command) {
  try {
    const options = { stdio: ["ignore", "pipe", "ignore"] };
    return execSync(command, options).toString().split("\n")[0].trim();
  } catch {
    return "";
  }
}

/** The machine, and the versions of all tools. */
export function machine() {
  const lock = readFileSync(new URL("Cargo.lock", import.meta.url), "utf8");
  const crates = PEERS.map((name) => {
    const version = new RegExp(`name = "${name}"\nversion = "([^"]+)"`).exec(lock);
    return [name, version?.[1] ?? "?"];
  });
  return {
    date: new Date().toISOString().slice(0, 16).replace("T", " "),
    cpu: os.cpus()[0].model,
    cores: os.cpus().length,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release()}`,
    // On a busy machine, the ratios are still valid, but the rates are not.
    load: os.loadavg()[0].toFixed(1),
    commit: says("git rev-parse --short HEAD") + (says("git status --porcelain") && " (changed)"),
    versions: {
      node: process.version,
      rustc: says("rustc --version").split(" ")[1],
      ...Object.fromEntries(crates),
      jq: says("jq --version"),
      grep: says("grep --version").split(" ").at(-1),
      ripgrep: says("rg --version"),
    },
  };
}

/** Writes the results to a file and their tables to the guide. Returns the path. */
export function record(results) {
  const { date, cpu, cores } = results.machine;
  const name = `${date.slice(0, 10)} ${cpu} ${cores} cores`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  mkdirSync(RESULTS, { recursive: true });
  const path = new URL(`${name}.json`, RESULTS);
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  const guide = readFileSync(GUIDE, "utf8");
  const tables = `<!-- figures -->\n\n${markdown(results)}\n<!-- end of figures -->`;
  writeFileSync(
    GUIDE,
    guide.replace(/<!-- figures -->.*<!-- end of figures -->/s, () => tables),
  );
  return fileURLToPath(path);
}
