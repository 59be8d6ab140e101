// The real Fluent Bit with the built module, against the native command, record by record.
//
// fluent-bit.mjs [RECORDS] [--time]: RECORDS (default 20000) with 1 % Crypt32 8 and a log in each
// shape go through every function; --time adds how much CPU each takes, beside a module that only
// returns its input. Takes the program from FLUENT_BIT, or fluent-bit on PATH; without one, it says
// so and skips.
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { argv, env, exit } from "node:process";
import binaryen from "../../www/node_modules/binaryen/index.js";
import { median } from "../bench/median.mjs";
import { shownIn } from "../documents/shown.mjs";
import { start as browse } from "../page/browser.mjs";
import { canGive, given } from "../page/given.mjs";
import { native, root, sample, samples } from "./streams/records.mjs";
import { typed } from "./typed.mjs";

const module = join(root, "dist/crypt32_filter.wasm");
const program = env.FLUENT_BIT || "fluent-bit";
const version = spawnSync(program, ["--version"], { encoding: "utf8" });
if (version.error) {
  if (env.FLUENT_BIT) throw version.error;
  console.log("fluent-bit: SKIPPED, there is none on PATH or in FLUENT_BIT");
  exit(0);
}
console.log(version.stdout.split("\n")[0]);
const count = Number(argv.find((argument) => /^\d+$/.test(argument)) ?? 20_000);
const directory = mkdtempSync(join(tmpdir(), "crypt32-fluent-bit-"));

const drop = ["drop"];
const all = ["--accept", "listed,sibling,cause"];
const FUNCTIONS = {
  crypt32_observe: ["observe"],
  crypt32_tag: ["tag"],
  crypt32_drop: drop,
  crypt32_drop_cause: [...drop, ...all],
  crypt32_drop_ledger: drop,
  crypt32_drop_cause_ledger: [...drop, ...all],
};

/** Records as in_winlog writes them, every hundredth a Crypt32 8 with one of five errors. */
function sparse() {
  const benign = JSON.parse(sample("fluentbit-winlog"));
  const [url] = benign.StringInserts;
  const errors = [
    "The server name or address could not be resolved",
    "This network connection does not exist.",
    "This operation returned because the timeout period expired.",
    "A connection with the server could not be established",
    "Access is denied.",
  ];
  let lines = "";
  for (let i = 0; i < count; i++) {
    const time = new Date(1268652477000 + i * 700).toISOString().slice(0, 19).replace("T", " ");
    const record = {
      ...benign,
      RecordNumber: i,
      TimeGenerated: `${time} +0000`,
      TimeWritten: `${time} +0000`,
      ComputerName: `SERVER${i % 37}`,
    };
    if (i % 100 === 42) {
      const error = errors[Math.floor(i / 100) % errors.length];
      record.StringInserts = [url, error];
      record.Message = benign.Message.replace(/with error: .*/s, `with error: ${error}\r\n`);
    } else {
      record.SourceName = ["W32Time", "EventLog", "Service Control Manager"][i % 3];
      record.EventID = [35, 6005, 7036][i % 3];
      record.EventType = "Information";
      record.Channel = "System";
      const text = "The Windows Installer service entered the running state as configured. ";
      record.Message = `${text.repeat(3)}${i}\r\n`;
      record.StringInserts = ["Windows Installer", "running"];
    }
    lines += `${JSON.stringify(record)}\n`;
  }
  return lines;
}

/** Every sample of one line in its own shape, and in a `log` or `message` field; XML and text. */
function shapes() {
  const records = [];
  for (const { payload } of samples) {
    if (payload.startsWith("{")) records.push(JSON.parse(payload));
    records.push({ log: payload }, { message: payload, host: "relay" });
  }
  const { ProviderName, EventID, Channel, Computer, Message } = JSON.parse(
    sample("fluentbit-winevtlog"),
  );
  records.push({ System: sample("event-xml"), Message: "", StringInserts: [] });
  for (const id of [EventID, 7]) {
    const text =
      `ProviderName=${ProviderName}\nProviderGuid=\nQualifiers=49154\nEventID=${id}\nVersion=0\n` +
      `Level=2\nTask=0\nOpcode=0\nKeywords=0x80000000000000\n` +
      `TimeCreated=2010-03-15 11:27:57 +0000\nEventRecordID=1\nActivityID=\nRelatedActivityID=\n` +
      `ProcessID=0\nThreadID=0\nChannel=${Channel}\nComputer=${Computer}\nUserID=\n` +
      `Message=${Message}`;
    records.push({ log: text });
  }
  records.push({ x: "\u0000\u0007é\u{1F600}", big: "y".repeat(900_000) });
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

function shuffled(list) {
  return list
    .map((item) => [Math.random(), item])
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** Runs a log through a function (or none), and gives what came out and the CPU seconds. */
function run(name, input, fn, wasm = module) {
  const output = join(directory, `${name}.out`);
  const log = join(directory, `${name}.log`);
  const config = join(directory, `${name}.yaml`);
  const parsers = join(directory, "parsers.conf");
  writeFileSync(parsers, "[PARSER]\n    Name lines\n    Format json\n");
  const filters = fn
    ? `  filters:
    - {name: wasm, match: "*", event_format: json, wasm_path: ${wasm}, function_name: ${fn}}\n`
    : "";
  writeFileSync(
    config,
    `service: {flush: 0.2, grace: 30, log_level: info, parsers_file: ${parsers}}
pipeline:
  inputs:
    - {name: tail, path: ${input}, tag: t, parser: lines, read_from_head: true,
       exit_on_eof: true, buffer_chunk_size: 1M, buffer_max_size: 8M}
${filters}  outputs:
    - {name: file, match: "*", path: ${directory}, file: ${name}.out, format: plain}
`,
  );
  rmSync(output, { force: true });
  const timed = 'TIMEFORMAT="%U %S"; time "$0" -c "$1" >"$2" 2>&1';
  const done = spawnSync("bash", ["-c", timed, program, config, log], { encoding: "utf8" });
  const text = readFileSync(log, "utf8");
  strictEqual(done.status, 0, text);
  const errors = text.split("\n").filter((line) => /\[ *error\]|not found|exception/i.test(line));
  deepStrictEqual(errors, [], `${name}: errors in the log`);
  const lines = existsSync(output) ? readFileSync(output, "utf8").trimEnd().split("\n") : [];
  const [user, system] = done.stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { lines, seconds: user + system };
}

/** What the native command makes of the same records, as Fluent Bit writes them. */
function natively(lines, [action, ...options]) {
  return native(action, `${lines.join("\n")}\n`, ...options)
    .toString()
    .trimEnd()
    .split("\n");
}

const isNotice = (line) => line.startsWith('{"kb":{"id":"KB2253680","ledger":');

for (const [name, text] of [
  ["sparse", sparse()],
  ["shapes", shapes()],
]) {
  const input = join(directory, `${name}.ndjson`);
  writeFileSync(input, text);
  const { lines } = run(name, input);
  strictEqual(lines.length, text.trimEnd().split("\n").length, "without a filter, all arrive");
  for (const [fn, options] of Object.entries(FUNCTIONS)) {
    const expected = natively(lines, options);
    const got = run(`${name}-${fn}`, input, fn).lines;
    const notices = got.filter(isNotice);
    const kept = got.filter((line) => !isNotice(line));
    strictEqual(kept.length, expected.length, `${fn}: how many are kept`);
    // Compared as values: Fluent Bit writes what the module returns once more.
    kept.forEach((line, i) => {
      if (line !== expected[i]) deepStrictEqual(JSON.parse(line), JSON.parse(expected[i]), fn);
    });
    const dropped = lines.length - kept.length;
    const tagged = kept.filter((line) => line.includes('"kb":{"verdict":')).length;
    strictEqual(notices.length, fn.endsWith("_ledger") ? Math.floor(dropped / 1000) : 0);
    ok(fn === "crypt32_observe" || dropped + tagged > 0, `${fn} did something`);
    console.log(
      `ok ${name}: ${fn}: ${lines.length} in, ${kept.length} kept, ${tagged} tagged, ` +
        `${dropped} dropped, ${notices.length} notices: as natively`,
    );
  }
}

/**
 * The ready configurations, as `make build` puts them into dist, but for their input, which needs
 * Windows, and with an absolute path of the module: what each writes, under which of its outputs.
 */
function ready(file, input, reviews) {
  const text = readFileSync(join(root, "dist/fluent-bit", file), "utf8");
  const yaml = file.endsWith(".yaml");
  const tail = Object.entries({
    name: "tail",
    path: input,
    tag: "win.application",
    parser: "lines",
    read_from_head: "true",
    exit_on_eof: "true",
    buffer_chunk_size: "1M",
    buffer_max_size: "8M",
  });
  const parsers = join(directory, "parsers.conf");
  const source = yaml
    ? `service: {flush: 0.2, grace: 30, parsers_file: ${parsers}}\n${text.replace(
        /(inputs:\n)[\s\S]*?(?=\n\n)/,
        `$1    - {${tail.map(([key, value]) => `${key}: ${value}`).join(", ")}}`,
      )}`
    : `[SERVICE]\n    Flush 0.2\n    Grace 30\n    Parsers_File ${parsers}\n${text.replace(
        /(\[INPUT\]\n)[\s\S]*?(?=\n\n)/,
        `$1${tail.map(([key, value]) => `    ${key} ${value}`).join("\n")}`,
      )}`;
  ok(source.includes(input) && !source.includes("winevtlog"), `${file}: another input`);
  return start(file, source.replaceAll("crypt32_filter.wasm", module), reviews);
}

/**
 * Runs a whole configuration, which writes to standard output, and records to review to a file. What
 * `rewrite_tag` took out right before Fluent Bit ends by itself can be lost, so where there are such
 * records it is ended when they are there.
 */
function start(file, source, reviews = 0) {
  const config = join(directory, file);
  const review = join(directory, "review.jsonl");
  rmSync(review, { force: true });
  writeFileSync(config, reviews > 0 ? source.replace(/(exit_on_eof:?) true/, "$1 false") : source);
  const ended = `"$0" -c "$1" & for ((i = 0; i < 600; i++)); do
    [ "$(cat review.jsonl 2>/dev/null | wc -l)" -ge "$2" ] && break; sleep 0.1
  done; kill $!; wait $!`;
  const script = reviews > 0 ? ended : 'exec "$0" -c "$1"';
  const done = spawnSync("bash", ["-c", script, program, config, String(reviews)], {
    cwd: directory,
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  strictEqual(done.status, 0, done.stderr);
  ok(!/\[ *error\]/.test(done.stderr), done.stderr);
  const records = (output) => output.split("\n").filter((line) => line.startsWith("{"));
  const kept = records(done.stdout).map((line) => {
    const { date: _, ...record } = JSON.parse(line);
    return record;
  });
  return { kept, reviewed: existsSync(review) ? records(readFileSync(review, "utf8")) : [] };
}

{
  const input = join(directory, "sparse.ndjson");
  const { lines } = run("plain", input);
  for (const name of ["tag", "drop", "review"]) {
    const options = name === "tag" ? ["tag"] : drop;
    const expected = natively(lines, options).map((line) => JSON.parse(line));
    const isReview = (record) => name === "review" && record.kb?.verdict === "review";
    for (const file of [`${name}.yaml`, `${name}.conf`]) {
      const { kept, reviewed } = ready(file, input, expected.filter(isReview).length);
      deepStrictEqual(
        kept.filter((record) => !record.kb?.ledger),
        expected.filter((record) => !isReview(record)),
        `${file}: what goes on`,
      );
      deepStrictEqual(
        reviewed.map((line) => JSON.parse(line)),
        expected.filter(isReview),
        `${file}: what is to review`,
      );
      console.log(`ok ${file}: ${kept.length} go on, ${reviewed.length} to review: as natively`);
    }
  }
}

/** A filter section that a document shows or the page gives out, in a folder with the module. */
function section(text, input) {
  ok(/^ {2}filters:$/m.test(text), text);
  copyFileSync(module, join(directory, "crypt32_filter.wasm"));
  const source = `service: {flush: 0.2, grace: 30, parsers_file: parsers.conf}
pipeline:
  inputs:
    - {name: tail, path: ${input}, tag: win.application, parser: lines, read_from_head: true,
       exit_on_eof: true, buffer_chunk_size: 1M, buffer_max_size: 8M}
${text.replace("pipeline:\n", "").trimEnd()}
  outputs:
    - {name: stdout, match: "*", format: json_lines}
`;
  const [, fn] = /function_name: (\w+)/.exec(text);
  return { kept: start("shown.yaml", source).kept, options: FUNCTIONS[fn] };
}

{
  const input = join(directory, "sparse.ndjson");
  const { lines } = run("plain", input);
  const shown = shownIn("fluent-bit");
  ok(shown.length > 0);
  const [path] = spawnSync("bash", ["-c", 'type -P "$0"', program], { encoding: "utf8" })
    .stdout.trim()
    .split("\n");
  const command = (text) => {
    const kept = typed(text, readFileSync(input), { "fluent-bit": resolve(path) });
    const records = kept.toString().trimEnd().split("\n");
    return { kept: records.map((line) => JSON.parse(line)), options: drop };
  };
  for (const { where, language, text } of shown) {
    const { kept, options } = (language === "sh" ? command : section)(text, input);
    const expected = natively(lines, options).map((line) => JSON.parse(line));
    deepStrictEqual(kept, expected, where);
    console.log(`ok ${where}: ${kept.length} go on: as natively`);
  }
}

if (canGive()) {
  const input = join(directory, "written.ndjson");
  const { lines } = run("plain", join(directory, "sparse.ndjson"));
  writeFileSync(input, `${lines.join("\n")}\n`);
  const browser = await browse();
  try {
    for (const cause of [false, true]) {
      const { text, filtered } = await given(browser, input, "Fluent Bit", cause);
      const { kept } = section(text, input);
      const expected = filtered.trimEnd().split("\n");
      deepStrictEqual(
        kept,
        expected.map((line) => JSON.parse(line)),
      );
      ok(kept.length < lines.length);
      strictEqual(filtered.includes('"basis":"cause"'), !cause);
      console.log(
        `ok the page's filter: ${lines.length} in, ${kept.length} kept: as the page writes`,
      );
    }
  } finally {
    await browser.stop();
  }
} else console.log("the page's filter: SKIPPED, no Chromium");

if (argv.includes("--time")) {
  // With an allocator of its own, as a module needs for records of more than 8 KB; and without.
  const keep = `(func (export "keep") (param i32 i32 i32 i32 i32 i32) (result i32) (local.get 4))`;
  const allocator = `(global $used (mut i32) (i32.const 1024)) (global $live (mut i32) (i32.const 0))
    (func (export "malloc") (param $size i32) (result i32) (local $at i32)
      (local.set $at (global.get $used))
      (global.set $live (i32.add (global.get $live) (i32.const 1)))
      (global.set $used (i32.and (i32.const -8)
        (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 7))))
      (local.get $at))
    (func (export "free") (param i32)
      (global.set $live (i32.sub (global.get $live) (i32.const 1)))
      (if (i32.eqz (global.get $live)) (then (global.set $used (i32.const 1024)))))`;
  const identity = (name, parts) => {
    const text = `(module (memory (export "memory") 32) ${parts})`;
    writeFileSync(join(directory, name), binaryen.parseText(text).emitBinary());
    return join(directory, name);
  };
  const peers = {
    "returns its input": identity("identity.wasm", allocator + keep),
    "the same without malloc": identity("small.wasm", keep),
  };
  const input = join(directory, "sparse.ndjson");
  const runs = { "no filter": [], "returns its input": [], "the same without malloc": [] };
  for (const fn of Object.keys(FUNCTIONS)) runs[fn] = [];
  for (let round = 0; round < 21; round++) {
    // Each time in another order: the machine changes while they take turns.
    for (const what of shuffled(Object.keys(runs))) {
      const fn = what === "no filter" ? undefined : what in peers ? "keep" : what;
      runs[what].push(run("timed", input, fn, peers[what]).seconds);
    }
  }
  // On a shared machine the same work takes a third more or less from one moment to the next, so the
  // least of some rounds says nothing: the middle one of the ratios within a round, and all of them.
  const base = runs["returns its input"];
  const sum = (list) => list.reduce((a, b) => a + b);
  for (const [what, seconds] of Object.entries(runs)) {
    const ratio = median(seconds.map((s, round) => s / base[round]));
    const whole = sum(seconds) / sum(base);
    const all = seconds.map((s) => s.toFixed(2)).join(" ");
    console.log(`${what}: ${ratio.toFixed(2)} x CPU by rounds, ${whole.toFixed(2)} x in all`);
    console.log(`  ${all} s`);
  }
}
rmSync(directory, { recursive: true });
