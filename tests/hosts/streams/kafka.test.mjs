// Tests a real Kafka with three brokers and several workers on one topic: what happens to the
// records if a worker is killed and a broker stops. RECORDS sets their number.
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { commands, shownIn } from "../../documents/shown.mjs";
import { dist, start } from "./engines.mjs";
import { account, cpu, Kafka, ports, until } from "./kafka.mjs";
import { native, numbered, root, sample, shares } from "./records.mjs";

const COUNT = Number(process.env.RECORDS ?? 300_000);
const PARTITIONS = 6;
let kafka;
const workers = new Set();

before(async () => {
  kafka = await Kafka.start();
});

after(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
  await kafka?.stop();
});

const shipped = {
  connect: ["connect", "benthos/connect/drop.yaml", "connect"],
  bento: ["bento", "benthos/bento/drop.yaml", "bento"],
  review: ["connect", "benthos/connect/review.yaml", "connect"],
  tag: ["bento", "benthos/bento/tag.yaml", "bento"],
  transform: ["connect", "redpanda/connect.yaml", "redpanda_drop"],
};

/** Starts a worker with one of the shipped files. */
async function work(kind, from, to, group) {
  const [engine, file, module] = shipped[kind];
  const [port] = await ports(1);
  const worker = start(engine, join(root, "crates/hosts", file), {
    GOMAXPROCS: "1",
    HTTP: `127.0.0.1:${port}`,
    BROKERS: kafka.brokers,
    FROM: from,
    TO: to,
    REVIEW: `${to}-review`,
    GROUP: group,
    MODULE: dist(`crypt32_${module}.wasm`),
  });
  worker.port = port;
  workers.add(worker);
  worker.once("exit", () => workers.delete(worker));
  return worker;
}

async function end(worker) {
  const gone = new Promise((done) => worker.once("exit", done));
  worker.kill("SIGTERM");
  await gone;
}

const lag = (group, topic) => Number(kafka.run("lag", group, topic).toString());
const finished = (group, topic, seconds) =>
  until(`${group}: all offsets committed`, () => lag(group, topic) === 0, seconds);

/** The number of a record. */
const number = (value) => Number(/"RecordNumber":(\d+)/.exec(value)[1]);

/** Produces numbered records, the same number for each partition. */
function fill(topic, records) {
  const lines = records.map((record, i) => `${i % PARTITIONS}\t${i}\t${record}\n`);
  kafka.runWith(Buffer.from(lines.join(""), "latin1"), "produce", topic);
}

/** The expected output by number: that of the native command. */
function expected(records) {
  const lines = native("drop", records.map((record) => `${record}\n`).join(""))
    .toString("latin1")
    .split("\n");
  return new Map(lines.slice(0, -1).map((line) => [number(line), line]));
}

/** Checks that every kept record arrived, byte for byte, and nothing else. */
function complete(out, wanted) {
  const seen = new Set();
  for (const { key, value, partition, headers } of out) {
    const which = number(value);
    ok(
      wanted.get(which) === value,
      `record ${which} is not what the native command writes: ${value}`,
    );
    strictEqual(key, String(which));
    strictEqual(partition, which % PARTITIONS, "in another partition");
    strictEqual(headers.includes("kb_id=KB2253680"), value.includes('"kb":{'), headers);
    seen.add(which);
  }
  strictEqual(seen.size, wanted.size, `${wanted.size - seen.size} records are missing`);
  return out.length - seen.size;
}

/**
 * Checks that the records of a partition arrive in order. If one is delivered again, all later ones
 * follow again in order, because a new worker continues from the last commit.
 */
function ordered(out) {
  const last = new Map();
  let restarts = 0;
  for (const { partition, value } of out) {
    const which = number(value);
    if (which <= (last.get(partition) ?? -1)) restarts++;
    last.set(partition, which);
  }
  return restarts;
}

test("the workers that documents start are those that are started here", () => {
  const shown = shownIn("workers").flatMap(commands);
  ok(shown.length > 0);
  const run = new Set(
    Object.values(shipped).map(([engine, file]) => `redpanda-${engine} run ${basename(file)}`),
  );
  const given = (command) => [...command.matchAll(/\b([A-Z]+)=\S+ /g)].map(([, name]) => name);
  for (const { command } of shown) ok(run.has(command.replaceAll(/\b[A-Z]+=\S+ /g, "")), command);
  const guide = readFileSync(join(root, "docs/kafka.md"), "utf8");
  const rows = [...guide.matchAll(/^\|(( `[A-Z]+`,?)+) \|/gm)].map(([, names]) => names).join();
  const named = [...rows.matchAll(/[A-Z]+/g)].map(([name]) => name);
  const read = Object.values(shipped).flatMap(([, file]) => [
    ...readFileSync(join(root, "crates/hosts", file), "utf8").matchAll(/\$\{([A-Z]+):/g),
  ]);
  const variables = new Set(read.map(([, name]) => name));
  deepStrictEqual(named.toSorted(), [...variables].toSorted());
  for (const name of shown.flatMap(({ command }) => given(command)))
    ok(name === "GOMAXPROCS" || variables.has(name), name);
});

test("bad input passes: not JSON, empty, a tombstone, large records", async () => {
  const benign = sample("fluentbit-winlog");
  const values = [
    "not JSON, but crypt32",
    "{",
    "",
    "\\N",
    "\x00\xff\xfe",
    `{"x":"${"y".repeat(256 << 10)}"}`,
    "z".repeat(5_000_000),
    benign.replace("{", `{"x":"${"y".repeat(5_000_000)}",`),
    benign,
  ];
  const lines = values.map((value, i) => `0\t${i % 2 ? "\\N" : "k"}\t${value}\n`).join("");
  // Runs as many at once as possible, because an engine mostly waits for commits.
  const check = async (kind) => {
    // The engines' outputs do not send more than 1 MB by default. engines.test.mjs sends 5 MB
    // through the modules themselves.
    const input = lines
      .split("\n")
      .filter((line) => line.length < 1e6)
      .map((line) => `${line}\n`)
      .slice(0, -1)
      .join("");
    kafka.run("create", "1", "3", `bad-${kind}`, `good-${kind}`);
    kafka.runWith(Buffer.from(input, "latin1"), "produce", `bad-${kind}`);
    const worker = await work(kind, `bad-${kind}`, `good-${kind}`, `bad-${kind}`);
    await finished(`bad-${kind}`, `bad-${kind}`);
    await end(worker);
    const wanted = kafka
      .records(`bad-${kind}`)
      .map(({ value }) => value)
      .slice(0, -1);
    const got = kafka.records(`good-${kind}`).map(({ value }) => value);
    strictEqual(got.length, 6, kind);
    // Each engine has its own way to pass a null, but it must pass it.
    ok(["\\N", ""].includes(got[3]), kind);
    deepStrictEqual(
      [...got.slice(0, 3), ...got.slice(4)],
      [...wanted.slice(0, 3), ...wanted.slice(4)],
      kind,
    );
  };
  await Promise.all(["connect", "bento", "transform"].map(check));
});

test("review: records to review go to a separate topic, and nothing is lost", async () => {
  const records = numbered(2000);
  kafka.run(
    "create",
    String(PARTITIONS),
    "3",
    "few",
    "few-clean",
    "few-clean-review",
    "few-tagged",
  );
  fill("few", records);
  const routers = [
    await work("review", "few", "few-clean", "few-review"),
    await work("tag", "few", "few-tagged", "few-tag"),
  ];
  await finished("few-review", "few");
  await finished("few-tag", "few");
  for (const worker of routers) await end(worker);
  const review = kafka.records("few-clean-review");
  strictEqual(review.length, 2000 * shares.review);
  ok(
    review.every(
      ({ headers, value }) =>
        headers.includes("kb_verdict=review") && value.includes('"verdict":"review"'),
    ),
  );
  strictEqual(complete([...kafka.records("few-clean"), ...review], expected(records)), 0);
  const tagged = native("tag", records.map((record) => `${record}\n`).join(""))
    .toString("latin1")
    .split("\n");
  strictEqual(
    complete(
      kafka.records("few-tagged"),
      new Map(tagged.slice(0, -1).map((line) => [number(line), line])),
    ),
    0,
  );
});

test(`${COUNT} records, three workers; one is killed, and one broker stops and starts`, async (t) => {
  const records = numbered(COUNT);
  const wanted = expected(records);
  strictEqual(wanted.size, COUNT - COUNT * shares.dropped);
  kafka.run("create", String(PARTITIONS), "3", "winevt", "winevt-clean");
  fill("winevt", records);
  const group = "crypt32-filter";
  const three = await Promise.all(
    [1, 2, 3].map(() => work("connect", "winevt", "winevt-clean", group)),
  );
  const [victim, ...others] = three;
  const count = async (worker) => {
    const counts = await account(worker.port);
    return counts ? counts.unrelated + counts.benign + counts.review : 0;
  };
  await until("all three work", async () =>
    (await Promise.all(three.map(count))).every((n) => n > COUNT / 20),
  );
  const before = await account(victim.port);
  victim.kill("SIGKILL");
  const atKill = COUNT - lag(group, "winevt");
  ok(atKill < COUNT, "the worker was killed too late");
  await sleep(1000);
  await kafka.down(2);
  t.diagnostic(
    `worker killed after ${before.unrelated + before.benign + before.review} records of its own, ${atKill} committed; broker 2 stopped`,
  );
  await sleep(3000);
  kafka.up(2);
  await finished(group, "winevt", 300);
  const accounts = await Promise.all(others.map(({ port }) => account(port)));
  for (const worker of others) await end(worker);

  const out = kafka.records("winevt-clean");
  const again = complete(out, wanted);
  const restarts = ordered(out);
  t.diagnostic(
    `${again} of ${out.length} records arrived again, in ${restarts} restarts of a partition`,
  );
  // Each partition is restarted once if its worker was killed, and a few times if its broker
  // stopped.
  ok(restarts <= 3 * PARTITIONS, `${restarts} times, records were out of order`);
  // The workers count each record once, and each record that was read again once more. The killed
  // worker continued for a moment after its counters were read.
  const sum = (name) => [before, ...accounts].reduce((total, counts) => total + counts[name], 0);
  const total = sum("unrelated") + sum("benign") + sum("review");
  t.diagnostic(
    `counted: ${JSON.stringify(accounts)}, and ${JSON.stringify(before)} by the one that was killed`,
  );
  ok(total > COUNT * 0.9 && total < COUNT * 1.5, `${total} records were counted`);
  for (const name of ["benign", "review"]) {
    const share = sum(name) / total;
    ok(Math.abs(share - shares[name]) < 0.002, `${name}: ${share}`);
  }
  // The native command's counts for the distinct output and for the input differ only by the
  // dropped records.
  const distinct = [...new Map(out.map(({ value }) => [number(value), value])).values()];
  strictEqual(
    distinct.filter((value) => value.includes('"verdict":"review"')).length,
    COUNT * shares.review,
  );
  strictEqual(distinct.length, COUNT - COUNT * shares.dropped);
});

test("one, two and three workers without an accident: each record once, and every one counted", async (t) => {
  const count = Math.round(COUNT / 500) * 100;
  const records = numbered(count);
  const wanted = expected(records);
  kafka.run("create", String(PARTITIONS), "3", "calm");
  fill("calm", records);
  for (const kind of ["connect", "bento", "transform"]) {
    for (const many of kind === "connect" ? [1, 2, 3] : [1]) {
      const name = `${kind}-${many}`;
      kafka.run("create", String(PARTITIONS), "3", name);
      const since = Date.now();
      const all = await Promise.all(
        Array.from({ length: many }, () => work(kind, "calm", name, name)),
      );
      await finished(name, "calm", 300);
      const seconds = (Date.now() - since) / 1000;
      const busy = all.reduce((total, { pid }) => total + cpu(pid), 0);
      const accounts = await Promise.all(all.map(({ port }) => account(port)));
      for (const worker of all) await end(worker);
      t.diagnostic(
        `${name}: ${Math.round(count / seconds)} records/s, ${((busy / count) * 1e6).toFixed(1)} s CPU a million`,
      );
      const out = kafka.records(name);
      const again = complete(out, wanted);
      // When workers join one after the other, partitions move, and some records may be read twice.
      if (many === 1) deepStrictEqual([again, ordered(out)], [0, 0]);
      if (kind === "transform") continue;
      const sum = (verdict) => accounts.reduce((total, counts) => total + counts[verdict], 0);
      const total = sum("unrelated") + sum("benign") + sum("review");
      ok(total >= count, `${total} counted`);
      if (many > 1) continue;
      deepStrictEqual(
        [total, sum("benign"), sum("review")],
        [count, count * shares.benign, count * shares.review],
      );
    }
  }
});
