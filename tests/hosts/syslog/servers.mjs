// Starts rsyslog and syslog-ng with the shipped configurations, and sends messages to them.
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ports, until } from "../streams/kafka.mjs";
import { root } from "../streams/records.mjs";

const tools = join(root, ".tools/syslog");
const libraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/syslog-ng"];

/** The version of syslog-ng, as its folder is called. */
const version = () =>
  readdirSync(join(tools, "usr/lib/syslog-ng")).find((name) => /^\d+\.\d+$/.test(name));

/** A configuration of the repository. */
export const shipped = (file) => readFileSync(join(root, file), "utf8");

/** Whether a process runs: one that ended has no command line, also if nobody waited for it. */
function runs(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
}

/** What both servers have in common: their folder, their files, and how they end. */
class Server {
  constructor(directory) {
    this.directory = directory;
    this.log = "";
    this.ends = 0;
    mkdirSync(directory);
  }

  async spawn(program, args, isUp, environment = {}) {
    const LD_LIBRARY_PATH = libraries.map((folder) => join(tools, folder)).join(":");
    this.process = spawn(join(tools, "usr/sbin", program), args, {
      cwd: this.directory,
      env: { PATH: process.env.PATH, LD_LIBRARY_PATH, ...environment },
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream.on("data", (chunk) => {
        this.log += chunk;
      });
    const started = () => {
      const { exitCode, signalCode } = this.process;
      if (exitCode !== null || signalCode !== null) throw new Error(`${program}: ${this.log}`);
      return isUp();
    };
    await until(`${program} starts`, started, 60);
  }

  /** What the server wrote. */
  read(name) {
    const file = join(this.directory, name);
    return existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  }

  /** Whether the port accepts connections. */
  async listens() {
    const socket = connect(this.port, "127.0.0.1");
    const connected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    return connected;
  }

  /** Sends bytes over TCP. */
  async tcp(bytes, port = this.port) {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.end(bytes);
    await once(socket, "close");
  }

  /** Sends each message as a datagram, slowly enough for the server. */
  async udp(messages) {
    const socket = createSocket("udp4");
    for (const message of messages) {
      await new Promise((done) => socket.send(message, this.port, "127.0.0.1", done));
      await sleep(5);
    }
    socket.close();
  }

  /** Sends a last message, waits until it is written, and returns all others. */
  async written(seconds = 120) {
    const end = `<13>Mar 15 11:27:57 SERVER1 test: the end ${this.ends++}\n`;
    await this.tcp(end);
    const ended = () => this.read("windows.log").includes(end);
    await until("the last message is written", ended, seconds);
    return this.read("windows.log")
      .toString("utf8")
      .replaceAll(/<13>Mar 15 11:27:57 SERVER1 test: the end \d+\n/g, "");
  }

  /** The processes that the server started. */
  children() {
    const { pid } = this.process;
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean),
    );
  }

  /** Ends the server, and waits for its processes: rsyslog does not wait for the command's ledger. */
  async stop() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const children = this.children();
    const gone = once(this.process, "exit");
    this.process.kill("SIGTERM");
    await gone;
    await until("the server's processes end", () => !children.some(runs), 60);
  }
}

/** Starts rsyslog. `command` is the program that it asks. */
export async function rsyslog(directory, command) {
  const server = new Server(directory);
  [server.port] = await ports(1);
  server.counted = server.port;
  const text = shipped("crates/cli/rsyslog/crypt32.conf")
    .replaceAll('port="514"', `address="127.0.0.1" port="${server.port}"`)
    .replace("/usr/local/bin/crypt32-filter", command)
    .replace("--action drop", `--action drop --ledger ${directory}/ledger.json`)
    .replaceAll("/var/log/", `${directory}/`);
  // The server's own messages.
  writeFileSync(
    join(directory, "rsyslog.conf"),
    `${text}action(type="omfile" file="${directory}/own.log")\n`,
  );
  const files = ["-f", "rsyslog.conf", "-i", "pid"].map((word, i) =>
    i % 2 ? join(directory, word) : word,
  );
  const modules = join(tools, "usr/lib/x86_64-linux-gnu/rsyslog");
  await server.spawn("rsyslogd", ["-n", ...files, "-M", modules], () => server.listens());
  /** Ends the program that the server asks, at once. */
  server.killProgram = () => {
    const children = server.children();
    for (const child of children) process.kill(Number(child), "SIGKILL");
    return children.length;
  };
  return server;
}

/** Starts syslog-ng with a module. */
export async function syslogNg(directory, module) {
  const server = new Server(directory);
  [server.port, server.counted] = await ports(2);
  const text = shipped("crates/hosts/functions/syslog-ng/crypt32.conf")
    .replaceAll("port(514)", `ip("127.0.0.1") port(${server.port})`)
    .replaceAll("port(601)", `ip("127.0.0.1") port(${server.counted})`)
    .replace("/etc/syslog-ng/crypt32_filter.wasm", module)
    .replaceAll("/var/log/", `${directory}/`);
  writeFileSync(
    join(directory, "syslog-ng.conf"),
    `@version: ${version()}\noptions { use-dns(no); dns-cache(no); stats-freq(0); };\n${text}`,
  );
  const own = ["-f", "syslog-ng.conf", "-p", "pid", "-R", "persist", "-c", "ctl"].map((word, i) =>
    i % 2 ? join(directory, word) : word,
  );
  // It opens its ports before it loads the module.
  const isUp = () => server.log.includes("starting up");
  const modules = `--module-path=${join(tools, "usr/lib/syslog-ng", version())}`;
  await server.spawn("syslog-ng", ["-F", "--stderr", "--no-caps", ...own, modules], isUp, {
    PYTHONPATH: [
      join(root, "dist/syslog-ng"),
      join(tools, "python"),
      join(tools, "usr/lib/syslog-ng", version(), "python"),
    ].join(":"),
  });
  return server;
}

export const remove = (directory) => rmSync(directory, { recursive: true });
