// A real Kafka on loopback: three processes, each of them broker and controller (KRaft).
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./records.mjs";

const jars = join(root, ".tools/streams/kafka");
const classes = `${jars}/*:${jars}`;

/** Ports that are currently free. */
export async function ports(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise((done) => server.listen(0, "127.0.0.1", done));
      return server;
    }),
  );
  const free = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return free;
}

/** Waits for a condition. */
export async function until(what, condition, seconds = 120) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(500);
  }
}

export class Kafka {
  static async start() {
    const kafka = new Kafka();
    kafka.directory = mkdtempSync(join(tmpdir(), "crypt32-kafka-"));
    const all = await ports(6);
    const voters = [1, 2, 3].map((id) => `${id}@127.0.0.1:${all[2 + id]}`).join(",");
    kafka.brokers = all
      .slice(0, 3)
      .map((port) => `127.0.0.1:${port}`)
      .join(",");
    const uuid = "crypt32-filter-tests0w"; // 16 bytes in base64, as Kafka wants it.
    kafka.nodes = [1, 2, 3].map((id) => {
      const file = join(kafka.directory, `${id}.properties`);
      const settings = {
        "process.roles": "broker,controller",
        "node.id": id,
        "controller.quorum.voters": voters,
        listeners: `PLAINTEXT://127.0.0.1:${all[id - 1]},CONTROLLER://127.0.0.1:${all[2 + id]}`,
        "controller.listener.names": "CONTROLLER",
        "log.dirs": join(kafka.directory, `${id}`),
        "offsets.topic.replication.factor": 3,
        "offsets.topic.num.partitions": 6,
        "min.insync.replicas": 2,
        "transaction.state.log.replication.factor": 3,
        "group.initial.rebalance.delay.ms": 0,
        "message.max.bytes": 8_000_000,
        "replica.fetch.max.bytes": 8_000_000,
      };
      const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
      writeFileSync(file, lines.join(""));
      const format = ["-cp", classes, "kafka.tools.StorageTool", "format", "-t", uuid, "-c", file];
      const { status, stderr } = spawnSync("java", format, { encoding: "utf8" });
      if (status !== 0) throw new Error(`kafka: ${stderr}`);
      return { file };
    });
    for (const id of [1, 2, 3]) kafka.up(id);
    await until(
      "Kafka",
      () => kafka.client(["lag", "nobody", "none"]).status !== null && kafka.ready(),
    );
    return kafka;
  }

  /** Starts a broker. */
  up(id) {
    const node = this.nodes[id - 1];
    const options = [
      "-Xmx400m",
      "-Xms200m",
      "-XX:+UseSerialGC",
      "-cp",
      classes,
      "kafka.Kafka",
      node.file,
    ];
    node.process = spawn("java", options, { stdio: "ignore" });
  }

  /** Stops a broker in the normal way. */
  async down(id) {
    const { process } = this.nodes[id - 1];
    const gone = new Promise((done) => process.once("exit", done));
    process.kill("SIGTERM");
    await gone;
  }

  ready() {
    const name = `ready${Date.now()}`;
    return this.client(["create", "1", "3", name]).status === 0;
  }

  /** Runs a command of Client.java. */
  client(command, input) {
    return spawnSync("java", ["-Xmx400m", "-cp", classes, "Client", this.brokers, ...command], {
      input,
      maxBuffer: 2 ** 31 - 1,
      timeout: 180_000,
    });
  }

  run(...command) {
    return this.runWith(undefined, ...command);
  }

  runWith(input, ...command) {
    const { status, stdout, stderr } = this.client(command, input);
    if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** All records of a topic, in the order of each partition. */
  records(topic) {
    const lines = this.run("consume", topic).toString("latin1").split("\n").slice(0, -1);
    return lines.map((line) => {
      const [partition, offset, key, headers, ...value] = line.split("\t");
      return {
        partition: Number(partition),
        offset: Number(offset),
        key,
        headers,
        value: value.join("\t"),
      };
    });
  }

  async stop() {
    for (const { process } of this.nodes) {
      if (process.exitCode !== null || process.signalCode !== null) continue;
      const gone = new Promise((done) => process.once("exit", done));
      process.kill("SIGKILL");
      await gone;
    }
    rmSync(this.directory, { recursive: true });
  }
}

/** The counters of a worker: its records by verdict. */
export async function account(port) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/stats`);
    const counters = await response.json();
    const get = (verdict) =>
      Object.entries(counters).find(
        ([key]) => key.startsWith("crypt32_records") && key.includes(`"${verdict}"`),
      )?.[1] ?? 0;
    return { unrelated: get("unrelated"), benign: get("benign"), review: get("review") };
  } catch {
    return null;
  }
}

/** The CPU seconds of a process. */
export function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
