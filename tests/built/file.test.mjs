// Tests the functions that read and write files: filterFile, reportFile and classifyFile.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { classify, classifyFile, Filter, filterFile, report, reportFile } from "../../pkg/node.js";
import { kit } from "../js/kit.mjs";
import { root } from "../js/project.mjs";

const command = join(root, "target/release/crypt32-filter");
const dir = mkdtempSync(join(tmpdir(), "crypt32-file-"));
after(() => rmSync(dir, { recursive: true }));

const ARGUMENT = { name: "TypeError", code: "ERR_CRYPT32_ARGUMENT" };
const ABORT = { name: "AbortError", code: "ABORT_ERR" };

/** Writes a file, and returns its path. */
function file(name, bytes) {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
}

/** More than three chunks of a file, with records across their ends. */
const large = Buffer.concat(Array.from({ length: 8 }, () => [kit.log, Buffer.from("\n")]).flat());
const log = file("app.ndjson", large);
const output = join(dir, "kept");

function pushed(bytes, options) {
  const filter = new Filter(options);
  const out = Buffer.concat([filter.push(bytes), filter.finish()]);
  return { out, ledger: filter.ledger(), unjudged: filter.unjudged() };
}

/** The files that this process has open, where the system tells. */
const open = () => (existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0);

for (const action of ["tag", "drop", "observe"]) {
  test(`filterFile: ${action} writes what a filter returns`, async () => {
    assert.ok(large.length > 3 << 20);
    writeFileSync(output, Buffer.alloc(2 * large.length, "an older and longer output\n"));
    const before = open();
    const result = await filterFile(log, output, { action });
    const { out, ...told } = pushed(large, { action });
    assert.ok(readFileSync(output).equals(out));
    assert.deepEqual(result, told);
    assert.ok(told.ledger.benign > 1000 && told.unjudged.count > 0);
    assert.equal(open(), before);
  });
}

test("filterFile: paths can be URLs and bytes, and an empty file has no records", async () => {
  const empty = pathToFileURL(file("empty", ""));
  const { ledger } = await filterFile(empty, Buffer.from(output));
  assert.equal(ledger.records, 0);
  assert.equal(readFileSync(output).length, 0);
});

test("filterFile: a packed log passes, and the result says so", async () => {
  const packed = gzipSync(large);
  const { ledger, unjudged } = await filterFile(file("app.gz", packed), output, { action: "drop" });
  assert.ok(readFileSync(output).equals(packed));
  assert.equal(ledger.dropped, 0);
  assert.equal(unjudged.input, "gzip");
});

test("filterFile: the output must not be the input, whatever its name", async () => {
  const [hard, soft] = [join(dir, "hard"), join(dir, "soft")];
  linkSync(log, hard);
  symlinkSync(log, soft);
  const before = open();
  for (const same of [log, hard, soft]) {
    await assert.rejects(filterFile(log, same, { action: "drop" }), ARGUMENT);
  }
  assert.ok(readFileSync(log).equals(large));
  assert.equal(open(), before);
});

test("filterFile: errors of the system have its codes, and nothing is created", async () => {
  const folder = join(dir, "folder");
  mkdirSync(folder);
  const before = open();
  for (const [from, to, code] of [
    [join(dir, "none"), join(dir, "no output"), "ENOENT"],
    [log, join(dir, "none/output"), "ENOENT"],
    [log, folder, "EISDIR"],
    [folder, join(dir, "of a folder"), "EISDIR"],
    [undefined, output, "ERR_INVALID_ARG_TYPE"],
    [log, 5, "ERR_INVALID_ARG_TYPE"],
  ]) {
    await assert.rejects(filterFile(from, to), { code });
  }
  assert.ok(!existsSync(join(dir, "no output")));
  if (existsSync("/dev/full")) {
    await assert.rejects(filterFile(log, "/dev/full"), { code: "ENOSPC" });
  }
  assert.equal(open(), before);
});

test("wrong options are named before a file is opened", async () => {
  const none = join(dir, "none");
  const functions = [
    (options) => filterFile(none, none, options),
    (options) => reportFile(none, options),
    async (options) => {
      for await (const _ of classifyFile(none, options));
    },
  ];
  for (const run of functions) {
    for (const [options, message] of [
      [{ acton: "drop" }, /unknown option "acton"; .*, signal, onProgress; did you mean "action"/],
      [{ onprogress() {} }, /unknown option "onprogress"; .*did you mean "onProgress"\?/],
      [{ onProgress: 5 }, /"onProgress" takes a function/],
      [{ signal: {} }, /"signal" takes an AbortSignal/],
      [{ logs: "Archive" }, /"logs" takes a list/],
      ["drop", /"options" takes an object/],
    ]) {
      await assert.rejects(async () => run(options), { code: "ERR_CRYPT32_OPTION", message });
    }
  }
  await assert.rejects(functions[2]({ only: "review" }), {
    code: "ERR_CRYPT32_OPTION",
    message: /"only" takes a list of unrelated, benign, review/,
  });
});

/** The functions of this file, each over a whole file. */
const FUNCTIONS = {
  filterFile: (path, options) => filterFile(path, output, options),
  reportFile,
  classifyFile: async (path, options) => {
    for await (const _ of classifyFile(path, options));
  },
};

for (const [name, run] of Object.entries(FUNCTIONS)) {
  test(`${name}: progress grows up to the size`, async () => {
    const told = [];
    await run(log, { onProgress: (progress) => told.push(progress) });
    assert.ok(told.length >= large.length / (1 << 20));
    assert.ok(told.every(({ size }) => size === large.length));
    assert.ok(told.every(({ bytes }, i) => bytes > (told[i - 1]?.bytes ?? 0)));
    assert.equal(told.at(-1).bytes, large.length);
  });

  test(`${name}: an error of the progress callback ends the work`, async () => {
    const before = open();
    const onProgress = () => {
      throw new RangeError("enough");
    };
    await assert.rejects(run(log, { onProgress }), { name: "RangeError", message: "enough" });
    assert.equal(open(), before);
  });

  test(`${name}: aborting it ends the work with an AbortError`, async () => {
    const before = open();
    const reason = new Error("no time");
    await assert.rejects(run(log, { signal: AbortSignal.abort(reason) }), {
      ...ABORT,
      cause: reason,
    });
    const controller = new AbortController();
    let calls = 0;
    const onProgress = () => {
      calls++;
      controller.abort();
    };
    await assert.rejects(run(log, { signal: controller.signal, onProgress }), ABORT);
    assert.equal(calls, 1);
    assert.equal(open(), before);
  });

  test(`${name}: a pipe has no size`, { skip: process.platform === "win32" }, async () => {
    const pipe = join(dir, `pipe of ${name}`);
    execFileSync("mkfifo", [pipe]);
    const sizes = new Set();
    const done = run(pipe, { onProgress: ({ size }) => sizes.add(size) });
    const writer = spawn("sh", ["-c", `cat "$1" > "$2"`, "sh", log, pipe]);
    await Promise.all([done, once(writer, "close")]);
    assert.deepEqual([...sizes], [null]);
  });
}

test("reportFile: the same as report, and as the command", async () => {
  const files = {
    "app.ndjson": large,
    "clean.evt": kit.files["clean.evt"],
    "application.evtx": kit.files["application.evtx"],
    "packed.gz": gzipSync(kit.log),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const path = file(name, bytes);
    const { notes, complete, ...summary } = await reportFile(path);
    assert.deepEqual({ ...summary, notes, complete }, await report(createReadStream(path)), name);
    assert.equal(complete, true);
    const args = ["report", "--output", "json", "--quiet", path];
    const { reviews, ...told } = JSON.parse(execFileSync(command, args, { maxBuffer: 1 << 28 }));
    assert.deepEqual({ ...told, reviews }, summary, name);
  }
});

test("reportFile and classifyFile: ambiguous dates are resolved by a second look", async () => {
  // More than a chunk lies between the ambiguous date and the one that tells.
  const block = (date, source = "crypt32") =>
    `${kit.block.replace("3/4/2010", date).replace("crypt32", source)}\r\n\r\n`;
  const between = block("3/4/2010", "MsiInstaller").repeat(5000);
  assert.ok(between.length > 1 << 20);
  const end = block("3/25/2010") + block("3/4/2010", "MsiInstaller");
  const path = file("dates.txt", block("3/4/2010") + between + end);
  const { totals } = await reportFile(path, { format: "text" });
  assert.match(totals.first, /^2010-03-04T/);
  const times = [];
  for await (const { time } of classifyFile(path, { format: "text", only: ["benign"] })) {
    times.push(time.slice(0, 10));
  }
  assert.deepEqual(times, ["2010-03-04", "2010-03-25"]);
});

test("classifyFile: the same verdicts as the command, in the same order", async () => {
  const files = {
    "one.ndjson": kit.log,
    "clean.evt": kit.files["clean.evt"],
    "application.evtx": kit.files["application.evtx"],
    "packed.gz": gzipSync(kit.log),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const path = file(name, bytes);
    const args = ["classify", "--quiet", path];
    const out = execFileSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28 });
    const told = out.trim().split("\n").map(JSON.parse);
    const verdicts = classifyFile(path);
    assert.equal(verdicts.complete, false);
    const found = [];
    for await (const verdict of verdicts) found.push(verdict);
    assert.deepEqual(found, told, name);
    assert.equal(verdicts.complete, true);
    const reviews = [];
    for await (const verdict of classifyFile(path, { only: ["review"] })) reviews.push(verdict);
    assert.deepEqual(
      reviews,
      told.filter(({ verdict }) => verdict === "review"),
    );
  }
});

test("classifyFile: the line of a verdict is the line of its record", async () => {
  const path = file("one.ndjson", kit.log);
  const lines = Buffer.from(kit.log).toString().split("\n");
  let count = 0;
  for await (const { line, verdict, reasons } of classifyFile(path, { only: ["review"] })) {
    const own = classify(lines[line - 1]);
    assert.deepEqual([own.verdict, own.reasons], [verdict, reasons]);
    count++;
  }
  assert.ok(count > 1);
});

test("classifyFile: leaving the loop closes the file, and another loop reads it anew", async () => {
  const before = open();
  const verdicts = classifyFile(log);
  for (const round of [1, 2]) {
    for await (const { record } of verdicts) {
      assert.equal(record, 1, `round ${round}`);
      break;
    }
    assert.equal(open(), before);
  }
  assert.equal(verdicts.complete, false);
});

test("classifyFile and reportFile say what could not be read", async () => {
  const packed = gzipSync(large);
  const path = file("half.gz", packed.subarray(0, packed.length >> 1));
  const verdicts = classifyFile(path, { only: ["benign"] });
  let count = 0;
  for await (const _ of verdicts) count++;
  assert.ok(count > 0);
  assert.equal(verdicts.complete, false);
  assert.match(verdicts.notes.join("\n"), /^stopped /m);
  const { complete, notes } = await reportFile(path);
  assert.equal(complete, false);
  assert.deepEqual(notes, verdicts.notes);
});

test("report() of the name of a file is an error that names reportFile()", async () => {
  copyFileSync(log, join(dir, "named.ndjson"));
  const path = join(dir, "named.ndjson");
  await assert.rejects(report(path), { ...ARGUMENT, message: /call reportFile\("/ });
  await assert.rejects(report(dir), ARGUMENT);
  // Text that is no name of a file is a log, even of one line.
  for (const text of ["named.ndjson", `${path}\n`]) {
    assert.equal((await report(text)).complete, true);
  }
});
