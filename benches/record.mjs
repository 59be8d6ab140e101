// On what the benchmark ran, with what, and where its results are kept.
import { execSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { markdown } from "./report.mjs";

const PEERS = ["memchr", "serde_json", "grep-searcher", "vrl", "jaq-core", "wasmi", "wasmtime"];
const GUIDE = new URL("../docs/performance.md", import.meta.url);
const RESULTS = new URL("results/", import.meta.url);

/** The first line that a command prints, or nothing. */
function says(command) {
  try {
    const options = { stdio: ["ignore", "pipe", "ignore"] };
    return execSync(command, options).toString().split("\n")[0].trim();
  } catch {
    return "";
  }
}

/** The machine, and the version of everything that takes part. */
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
    // What else ran: on a busy machine the ratios hold, the rates do not.
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

/** Writes results where they are kept, and their tables into the guide; gives the path. */
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
