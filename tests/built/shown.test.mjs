// Runs every command of the documents, `--help` and `make run` unchanged, in a folder with the
// files that they name. Commands for a host are run by the host's tests, and the document says why
// others are not run. `tests/documents/shown.mjs` says who runs which.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { gzipSync } from "node:zlib";
import { sampleLog } from "../../scripts/sample-log.mjs";
import {
  blocks,
  commands,
  documents,
  HOSTS,
  regular,
  root,
  runner,
  target,
} from "../documents/shown.mjs";
import { samples } from "../hosts/streams/records.mjs";
import { zip } from "../js/zip.mjs";

const COMMAND = join(root, "target/release/crypt32-filter");
const day = `${sampleLog(1).join("\n")}\n`;
const folders = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Creates a folder with the files that documents name, and with the command on the path. */
function stage() {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "crypt32-shown-")));
  folders.push(dir);
  for (const folder of ["bin", "archive", "logs", "target/run"])
    mkdirSync(join(dir, folder), { recursive: true });
  symlinkSync(COMMAND, join(dir, "bin/crypt32-filter"));
  for (const name of ["app.ndjson", "winlogbeat.ndjson", "in", "my.log"])
    writeFileSync(join(dir, name), day);
  writeFileSync(join(dir, "target/run/sample.ndjson"), `${sampleLog().join("\n")}\n`);
  const records = samples.filter(({ want }) => want === "benign").map(({ payload }) => payload);
  writeFileSync(
    join(dir, "record.json"),
    records.find((text) => text.startsWith("{")),
  );
  const syslog = records.filter((text) => /^<\d+>/.test(text));
  assert.ok(syslog.length > 1);
  writeFileSync(join(dir, "syslog.log"), `${syslog.join("\n")}\n`);
  writeFileSync(join(dir, "archive/monday.gz"), gzipSync(day));
  writeFileSync(join(dir, "logs/app.ndjson"), day);
  writeFileSync(join(dir, "collected.zip"), zip({ "app.ndjson": day }));
  const policy = blocks.find(
    ({ path, heading }) => path === "docs/options.md" && /policy/.test(heading),
  );
  writeFileSync(join(dir, "policy.json"), policy.text);
  const evt = join(root, "tests/fixtures/evt/crypt32_event8_clean.evt");
  copyFileSync(evt, join(dir, "AppEvent.Evt"));
  writeFileSync(join(dir, "package.json"), '{"private":true,"type":"module"}');
  return dir;
}

/** Whether a command runs until it is stopped: a server, or reading a file that may grow. */
const isEndless = (command) => target(command) === "page" || command.includes("tail -F");
/** Whether a command must run in the clone, instead of a folder with logs. */
const isOfTheClone = (command) => target(command) !== undefined || /^(cargo|\.ci\/)/.test(command);

/** Normalises text that differs between runs, or that is only decoration. */
const plain = (text) =>
  stripVTControlCharacters(text)
    .replaceAll("█", "")
    .replaceAll(/(?<=127\.0\.0\.1:)\d+/g, "PORT")
    .replaceAll(/\s+/g, " ")
    .trim();

/** Whether an output has every line that a document shows; `...` matches any lines. */
function hasAll(stdout, prints) {
  const lines = stdout.split("\n").map(plain);
  return prints.every(
    (shown) => shown.trim() === "..." || lines.some((line) => line.includes(plain(shown))),
  );
}

/**
 * Runs a command of a document. An endless one is stopped after it printed the documented output.
 */
async function run(shown, prints, dir) {
  const command = shown
    .replaceAll("/path/to/my.log", join(dir, "my.log"))
    .replaceAll("/path/to/crypt32-filter", root);
  const child = spawn("bash", ["-c", `set -o pipefail; ${command}`], {
    cwd: isOfTheClone(command) ? root : dir,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PATH: `${join(dir, "bin")}${delimiter}${process.env.PATH}`,
      // Like a new shell, and without network access.
      MAKEFLAGS: "",
      MAKELEVEL: "",
      NODE_TEST_CONTEXT: "",
      npm_config_offline: "true",
      npm_config_update_notifier: "false",
    },
  });
  let stdout = "";
  let stderr = "";
  let stopped = false;
  const stop = () => {
    stopped ||= child.exitCode === null && process.kill(-child.pid, "SIGTERM");
  };
  // Stops the test if the command never prints the output.
  const guard = isEndless(command) ? setTimeout(stop, 300_000) : undefined;
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    if (!isEndless(command) || stopped || !hasAll(stdout, prints)) return;
    const served = [...stdout.matchAll(/http:\/\/127\.0\.0\.1\S+/g)].map(([address]) => address);
    const answers = served.map(async (address) => assert.ok((await fetch(address)).ok, address));
    Promise.all(answers).then(stop, (error) => {
      stderr += error;
      prints = [...prints, "an answer"];
      stop();
    });
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [status, signal] = await once(child, "close");
  clearTimeout(guard);
  const said = `${shown}\n${stdout.slice(-2000)}${stderr}`;
  // A reader that closes a pipe early ends its writer; --check and diff report by exit code.
  const fine = [0, 141, ...(/--check|\bdiff /.test(command) ? [1] : [])];
  assert.ok(stopped || fine.includes(status), `${status ?? signal}: ${said}`);
  assert.ok(hasAll(stdout, prints), `it does not print ${prints.join("\n")}\n${said}`);
  if (command.includes("--ledger ")) {
    const [, name] = /--ledger (\S+)/.exec(command);
    assert.ok(JSON.parse(readFileSync(join(dir, name))).records > 0, said);
  }
  return stdout;
}

const { targets, commands: own } = regular();
/** Whether a push or a release runs the command anyway. */
const isRegular = (command) => own.has(command) || targets.has(target(command));

test("somebody runs each block, or the document says why nobody does", (t) => {
  assert.ok(blocks.length > 30);
  for (const block of blocks) {
    const who = runner(block);
    assert.ok(who, `${block.where}: nobody runs this block, and nothing says why`);
    if (who in HOSTS) {
      const test = readFileSync(join(root, HOSTS[who]), "utf8");
      assert.ok(test.includes("shown.mjs"), `${HOSTS[who]} does not run what documents show`);
    }
    if (block.reason !== undefined) {
      assert.ok(block.reason.length > 20, `${block.where}: that is no reason`);
      t.diagnostic(`${block.where} is not run: ${block.reason}`);
    }
  }
});

for (const block of blocks.filter((block) => runner(block) === "shell")) {
  test(`${block.where}, ${block.heading}`, async () => {
    const dir = stage();
    const all = commands(block);
    assert.ok(all.length > 0);
    for (const { command, prints } of all) {
      if (isRegular(command)) assert.deepEqual(prints, []);
      else await run(command, prints, dir);
    }
  });
}

test("files in commands within sentences exist", () => {
  const seen = [];
  for (const path of documents) {
    const sentences = readFileSync(join(root, path), "utf8").replaceAll(
      /^ *```[\s\S]*?^ *```$/gm,
      "",
    );
    for (const [, span] of sentences.matchAll(/`([^`]+)`/g)) {
      const command = span.replaceAll(/\s+/g, " ");
      if (!/^(?:[A-Z_]+=\S+ )*(?:node|cargo|make) /.test(command)) continue;
      const files = command.match(/\S+\.(?:mjs|sh|rs)(?= |$)/g) ?? [];
      const folder = / -p crypt32-cli /.test(command) ? "crates/cli/tests" : "tests";
      const tests = [...command.matchAll(/(?<=cargo .*)--test (\w+)/g)].map(([, name]) => {
        const file = `${folder}/${name}.rs`;
        return existsSync(join(root, file)) ? file : `${folder}/${name}/main.rs`;
      });
      for (const file of [...files, ...tests]) {
        assert.ok(existsSync(join(root, file)), `${path}: ${command}`);
        seen.push(file);
      }
    }
  }
  assert.ok(seen.length > 5);
});

test("data blocks are JSON", () => {
  for (const { text, where } of blocks.filter(({ language }) => language === "json")) {
    // Parts of objects are shown without braces.
    const whole = /^\s*"/.test(text) ? `{${text}}` : text;
    assert.doesNotThrow(() => JSON.parse(whole), where);
  }
});

const help = (...args) => execFileSync(COMMAND, [...args, "--help"]).toString();
const subcommands = [
  ...(/^Commands:\n([\s\S]*?)\n\n/m.exec(help())?.[1] ?? "").matchAll(/^ {2}(\w+)/gm),
];
for (const [, name] of subcommands) {
  test(`the examples of ${name} --help`, async () => {
    const [, examples] = /^Examples:\n((?: {2}.*\n)+)/m.exec(help(name));
    const dir = stage();
    for (const { command } of commands({
      language: "sh",
      text: examples.replaceAll(/^ {2}/gm, ""),
    }))
      await run(command, [], dir);
  });
}

test("the commands that `make run` suggests", async () => {
  const dir = stage();
  const offered = /What to try next.*\n([\s\S]*)/.exec(await run("make run", [], dir))[1];
  const all = offered
    .split("\n")
    .map((line) => plain(line.split(/ {3,}/)[0]) || line.trim().split(/ {3,}/)[0]);
  const next = all.filter((command) => command !== "");
  assert.ok(next.length >= 3, offered);
  for (const command of next) {
    // The text offers commands for use in the clone.
    const there = command.startsWith("make ") ? command : `cd ${root} && ${command}`;
    await run(there.replace("> kept.log", `> ${join(dir, "kept.log")}`), [], dir);
  }
});
