// Builds a collector with the commands of docs/collector.md, and compares what it sends with the
// native command: every fixture as text and as parsed JSON, options, and the CPU time for many
// records.
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { commands, shownIn } from "../../documents/shown.mjs";
import { cpu, ports, until } from "../streams/kafka.mjs";
import { all, assessed, native, numbered, root, samples, shares } from "../streams/records.mjs";

const COUNT = Number(process.env.RECORDS ?? 1_000_000);
const tools = join(root, ".tools/collector");
const shipped = join(root, "dist/collector");
const program = join(tools, "otelcol/otelcol-crypt32");
const folder = mkdtempSync(join(tmpdir(), "crypt32-collector-"));
after(() => rmSync(folder, { recursive: true }));
const hasGo = spawnSync("go", ["version"]).status === 0;
const skip = !hasGo && process.env.CI !== "true" && "there is no Go";
const options = { skip };

/** The commands of the guide: those that build, and the one that starts. */
const [build, start] = shownIn("collector")
  .filter(({ language }) => language === "sh")
  .flatMap(commands)
  .map(({ command }) => command.replaceAll("/path/to/crypt32-filter", root))
  .reduce(
    ([build, start], command) =>
      /^\.\//.test(command) ? [build, [...start, command]] : [[...build, command], start],
    [[], []],
  );

/** A hash of all files in a folder. */
function hash(path) {
  const sum = createHash("sha256");
  for (const name of readdirSync(path, { recursive: true }).sort())
    if (statSync(join(path, name)).isFile())
      sum.update(name).update(readFileSync(join(path, name)));
  return sum.digest("hex");
}

before(() => {
  if (skip) return;
  const sum = hash(shipped) + build.join();
  const made = join(tools, "made");
  if (existsSync(made) && readFileSync(made, "utf8") === sum) return;
  console.error(
    "set-up: an OpenTelemetry Collector from its Go modules (some minutes, the first time) ...",
  );
  rmSync(tools, { recursive: true, force: true });
  mkdirSync(tools, { recursive: true });
  for (const command of build) {
    const { status, stderr } = spawnSync("bash", ["-c", command], {
      cwd: tools,
      encoding: "utf8",
      env: { ...process.env, CGO_ENABLED: "0" },
    });
    strictEqual(status, 0, `${command}\n${stderr}`);
  }
  writeFileSync(made, sum);
});

/** Receives what a collector sends, as OTLP in JSON. */
async function backend() {
  const records = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    for (const { scopeLogs } of JSON.parse(body).resourceLogs ?? [])
      for (const { logRecords } of scopeLogs) records.push(...logRecords);
    response.setHeader("content-type", "application/json");
    response.end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { records, url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/**
 * Runs the shipped pipeline on lines until all are read, with changes to its configuration. Returns
 * the records that it sent, its counters, and its CPU seconds.
 */
async function run(lines, changes = {}) {
  const directory = mkdtempSync(join(folder, "run-"));
  cpSync(join(shipped, "filelog.yaml"), join(directory, "filelog.yaml"));
  const input = join(directory, "app.ndjson");
  writeFileSync(input, "");
  for (let i = 0; i < lines.length; i += 100_000)
    writeFileSync(
      input,
      lines
        .slice(i, i + 100_000)
        .map((line) => `${line}\n`)
        .join(""),
      { flag: "a" },
    );
  const { records, url, close } = await backend();
  const [port] = await ports(1);
  const { receiver = {}, processor = {}, service = {} } = changes;
  const more = {
    receivers: { file_log: { max_log_size: "4MiB", ...receiver } },
    processors: { crypt32: processor },
    exporters: {
      otlp_http: {
        endpoint: url,
        encoding: "json",
        compression: "none",
        sending_queue: { enabled: false },
      },
      nop: null,
    },
    service: {
      pipelines: { logs: { exporters: ["otlp_http"] } },
      telemetry: {
        metrics: {
          level: "normal",
          readers: [{ pull: { exporter: { prometheus: { host: "127.0.0.1", port } } } }],
        },
      },
      ...service,
    },
  };
  writeFileSync(join(directory, "more.yaml"), JSON.stringify(more));
  const args = ["--config", "filelog.yaml", "--config", "more.yaml"];
  const child = spawn(program, args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += chunk;
  });
  const counters = async () => {
    if (child.exitCode !== null) throw new Error(log);
    const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
      (r) => r.text(),
      () => "",
    );
    const get = (name, verdict) =>
      [...text.matchAll(new RegExp(`^${name}(?:_total)?(?:\\{(.*)\\})? (\\S+)$`, "gm"))]
        .filter(([, labels]) => !verdict || labels.includes(`verdict="${verdict}"`))
        .reduce((sum, [, , value]) => sum + Number(value), 0);
    return {
      read: get("otelcol_receiver_accepted_log_records"),
      sent: get("otelcol_exporter_sent_log_records"),
      unrelated: get("otelcol_processor_crypt32_records", "unrelated"),
      benign: get("otelcol_processor_crypt32_records", "benign"),
      review: get("otelcol_processor_crypt32_records", "review"),
      dropped: get("otelcol_processor_crypt32_dropped"),
    };
  };
  const done = async () => (await counters()).read === lines.length;
  try {
    await until("all records are read", done, 600);
    const seconds = cpu(child.pid);
    const counts = await counters();
    child.kill("SIGTERM");
    await once(child, "exit");
    return { records, counts, seconds, log };
  } finally {
    child.kill("SIGKILL");
    close();
  }
}

const attributes = (record) =>
  Object.fromEntries(
    (record.attributes ?? [])
      .map(({ key, value }) => [key, value.stringValue])
      .filter(([key]) => key.startsWith("kb_")),
  );
const drops = (line) => native("drop", `${line}\n`).length === 0;
/** The tag of the command. */
const tag = (line) => {
  const tagged = native("tag", `${line}\n`, "--output", "ndjson").toString();
  return tagged === "" ? {} : (JSON.parse(tagged).kb ?? {});
};
const verdict = (line) => tag(line).verdict ?? "unrelated";
/** The attributes that the processor sets. */
const expected = (line) => {
  const { verdict, basis } = tag(line);
  return {
    ...(verdict && { kb_verdict: verdict, kb_id: "KB2253680" }),
    ...(basis && { kb_basis: basis }),
  };
};
const lines = samples.map(({ payload }) => payload);

test("the guide starts what is started here, and shows what is shipped", options, () => {
  deepStrictEqual(start, ["./otelcol/otelcol-crypt32 --config filelog.yaml"]);
  const shown = shownIn("collector").filter(({ language }) => language === "yaml");
  ok(shown.length > 0);
  for (const { text, where } of shown)
    ok(readFileSync(join(shipped, "filelog.yaml"), "utf8").includes(text), where);
});

test("each shipped pipeline is valid, and a wrong option stops the collector", options, () => {
  const validate = (...args) =>
    spawnSync(program, ["validate", ...args.flatMap((file) => ["--config", file])], {
      cwd: shipped,
      encoding: "utf8",
    });
  for (const file of ["filelog.yaml", "syslog.yaml", "windows.yaml"]) {
    // The registry of the tests does not have the receiver for Windows.
    const text = readFileSync(join(shipped, file), "utf8").replace(
      /windowseventlog:\n.*\n.*\n/,
      "syslog: {protocol: rfc3164, tcp: {listen_address: 127.0.0.1:0}}\n",
    );
    const copy = join(folder, file);
    writeFileSync(copy, text.replace("[windowseventlog]", "[syslog]"));
    const { status, stderr } = validate(copy);
    strictEqual(status, 0, `${file}: ${stderr}`);
  }
  for (const [wrong, says] of [
    [{ action: "delete" }, 'option "action" takes tag, drop, observe'],
    [{ accept: ["siblings"] }, 'did you mean "sibling"?'],
    [{ acton: "drop" }, "acton"],
    [{ only_computers: [] }, 'option "only_computers" takes a list of regular expressions'],
    [{ only_computers: ["till-(\\d+"] }, '"till-(\\d+" is not valid'],
  ]) {
    const file = join(folder, "wrong.yaml");
    writeFileSync(file, JSON.stringify({ processors: { crypt32: wrong } }));
    const { status, stderr } = validate("filelog.yaml", file);
    notStrictEqual(status, 0);
    ok(stderr.includes(says), stderr);
  }
});

test("the unit tests of the processor", options, () => {
  const cwd = join(shipped, "crypt32processor");
  const { status, stdout } = spawnSync("go", ["test", "."], { cwd, encoding: "utf8" });
  strictEqual(status, 0, stdout);
});

test("every fixture as a line of text", options, async () => {
  const { records, counts } = await run(lines);
  const kept = lines.filter((line) => !drops(line));
  deepStrictEqual(
    records.map(({ body }) => body.stringValue),
    kept,
  );
  deepStrictEqual(records.map(attributes), kept.map(expected));
  const of = (word) => lines.filter((line) => verdict(line) === word).length;
  deepStrictEqual(
    [counts.unrelated, counts.benign, counts.review, counts.dropped],
    [of("unrelated"), of("benign"), of("review"), lines.length - kept.length],
  );
});

test("every JSON fixture as a parsed record", options, async () => {
  const json = lines.filter((line) => line.startsWith("{"));
  ok(json.length > 25);
  const parse = [
    { type: "json_parser", parse_to: "attributes.parsed" },
    { type: "move", from: "body", to: "attributes.line" },
    { type: "move", from: "attributes.parsed", to: "body" },
  ];
  const { records } = await run(json, { receiver: { operators: parse } });
  const line = ({ attributes }) => attributes.find(({ key }) => key === "line").value.stringValue;
  const kept = json.filter((line) => !drops(line));
  deepStrictEqual(records.map(line), kept);
  deepStrictEqual(records.map(attributes), kept.map(expected));
});

test("tag, observe, accept; attributes of a sender are not trusted", options, async () => {
  const some = numbered(1000);
  const forged = [
    { type: "add", field: "attributes.kb_verdict", value: "benign" },
    { type: "add", field: "attributes.kb_id", value: "x" },
    { type: "add", field: "attributes.kb_basis", value: "listed" },
  ];
  const tagged = await run(some, { receiver: { operators: forged }, processor: { action: "tag" } });
  deepStrictEqual(
    tagged.records.map(({ body }) => body.stringValue),
    some,
  );
  const marked = (word) =>
    tagged.records.filter((one) => attributes(one).kb_verdict === word).length;
  deepStrictEqual(
    [marked("benign"), marked("review")],
    [1000 * shares.benign, 1000 * shares.review],
  );
  strictEqual(tagged.counts.dropped, 0);
  const observed = await run(some, { processor: { action: "observe" } });
  strictEqual(observed.records.length, 1000);
  ok(observed.records.every((one) => Object.keys(attributes(one)).length === 0));
  strictEqual(observed.counts.review, 1000 * shares.review);
  const cause = await run(some, { processor: { accept: ["listed", "sibling", "cause"] } });
  strictEqual(cause.counts.dropped, 1000 * shares.benign);
  strictEqual(cause.records.length, 1000 - cause.counts.dropped);
});

test("every fixture as one body, also those of several lines", options, async () => {
  const wrapped = all.map(({ payload }) => JSON.stringify({ record: payload }));
  const unwrap = [
    { type: "json_parser", parse_to: "attributes.parsed" },
    { type: "move", from: "attributes.parsed.record", to: "body" },
  ];
  const { records } = await run(wrapped, { receiver: { operators: unwrap } });
  const stays = (payload) => {
    const { verdict, basis } = assessed(payload);
    return verdict !== "benign" || basis === "cause";
  };
  const kept = all.map(({ payload }) => payload).filter(stays);
  deepStrictEqual(
    records.map(({ body }) => body.stringValue),
    kept,
  );
});

test("only_computers drops what the command drops", options, async () => {
  const some = [...numbered(1000), ...lines];
  for (const patterns of [["server1\\d"], ["SERVER", "server3|server[45]"]]) {
    const flags = patterns.flatMap((pattern) => ["--only-computers", pattern]);
    const kept = native(
      "drop",
      some.map((line) => `${line}\n`).join(""),
      "--tags",
      "false",
      ...flags,
    );
    const { records, counts } = await run(some, { processor: { only_computers: patterns } });
    const bodies = records.map(({ body }) => body.stringValue);
    strictEqual(bodies.length, kept.toString().split("\n").length - 1);
    ok(counts.dropped > 5 && counts.dropped < 1000 * shares.dropped);
    const each = (line) => native("drop", `${line}\n`, ...flags).length > 0;
    deepStrictEqual(bodies.slice(-30), lines.filter(each).slice(-30));
    const number = (text) => /"RecordNumber":(\d+)/.exec(text)?.[1];
    deepStrictEqual(bodies.map(number), kept.toString().trimEnd().split("\n").map(number));
  }
});

test("bad input passes: broken JSON, other bytes, long lines", options, async () => {
  const bad = [
    "{",
    "crypt32",
    '{"crypt32":1',
    `{"x":"crypt32${"y".repeat(2 << 20)}"}`,
    "ä crypt32 \u0001",
  ];
  const { records } = await run(bad);
  deepStrictEqual(
    records.map(({ body }) => body.stringValue),
    bad,
  );
});

test(`${COUNT} records: each is counted, and the CPU time`, options, async (t) => {
  const part = numbered(100_000);
  const many = Array.from({ length: Math.ceil(COUNT / part.length) }, () => part)
    .flat()
    .slice(0, COUNT);
  const pipeline = (...processors) => ({
    service: { pipelines: { logs: { receivers: ["file_log"], processors, exporters: ["nop"] } } },
  });
  const without = await run(many, pipeline());
  const filtered = await run(many, pipeline("crypt32"));
  const { unrelated, benign, review, dropped } = filtered.counts;
  deepStrictEqual(
    [unrelated + benign + review, benign, review, dropped],
    [COUNT, COUNT * shares.benign, COUNT * shares.review, COUNT * shares.dropped].map(Math.round),
  );
  const each = (seconds) => ((seconds / COUNT) * 1e6).toFixed(1);
  t.diagnostic(
    `CPU: ${each(without.seconds)} µs a record without the filter, ${each(filtered.seconds)} with it`,
  );
});
