#!/usr/bin/env node
/**
 * `npx crypt32-filter`: runs the native command, if npm installed the package with it for this
 * platform, and otherwise the same command in WASM. It does not import `node:process`, which would
 * open standard input here, although the native command reads it.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { wasClosed } from "./closed.js";

const { argv, env } = process;

/** The signals that the native command handles, or that end it. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const;

/** The path of the native command; undefined if it cannot run these arguments. */
function findNative(): string | undefined {
  if (env.CRYPT32_FILTER_WASM) return undefined;
  // Node can pass on neither a path that is not UTF-8 nor a closed standard output.
  if (argv.some((arg) => arg.includes("\ufffd")) || wasClosed(1)) return undefined;
  const require = createRequire(import.meta.url);
  const name = `crypt32-filter-${process.platform}-${process.arch}`;
  try {
    const { version, native } = require(`${name}/package.json`);
    const path = require.resolve(`${name}/${native.file}`);
    // A shell would run an incomplete program as a script, perhaps without an error.
    const fits = version === require("./package.json").version;
    return fits && statSync(path).size === native.bytes ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Runs the native command and ends like it. Returns false if it cannot be started. */
async function runNative(path: string): Promise<boolean> {
  let child: ChildProcess | undefined;
  let ended: [code: number | null, signal: NodeJS.Signals | null];
  const pass = (signal: NodeJS.Signals) => {
    // On Windows, the console itself tells both programs, and `kill` would end one at once.
    if (process.platform !== "win32") child?.kill(signal);
  };
  // These are set first, so that no signal ends this program alone.
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    child = spawn(path, argv.slice(2), { stdio: "inherit" });
    ended = (await once(child, "exit")) as typeof ended;
  } catch {
    return false;
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
  }
  const [code, signal] = ended;
  process.exitCode = code ?? 1;
  if (signal !== null) process.kill(process.pid, signal);
  return true;
}

const path = findNative();
if (path === undefined || !(await runNative(path))) await import("./wasm-command.js");
