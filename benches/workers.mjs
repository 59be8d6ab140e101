// The processes of the contestants: some are permanent, and each command gets a shell. They run one
// at a time.
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** A permanent worker with one request or response per line. */
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

/** Separate commands. Their times include the start. */
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
 * All workers, by the names in contestants.mjs. The filter and the hand-written contestants have
 * separate Node processes, so that neither pays for the other's garbage collection.
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
