// Tests the real rsyslog and syslog-ng with the shipped configurations: what they write must be what
// the native command keeps, over TCP, UDP and octet counting, also if the filter fails.
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { classify, initSync } from "../../../target/npm/core/crypt32_filter.js";
import { shownIn } from "../../documents/shown.mjs";
import { until } from "../streams/kafka.mjs";
import { all, command, fluentBit, native, numbered, root } from "../streams/records.mjs";
import { remove, rsyslog, shipped, syslogNg } from "./servers.mjs";

const COUNT = Number(process.env.RECORDS ?? 100_000);
const DROP_IN = "crates/cli/rsyslog/rsyslog.service.d/crypt32.conf";
const folder = mkdtempSync(join(tmpdir(), "crypt32-syslog-"));
const module = join(root, "dist/crypt32_filter.wasm");
const running = [];
after(async () => {
  for (const server of running) await server.stop();
  remove(folder);
});
let started = 0;
const start = async (server, what) => {
  const one = await server(join(folder, `server${started++}`), what);
  running.push(one);
  return one;
};
const servers = {
  rsyslog: () => start(rsyslog, command),
  "syslog-ng": () => start(syslogNg, module),
};

// A syslog server removes line ends at the end of a message. It cannot parse a message without a
// header, and takes a line that begins with a digit for an octet count.
const HEADER = "<13>Mar 15 11:27:57 SERVER1 agent: ";
const payloads = all.map(({ payload }) => payload.replace(/[\r\n]+$/, ""));
const records = payloads.map((text) => (/^<\d+>/.test(text) ? text : HEADER + text));
const isLine = (record) => !/[\r\n]/.test(record);

const core = join(root, "target/npm/core/crypt32_filter_bg.wasm");
initSync({ module: readFileSync(core) });

/**
 * The verdict about a whole record, and whether the filter drops it. The command would read the
 * lines of a record.
 */
function judged(record) {
  const { verdict, basis } = JSON.parse(classify(Buffer.from(record), "{}"));
  const dropped = verdict === "benign" && ["listed", "sibling"].includes(basis);
  return { record, review: verdict === "review", dropped };
}
const judgements = records.map(judged);
/** Records of one line, also those that agents send without a header. */
const lines = payloads.filter((text) => isLine(text) && /^(<\d+>|\{)/.test(text)).map(judged);
const kept = (some) => some.filter(({ dropped }) => !dropped).map(({ record }) => `${record}\n`);

test("the command's decisions about lines are those of the filter", () => {
  ok(lines.length > 40);
  for (const { record, dropped } of [...lines, ...judgements.filter((one) => isLine(one.record))])
    strictEqual(native("drop", `${record}\n`).length === 0, dropped, record);
});

test("what the guide shows is in the shipped configurations", () => {
  const shown = shownIn("syslog");
  strictEqual(shown.length, 3);
  const files = [
    "crates/cli/rsyslog/crypt32.conf",
    DROP_IN,
    "crates/hosts/functions/syslog-ng/crypt32.conf",
  ];
  shown.forEach(({ text, where }, i) => {
    ok(shipped(files[i]).includes(text), where);
  });
});

for (const [name, begin] of Object.entries(servers)) {
  // The module for syslog-ng reads fewer records of several lines than the command.
  const drops = ({ record, dropped }) =>
    name === "rsyslog" ? dropped : fluentBit("crypt32_drop", [Buffer.from(record)]).length === 0;
  const decisions = judgements.map((one) => ({ ...one, dropped: drops(one) }));

  test(`${name}: every fixture over TCP, UDP and with octet counting`, async () => {
    const server = await begin();
    await server.tcp(lines.map(({ record }) => `${record}\n`).join(""));
    let expected = kept(lines).join("");
    strictEqual(await server.written(), expected, server.log);
    const reviews = lines.filter(({ review }) => review).map(({ record }) => `${record}\n`);
    strictEqual(server.read("review.log").toString(), reviews.join(""));
    for (const [i, { record, dropped }] of decisions.entries())
      ok(dropped === judgements[i].dropped || (!isLine(record) && !dropped), record);

    const counted = decisions.map(({ record }) => `${Buffer.byteLength(record)} ${record}`);
    await server.tcp(counted.join(""), server.counted);
    expected += kept(decisions).join("");
    strictEqual(await server.written(), expected);

    await server.udp(decisions.map(({ record }) => record));
    expected += kept(decisions).join("");
    strictEqual(await server.written(), expected);
    await server.stop();
  });

  test(`${name}: ${COUNT} records`, async (t) => {
    const server = await begin();
    const lines = numbered(COUNT).map((line) => `${line}\n`);
    const since = Date.now();
    await server.tcp(lines.join(""));
    const out = await server.written(600);
    t.diagnostic(`${Math.round(COUNT / ((Date.now() - since) / 1000))} records/s`);
    strictEqual(out, expectedOf(lines).join(""));
    await server.stop();
    if (name === "rsyslog") {
      const { dropped, records, review } = JSON.parse(server.read("ledger.json"));
      deepStrictEqual([records, dropped, review], [COUNT + 1, COUNT / 10, COUNT / 100]);
    }
  });
}

/** The lines of `numbered` that the native command keeps. */
function expectedOf(lines) {
  const output = native("drop", lines.join("")).toString();
  const numbers = new Set([...output.matchAll(/"RecordNumber":(\d+)/g)].map(([, n]) => Number(n)));
  return lines.filter((_, i) => numbers.has(i));
}

test("rsyslog: the command is killed while the queue is full, and nothing is lost", async (t) => {
  const server = await servers.rsyslog();
  const lines = numbered(COUNT).map((line) => `${line}\n`);
  const length = lines.join("").length;
  const sent = server.tcp(lines.join(""));
  let killed = 0;
  for (const share of [0.1, 0.4, 0.7]) {
    const reached = () => server.read("windows.log").length > share * length;
    await until(`${share} of the records are written`, reached, 300);
    killed += server.killProgram();
  }
  await sent;
  const out = (await server.written(600)).split(/(?<=\n)/);
  strictEqual(killed, 3);
  const expected = new Set(expectedOf(lines));
  const seen = new Set(out);
  const lost = [...expected].filter((line) => !seen.has(line));
  deepStrictEqual(lost, []);
  const more = out.length - expected.size;
  t.diagnostic(`${more} records passed without an answer`);
  ok(more <= 2 * killed, `${more} records more than without an accident`);
  await server.stop();
});

test("rsyslog: without the command, every message passes and an error is logged", async () => {
  const server = await start(rsyslog, join(folder, "missing"));
  const sent = lines.map(({ record }) => `${record}\n`).join("");
  await server.tcp(sent);
  strictEqual(await server.written(), sent);
  ok(/mmexternal/.test(server.read("own.log")) || /mmexternal/.test(server.log), server.log);
  await server.stop();
});

test("rsyslog: systemd does not start it if the command is missing or broken", (t) => {
  const [, shown] = /^ExecStartPre=(.*)$/m.exec(shipped(DROP_IN));
  const [, asked] = /binary="(.*)"/.exec(shipped("crates/cli/rsyslog/crypt32.conf"));
  strictEqual(shown, asked);
  const [path, ...args] = shown.split(" ");
  // As systemd runs it: without a shell, and without input.
  const run = (program, options = args) => {
    const { status, error, stderr } = spawnSync(program, options, {
      stdio: ["ignore", "pipe", "pipe"],
    });
    return error?.code ?? `${status} ${stderr}`;
  };
  strictEqual(run(command), "0 ");
  const broken = join(folder, "broken");
  strictEqual(run(broken), "ENOENT");
  writeFileSync(broken, readFileSync(command).subarray(0, 100_000));
  strictEqual(run(broken), "EACCES");
  chmodSync(broken, 0o755);
  ok(!run(broken).startsWith("0"));
  ok(/^2 error: invalid value 'dorp'/.test(run(command, [...args.slice(0, -1), "dorp"])));

  const unit = join(folder, "rsyslog.service");
  copyFileSync(join(root, ".tools/syslog/lib/systemd/system/rsyslog.service"), unit);
  cpSync(join(root, dirname(DROP_IN)), `${unit}.d`, { recursive: true });
  const { error, stderr } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
  if (error) return t.diagnostic("there is no systemd-analyze");
  ok(stderr.includes(`Command ${path} is not executable`) || existsSync(path), stderr);
  ok(!/Unknown|Invalid|Failed to parse/.test(stderr), stderr);
});

test("syslog-ng: without a module it does not start; if a call fails, messages pass", async () => {
  const cut = join(folder, "cut.wasm");
  writeFileSync(cut, readFileSync(module).subarray(0, 100_000));
  for (const broken of [cut, join(folder, "missing.wasm")]) {
    await rejects(start(syslogNg, broken), /Crypt32.*(WebAssembly|wasm)/);
  }
  const text = join(folder, "fails.wat");
  writeFileSync(
    text,
    `(module (memory (export "memory") 64)
      (func (export "clickhouse_create_buffer") (param i32) (result i32) i32.const 64)
      (func (export "clickhouse_destroy_buffer") (param i32))
      (func (export "crypt32_verdict") (param i32 i32) (result i32) unreachable))`,
  );
  const fails = join(folder, "fails.wasm");
  execFileSync(join(root, "www/node_modules/.bin/wasm-as"), [text, "-o", fails]);
  const server = await start(syslogNg, fails);
  const sent = numbered(1000).map((line) => `${line}\n`);
  await server.tcp(sent.join(""));
  strictEqual(await server.written(), sent.join(""));
  strictEqual(server.log.match(/all further messages pass/g)?.length, 1, server.log);
  await server.stop();
});
