// Compares `npx crypt32-filter` in WASM with the native command: bytes, messages and exit codes.
// Everything that depends on the process is also tested with the native command that npx starts.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { classify, explain } from "../../pkg/node.js";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { launcher } from "../js/project.mjs";
import { zip } from "../js/zip.mjs";

const root = join(import.meta.dirname, "../..");
const NATIVE = [join(root, "target/release/crypt32-filter")];
const NPX = [process.execPath, join(root, "pkg/bin.js")];
const installed = launcher();
const ALL = { native: NATIVE, npx: NPX, "npx-native": installed.command };

const dir = mkdtempSync(join(tmpdir(), "crypt32-filter-"));
after(() => {
  rmSync(dir, { recursive: true });
  installed.remove();
});
const file = (name, content, encoding) => {
  writeFileSync(join(dir, name), content, encoding);
  return name;
};
const log = file("log.ndjson", `${sampleLog(1).join("\n")}\n`);
const junk = file("junk.bin", Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * i) >> 3)));
const review = sampleLog(3).find((line) => line.includes("lab-cache"));
file("review.json", review);
file("empty.log", "");
file("zipped.gz", gzipSync(sampleLog(1).slice(0, 300).join("\n")));
// Input that must pass unchanged although it contains a record.
const hidden = `\n${sampleLog(1).find((line) => line.includes("crypt32") && line.includes("could not be resolved"))}\n`;
file("packed.gz", `\x1f\x8b\x08\0${hidden}`, "latin1");
file("archive.zip", `PK\x03\x04${hidden}`, "latin1");
file("wide.log", `\xff\xfe\n\0${hidden}`, "latin1");
file("wider.log", `\xff\xfe\0\0${hidden}`, "latin1");
const lone = hidden.trim();
file("array.json", `[\n${lone},\n${lone}\n]\n${lone}\n`);
file("bulk.ndjson", `{"\\u0069ndex":{}}\n${lone}\n${lone}\n`);
file("marks.ndjson", `\ufeff${lone}\n\ufeff${lone}\n\ufefftext\n`);
file(
  "hidden.json",
  '{"SourceName":"crypt32\u009b\u202e","EventID":8,"ComputerName":"A\x7f\u2066"}\n',
);
file("not a ledger", "precious\n");
const odd = file("odd \x1b[31m\u202e\u009b\n", lone);

// The last date shows the order of day and month in the first, so the file is scanned first.
file("dates.txt", ["3/4/2010", "3/25/2010"].map(block).join("\n\n"));

// Inputs with several logs. The folder has a loop, a pipe and a file that cannot be read.
mkdirSync(join(dir, "logs/below"), { recursive: true });
file("logs/b.ndjson", readFileSync(join(dir, log)));
file("logs/below/dates.txt", readFileSync(join(dir, "dates.txt")));
file("logs/below/packed.gz", readFileSync(join(dir, "zipped.gz")));
file(`logs/${odd}`, lone);
symlinkSync("..", join(dir, "logs/below/up"));
assert.equal(spawnSync("mkfifo", [join(dir, "logs/pipe")]).status, 0);
mkdirSync(join(dir, "nothing"));
const some = ["dates.txt", log, "review.json"];
const content = Object.fromEntries(some.map((name) => [name, readFileSync(join(dir, name))]));
const packed = { "twice.gz": gzipSync("x"), "bomb.log": Buffer.alloc(40 << 20, " "), "": "" };
file("collected.zip", zip({ ...content, [`in ${odd}`]: lone }));
file("bad.zip", zip({ ...packed, ...content }));
const broken = zip({ "broken.log": sampleLog(1).join("\n"), ...content });
// One byte of the first file is another.
broken[200] ^= 1;
file("broken.zip", broken);
file("none.zip", zip({}));
file("picture.png", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n", "latin1"));
file("policy.json", '\ufeff{"action": "drop", "keep-every": 9, "only-computers": ["[^x]*1"]}');
file("wrong.json", '{"actoin": "drop"}');
file("wrong-too.json", '{"action": "dorp"}');
file("no.json", "{");

/** The event in the format of Event Viewer's copy button. */
function block(date) {
  return [
    "Event Type:\tError",
    "Event Source:\tcrypt32",
    "Event Category:\tNone",
    "Event ID:\t8",
    `Date:\t\t${date}`,
    "Time:\t\t11:27:57",
    "User:\t\tN/A",
    "Computer:\tSERVER1",
    "Description:",
    JSON.parse(review).Message.trim(),
  ].join("\r\n");
}

function run(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command[0], [...command.slice(1), ...args], {
    cwd: dir,
    env: { ...process.env, COLUMNS: "100", NO_COLOR: "1" },
    maxBuffer: 1 << 28,
    ...options,
  });
  return { status, stdout: stdout.toString("latin1"), stderr: stderr.toString() };
}

for (const [args, status] of [
  [["--version"], 0],
  [["--help"], 0],
  [["filter", "--help"], 0],
  [["classify", "--help"], 0],
  [["help"], 0],
  [["help", "report"], 0],
  [["help", "fliter"], 2],
  [[], 2],
  [["fliter"], 2],
  [["filter", log], 0],
  [["filter", "--action", "drop", log, junk], 0],
  [["filter", "--action", "observe", junk], 0],
  [["filter", "--action", "drop", "--accept", "listed", "--keep-every", "50", log], 0],
  [["filter", "--output", "ndjson", log], 0],
  [["filter", "--summary", log], 0],
  [["filter", "--summary", "--action", "drop", log, "zipped.gz", "array.json"], 0],
  [["filter", "--action", "dorp", log], 2],
  [["explain", log], 0],
  [["explain", "--only", "benign", "--limit", "2", log], 0],
  [["report", "--hours", "--top", "2", log], 0],
  [["filter", "--action", "delete", log], 2],
  [["filter", "--acton", "drop", log], 2],
  [["filter", "--max-record", "0", log], 2],
  [["filter", "--format", "text", log], 2],
  [["filter", "missing.log"], 2],
  [["filter", "missing.log", log], 2],
  [["filter", "."], 2],
  [["filter", "--ledger", "missing/ledger.json", log], 2],
  [["classify", log], 0],
  [["classify", "--candidates", log], 0],
  [["classify", "--check", "review.json"], 1],
  [["classify", "zipped.gz"], 0],
  [["filter", "zipped.gz"], 0],
  [["filter", "--action", "drop", "packed.gz", "archive.zip", "wide.log", "wider.log", log], 0],
  [["filter", "--output", "ndjson", "archive.zip", "marks.ndjson"], 0],
  [["filter", "--action", "drop", "array.json", "bulk.ndjson", "marks.ndjson"], 0],
  [["filter", "--ledger", log, "review.json", log], 2],
  [["filter", "--ledger", "not a ledger", log], 2],
  [["filter", "--ledger", odd, log], 2],
  [["filter", "--ledger", `missing/${odd}`, log], 2],
  [["filter", odd, `missing ${odd}`], 2],
  [["classify", "hidden.json"], 0],
  [["classify", "archive.zip", "wider.log"], 2],
  [["report", odd, `missing ${odd}`], 2],
  [["classify", "logs"], 0],
  [["classify", "logs/"], 0],
  [["explain", "logs", "review.json"], 0],
  [["report", "--check", "logs", "collected.zip"], 1],
  [["-q", "report", "--output", "json", "logs"], 0],
  [["report", "nothing", "review.json"], 2],
  [["filter", "logs", log], 2],
  [["classify", "collected.zip"], 0],
  [["report", "--output", "json", "collected.zip"], 0],
  [["report", "bad.zip"], 2],
  [["classify", "broken.zip"], 2],
  [["report", "none.zip", log], 2],
  [["classify", "picture.png", "empty.log"], 2],
  [["classify", "--line", "3", "--limit", "1", log], 0],
  [["classify", "--only", "review", "--limit", "3", log], 0],
  [["filter", "--policy", "policy.json", log], 0],
  [["filter", "--policy", "policy.json", "--keep-every", "0", log], 0],
  [["report", "--policy", "policy.json", log], 0],
  [["filter", "--policy", "wrong.json", log], 2],
  [["filter", "--policy", "wrong-too.json", log], 2],
  [["classify", "--policy", "no.json", log], 2],
  [["classify", "--policy", `missing ${odd}`, log], 2],
  [["filter", "--action", "drop", "--only-computers", "lab.*", "--only-computers", "(", log], 2],
  [["filter", "--action", "drop", "--only-computers", ".*[12]", log], 0],
  [["--action", "drop", log], 2],
  [["completions", "bash"], 0],
  [["completions", "zsh"], 0],
  [["completions", "dos"], 2],
  [[odd], 2],
  [["report", log, "review.json"], 0],
  [["report", "--check", "review.json"], 1],
  [["report", "missing.log"], 2],
  [["report", "missing.log", "review.json"], 2],
  [["classify", "dates.txt"], 0],
  [["explain", "review.json"], 0],
  [["explain", "empty.log"], 0],
  [["explain", "missing.log"], 2],
  [["explain", "--color", "always", "review.json"], 0],
]) {
  test(`crypt32-filter ${args.map((arg) => JSON.stringify(arg)).join(" ")}`, () => {
    const native = run(NATIVE, args);
    const npx = run(NPX, args);
    assert.equal(native.status, status, native.stderr);
    assert.deepEqual({ ...npx, stdout: "" }, { ...native, stdout: "" });
    assert.ok(npx.stdout === native.stdout, "other bytes");
    assert.doesNotMatch(npx.stderr, /\n\s+at /, "a stack trace");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test needs them.
    assert.doesNotMatch(npx.stderr, /[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/, "a terminal obeys it");
  });
}

test("input that is not text passes unchanged, and nothing is overwritten", () => {
  const packed = ["packed.gz", "archive.zip", "wide.log", "wider.log"];
  const bytes = packed.map((name) => readFileSync(join(dir, name), "latin1"));
  for (const command of [NATIVE, NPX]) {
    const { stdout } = run(command, ["filter", "--action", "drop", ...packed]);
    assert.equal(stdout, bytes.join(""));
  }
  assert.equal(readFileSync(join(dir, "not a ledger"), "utf8"), "precious\n");
  assert.ok(readFileSync(join(dir, log), "utf8").startsWith("{"));
  assert.ok(readFileSync(join(dir, odd), "utf8").startsWith("{"));
});

test("a byte order mark before a record is not part of it, in the package too", () => {
  const record = `\ufeff${lone}`;
  const native = JSON.parse(run(NATIVE, ["classify"], { input: record }).stdout);
  for (const given of [record, Buffer.from(record)]) {
    const verdict = classify(given);
    assert.equal(verdict.verdict, "benign");
    assert.deepEqual({ record: 1, event: 1, line: 1, ...verdict }, native);
  }
  assert.match(explain(record), /benign/);
});

for (const [name, command] of Object.entries(ALL)) {
  const lines = readFileSync(join(dir, log), "utf8").split("\n");

  test(`${name}: standard input gives the same as the file, and observe is the identity`, () => {
    const input = readFileSync(join(dir, log));
    const piped = run(command, ["filter", "--action", "drop"], { input });
    assert.equal(piped.stdout, run(command, ["filter", "--action", "drop", log]).stdout);
    for (const name of [log, junk]) {
      const bytes = readFileSync(join(dir, name));
      const same = run(command, ["filter", "--action", "observe", "-"], { input: bytes });
      assert.equal(same.stdout, bytes.toString("latin1"));
    }
  });

  test(`${name}: the ledger adds up with what came out`, () => {
    const path = `ledger-${name}.json`;
    const { stdout } = run(command, ["filter", "--action", "drop", "--ledger", path, log, log]);
    const ledger = JSON.parse(readFileSync(join(dir, path), "utf8"));
    assert.equal(ledger.bytes_out, stdout.length);
    assert.equal(ledger.bytes_in, 2 * statSync(join(dir, log)).size);
    assert.equal(ledger.bytes_out, ledger.bytes_in - ledger.bytes_dropped + ledger.bytes_inserted);
    assert.equal(ledger.records, 2 * (lines.length - 1));
    assert.ok(!readdirSync(dir).some((entry) => entry.endsWith(".tmp")));
  });

  test(`${name}: a closed pipe is a normal end`, async () => {
    const child = spawn(command[0], [...command.slice(1), "filter", log, log, log], { cwd: dir });
    let stderr = "";
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const [code] = await once(child, "exit");
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
  });

  test(`${name}: a closed standard output is an error`, () => {
    const closed = ["bash", "-c", 'exec "$@" >&-', "-", ...command];
    const { status, stderr } = run(closed, ["filter", log]);
    assert.equal(stderr, "error: standard output is closed\n");
    assert.equal(status, 2);
    const unwanted = ["bash", "-c", 'exec "$@" >/dev/null', "-", ...command];
    assert.equal(run(unwanted, ["filter", log]).status, 0);
  });

  // Node resets an ignored signal for the command that it starts.
  if (name !== "npx-native") {
    test(`${name}: a full disk ends with a message and whole records`, () => {
      // A limit on the file size, with its signal ignored, acts like a full disk.
      const script = 'trap "" XFSZ; ulimit -f 300; exec "$@" >"full"';
      const { status, stderr } = run(["bash", "-c", script, "-", ...command], ["filter", log]);
      assert.equal(status, 2);
      assert.match(
        stderr,
        /^error: cannot write the output: .*; the output has only whole records\n$/,
      );
      const written = readFileSync(join(dir, "full"), "utf8");
      assert.ok(written.endsWith("\n") && written.length > 100_000);
      assert.ok(
        run(command, ["filter", log]).stdout.startsWith(Buffer.from(written).toString("latin1")),
      );
    });
  }

  test(`${name}: records that were not written are in no ledger, and no further input is read`, () => {
    const path = `lost-${name}.json`;
    const args = ["filter", "--action", "drop", "--ledger", path, log, "missing.log"];
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(command[0], [...command.slice(1), ...args], {
      cwd: dir,
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    assert.equal(status, 2);
    assert.match(stderr.toString(), /^error: cannot write the output: .*\n$/);
    assert.equal(JSON.parse(readFileSync(join(dir, path), "utf8")).records, 0);
  });

  test(`${name}: a ledger that is a link or a pipe stays one`, () => {
    const [target, link, pipe] = ["target", "link", "pipe"].map((part) => `${part}-${name}`);
    file(target, "");
    symlinkSync(target, join(dir, link));
    assert.equal(run(command, ["filter", "--ledger", link, "/dev/null"]).status, 0);
    assert.ok(lstatSync(join(dir, link)).isSymbolicLink());
    assert.match(readFileSync(join(dir, target), "utf8"), /^\{"records":0/);
    assert.equal(spawnSync("mkfifo", [join(dir, pipe)]).status, 0);
    // Opened for reading and writing, so that the writer finds a reader.
    const reader = openSync(join(dir, pipe), "r+");
    assert.equal(run(command, ["filter", "--ledger", pipe, "/dev/null"]).status, 0);
    const read = Buffer.alloc(12);
    readSync(reader, read);
    closeSync(reader);
    assert.equal(read.toString(), '{"records":0');
    assert.ok(lstatSync(join(dir, pipe)).isFIFO());
  });

  test(`${name}: a ledger path cannot be an input, the output or another file`, () => {
    const [own, soft, hard, grows] = ["own", "soft", "hard", "grows"].map((it) => `${it}-${name}`);
    const content = readFileSync(join(dir, log), "utf8");
    file(own, content);
    symlinkSync(own, join(dir, soft));
    linkSync(join(dir, own), join(dir, hard));
    const exec = (ledger, files, redirection) => {
      const script = `exec "$@" ${redirection}`;
      const args = ["filter", "--action", "drop", "--ledger", ledger, ...files];
      return run(["bash", "-c", script, "-", ...command], args);
    };
    for (const [ledger, files, redirection, why] of [
      [own, [own], "", `it is an input: ${own}`],
      [soft, [own], "", `it is an input: ${own}`],
      [hard, [log, own], "", `it is an input: ${own}`],
      [own, ["-"], `<"${own}"`, "it is an input: standard input"],
      [own, [], `<"${own}"`, "it is an input: standard input"],
      [grows, [own], `>"${grows}"`, "it is the output"],
      [own, [log], "", "the file is neither empty nor a ledger"],
    ]) {
      const { status, stdout, stderr } = exec(ledger, files, redirection);
      assert.equal(stderr, `error: cannot write the ledger ${ledger}: ${why}\n`);
      assert.equal(status, 2);
      assert.equal(stdout, "");
      assert.equal(readFileSync(join(dir, own), "utf8"), content);
    }
    assert.equal(readFileSync(join(dir, grows), "utf8"), "");
    const { status, stdout } = exec(`new-${name}`, [`new-${name}`], "");
    assert.equal(status, 2);
    assert.equal(stdout, "");
  });

  test(`${name}: an input that is the output is refused`, () => {
    const grows = file(`appended-${name}`, "{}\n");
    for (const [files, redirection] of [
      [[grows, "review.json"], ""],
      [["-"], `<"${grows}"`],
    ]) {
      file(grows, "{}\n");
      const script = `exec "$@" >>"${grows}" ${redirection}`;
      const args = ["filter", "--action", "observe", ...files];
      const { status, stderr } = run(["bash", "-c", script, "-", ...command], args);
      assert.match(stderr, /^error: cannot read .*: it is also the output\n$/);
      assert.equal(status, 2);
      const rest = files.length > 1 ? review : "";
      assert.equal(readFileSync(join(dir, grows), "utf8"), `{}\n${rest}`);
    }
  });

  test(`${name}: a planted link is not followed, and permissions stay`, () => {
    const [victim, ledger] = [file(`victim-${name}`, "precious"), `perms-${name}`];
    const names = `"${ledger}.$$.tmp" "${ledger}.$$.0.tmp" "${ledger}.$$.1.tmp"`;
    const plant = `for name in ${names}; do ln -s "${victim}" "$name"; done`;
    const args = ["filter", "--ledger", ledger, "/dev/null"];
    const exec = (script) => {
      const { status, stderr } = run(["bash", "-c", `${script}; exec "$@"`, "-", ...command], args);
      assert.equal(status, 0, stderr);
    };
    exec(`umask 027; ${plant}`);
    assert.equal(readFileSync(join(dir, victim), "utf8"), "precious");
    const mode = () => statSync(join(dir, ledger)).mode & 0o7777;
    assert.equal(mode(), 0o640);
    for (const old of [0o600, 0o666, 0o400]) {
      chmodSync(join(dir, ledger), old);
      exec("umask 022");
      assert.equal(mode(), old);
    }
    assert.match(readFileSync(join(dir, ledger), "utf8"), /^\{"records":0/);
    const left = readdirSync(dir).filter((entry) => entry.startsWith(`${ledger}.`));
    assert.equal(left.length, 3, "the links, and nothing more");
    for (const link of left) rmSync(join(dir, link));
  });

  test(`${name}: a name that is not UTF-8 works`, { skip: process.platform !== "linux" }, () => {
    // Both names decode to the same text.
    const bytes = ["\xff", "\xfe"].map((end) => Buffer.from(`${name}-${end}`, "latin1"));
    const [one, two] = bytes.map((path) => Buffer.concat([Buffer.from(`${dir}/`), path]));
    writeFileSync(one, lone);
    writeFileSync(two, review);
    const ledger = Buffer.concat([Buffer.from(`${dir}/`), bytes[0], Buffer.from(".json")]);
    const script = `exec "$@" --ledger=${name}-$'\\xff'.json ${name}-$'\\xff' ${name}-$'\\xfe'`;
    const args = ["filter", "--action", "observe"];
    const { status, stdout, stderr } = run(["bash", "-c", script, "-", ...command], args);
    assert.equal(stderr, "");
    assert.equal(status, 0);
    assert.equal(stdout, Buffer.from(lone + review).toString("latin1"));
    assert.equal(JSON.parse(readFileSync(ledger, "utf8")).records, 2);
    rmSync(one);
    const gone = run(["bash", "-c", script, "-", ...command], args);
    assert.match(gone.stderr, new RegExp(`^error: cannot open ${name}-\ufffd: No such file`));
  });

  test(`${name}: a signal waits for output that is blocked by a full pipe`, async () => {
    const [pipe, path] = [join(dir, `full-${name}`), join(dir, `full-${name}.json`)];
    assert.equal(spawnSync("mkfifo", [pipe]).status, 0);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    const child = spawn(command[0], [...command.slice(1), "filter", "--ledger", path, log], {
      cwd: dir,
      stdio: ["ignore", writer, "inherit"],
    });
    closeSync(writer);
    const ended = once(child, "exit");
    const chunk = Buffer.alloc(1 << 16);
    let out = "";
    const drain = async (until) => {
      for (;;) {
        try {
          const length = readSync(reader, chunk);
          if (length === 0) return;
          out += chunk.latin1Slice(0, length);
        } catch (error) {
          if (error.code !== "EAGAIN") throw error;
        }
        if (until()) return;
        await setTimeout(1);
      }
    };
    await drain(() => out.length > 0);
    child.kill();
    await setTimeout(100);
    await drain(() => false);
    assert.deepEqual(await ended, [130, null]);
    closeSync(reader);
    assert.ok(
      run(command, ["filter", log]).stdout.startsWith(out),
      "not a beginning of the output",
    );
    assert.equal(JSON.parse(readFileSync(path, "utf8")).bytes_out, out.length);
  });

  test(`${name}: a file that shrinks while it is read is reported`, async () => {
    const path = file(`shrinks-${name}`, readFileSync(join(dir, log)).toString().repeat(8));
    const child = spawn(command[0], [...command.slice(1), "filter", path], { cwd: dir });
    let stderr = "";
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    // Nobody reads yet, so the command waits for room in the pipe.
    child.stdout.pause();
    await once(child.stdout, "readable");
    truncateSync(join(dir, path), 1000);
    child.stdout.resume();
    const [code] = await once(child, "close");
    assert.equal(code, 2);
    assert.match(stderr, /shrank while it was read: \d+ of \d+ bytes were left/);
  });

  for (const [signal, input, want] of [
    ["SIGINT", true, 130],
    ["SIGTERM", false, 0],
  ]) {
    test(`${name}: ${signal} ends a run whose output nobody reads`, async () => {
      const log = file(`taken-${name}`, readFileSync(join(dir, "log.ndjson")));
      const path = join(dir, `ledger-taken-${name}-${signal}.json`);
      const args = [...command.slice(1), "filter", "--ledger", path];
      if (input) args.push(log);
      const standard = openSync(join(dir, log), "r");
      const child = spawn(command[0], args, { cwd: dir, stdio: [standard, "pipe", "pipe"] });
      closeSync(standard);
      let stderr = "";
      child.stderr.on("data", (data) => {
        stderr += data;
      });
      child.stdout.pause();
      await once(child.stdout, "readable");
      await setTimeout(500);
      const out = [];
      child.once("exit", () => child.stdout.on("data", (data) => out.push(data)));
      child.kill(signal);
      const [code] = await once(child, "close");
      assert.equal(code, want);
      assert.match(stderr, /nobody reads the output/);
      const { length } = Buffer.concat(out);
      const ledger = JSON.parse(readFileSync(path, "utf8"));
      assert.ok(ledger.bytes_out <= length, `${ledger.bytes_out} of ${length}`);
    });
  }

  test(`${name}: an open record is reported before the input ends`, async () => {
    const path = join(dir, `ledger-${name}-open.json`);
    const args = [...command.slice(1), "filter", "--action", "drop", "--ledger", path];
    const child = spawn(command[0], args, { cwd: dir });
    child.stdout.resume();
    let stderr = "";
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    child.stdin.write(`{}\n<!-- torn\n${lines[0]}\n${lines[0]}\n`);
    while (!stderr.includes("\n")) await once(child.stderr, "data");
    const inside = "the first is inside a comment (<!--) that begins on line 2";
    const said = (records, where) =>
      `warning: standard input: ${records} the event and could not be judged (${where}); ` +
      "if each line is a record, use --format json or --format syslog\n";
    const first = said("1 record mentions", `line 3; ${inside.replace("the first", "it")}`);
    assert.equal(stderr, first);
    child.stdin.end(lines[0]);
    const [code] = await once(child, "close");
    assert.equal(code, 0);
    assert.equal(stderr, first + said("3 records mention", `lines 3, 4, 5; ${inside}`));
    const { unjudged, unrelated, dropped } = JSON.parse(readFileSync(path, "utf8"));
    assert.deepEqual([unjudged, unrelated, dropped], [3, 5, 0]);
  });

  test(`${name}: nobody needs to read the warnings`, async () => {
    const args = [...command.slice(1), "filter", "--action", "drop"];
    const child = spawn(command[0], args, { cwd: dir });
    child.stderr.destroy();
    const input = `<!--\n${lines[0]}\n`;
    let out = "";
    child.stdout.on("data", (data) => {
      out += data;
    });
    child.stdin.write(input);
    while (out.length < input.length) await once(child.stdout, "data");
    child.stdin.end(input);
    const [code] = await once(child, "close");
    assert.deepEqual([code, out], [0, input + input]);
  });

  for (const signal of ["SIGINT", "SIGTERM"]) {
    test(`${name}: ${signal} writes the held records and the ledger`, async () => {
      const path = join(dir, `ledger-${name}-${signal}.json`);
      const args = [...command.slice(1), "filter", "--ledger", path];
      const child = spawn(command[0], args, { cwd: dir });
      let out = "";
      child.stdout.on("data", (data) => {
        out += data;
      });
      child.stdin.write(`${lines[0]}\nheld`);
      while (!out.includes("\n")) await once(child.stdout, "data");
      assert.ok(existsSync(path), "the ledger is there from the start");
      child.kill(signal);
      const [code] = await once(child, "close");
      assert.equal(code, 0);
      assert.ok(out.endsWith("\nheld"), out);
      const ledger = JSON.parse(readFileSync(path, "utf8"));
      assert.equal(ledger.records, 2);
      assert.equal(ledger.benign, 1);
    });
  }
}
