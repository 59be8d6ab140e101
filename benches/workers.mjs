// The processes that do the work: some that stay, and a shell for each command. One works at a time.
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** A worker that stays: requests and answers are lines. */
class Staying {
  constructor(command, args) {
    this.process = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }
  async ask(request) {
    this.process.stdin.write(`${request}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`the worker ended at: ${request}`);
    return JSON.parse(value);
  }
  load(log) {
    return this.ask(`load ${log.path}`);
  }
  run(name) {
    return this.ask(`run ${name}`);
  }
  end() {
    this.process.stdin.end();
  }
}

/** Commands of their own: what is timed includes their start. */
class Shell {
  load(log) {
    this.log = log;
    return Promise.resolve(log);
  }
  run(line) {
    const start = performance.now();
    execFileSync("bash", ["-o", "pipefail", "-c", line], {
      env: { ...process.env, LOG: this.log.path },
      stdio: ["ignore", "ignore", "inherit"],
    });
    return Promise.resolve({ ms: performance.now() - start, read: this.log.bytes });
  }
  end() {}
}

/**
 * All workers, by the name that contestants.mjs uses. The filter and what is written by hand have a
 * Node each: neither sweeps up the other's garbage.
 */
export function workers() {
  const node = () => new Staying(process.execPath, [root("benches/worker.mjs")]);
  return {
    rust: new Staying(root("target/bench/release/crypt32-bench"), []),
    node: node(),
    byHand: node(),
    shell: new Shell(),
  };
}
