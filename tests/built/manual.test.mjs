// Compares the manual pages of `make man`, and the completions, with the help of the command.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const root = join(import.meta.dirname, "../..");
const dist = join(root, "dist");
const COMMAND = join(root, "target/release/crypt32-filter");

const help = (...args) =>
  execFileSync(COMMAND, [...args, "--help"], { env: { NO_COLOR: "1" } }).toString();
const page = (name) =>
  readFileSync(join(dist, "man", name), "utf8")
    .replaceAll("\\-", "-")
    .replaceAll("\\*(Aq", "'")
    .replaceAll("\\\\", "\\");
/** The flags in a help text, followed by their values. */
const flags = (text) => [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]+/g))];

const subcommands = [
  ...(/^Commands:\n([\s\S]*?)\n\n/m.exec(help())?.[1] ?? "").matchAll(/^ {2}(\w+)/gm),
].map(([, name]) => name);

test("there is a page for the command and for each subcommand, and no other", () => {
  assert.ok(subcommands.length >= 4, help());
  assert.deepEqual(
    readdirSync(join(dist, "man")).sort(),
    ["crypt32-filter.1", ...subcommands.map((name) => `crypt32-filter-${name}.1`)].sort(),
  );
  for (const name of subcommands) {
    assert.ok(page("crypt32-filter.1").includes(`crypt32-filter-${name}(1)`), name);
  }
});

for (const args of [[], ...subcommands.map((name) => [name])]) {
  const name = ["crypt32-filter", ...args].join("-");

  test(`${name}(1) has every flag of --help, and its examples`, () => {
    const [text, manual] = [help(...args), page(`${name}.1`)];
    const asked = flags(text);
    assert.ok(asked.includes("--help") && asked.length >= 3);
    for (const flag of asked) assert.ok(manual.includes(flag), `${flag} is not in the page`);
    assert.deepEqual(
      flags(manual).filter((flag) => !asked.includes(flag)),
      [],
    );
    for (const line of text.match(/^ {2}.*crypt32-filter .*$/gm) ?? []) {
      assert.ok(manual.includes(line.trim()), line);
    }
  });
}

test("each page names the values of options in its synopsis", () => {
  const synopsis = /^\.SH SYNOPSIS\n(.*)\n/m.exec(page("crypt32-filter-filter.1"))?.[1];
  assert.match(
    synopsis,
    /\[--action ACTION\] .*\[--only-computers REGEX\]\.\.\. .*\[--ledger FILE\] \[--summary\] \[FILE\]\.\.\.$/,
  );
});

const scripts = mkdtempSync(join(tmpdir(), "crypt32-completions-"));
after(() => rmSync(scripts, { recursive: true }));
const completions = (shell) => execFileSync(COMMAND, ["completions", shell]);
writeFileSync(join(scripts, "bash"), completions("bash"));

/** The suggestions of bash for the last of these words. */
function offered(...words) {
  const script = `
    source "$1"; shift
    # It works only while bash completes.
    compopt() { :; }
    registered=$(complete -p crypt32-filter)
    function=\${registered##*-F }
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"
    "\${function%% *}" crypt32-filter "\${@: -1}" "\${@: -2:1}"
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const file = join(scripts, "bash");
  const args = ["--noprofile", "--norc", "-ec", script, "-", file, "crypt32-filter", ...words];
  return execFileSync("bash", args, { cwd: scripts }).toString().trim().split("\n");
}

test("bash completes subcommands, the flags of each, and their values", () => {
  for (const name of subcommands) {
    assert.deepEqual(offered(name.slice(0, 4)), [name]);
    for (const flag of flags(help(name))) assert.ok(offered(name, "--").includes(flag), flag);
  }
  assert.deepEqual(offered("--color", "a"), ["auto", "always"]);
  assert.deepEqual(offered("filter", "--action", ""), ["tag", "drop", "observe"]);
  assert.deepEqual(offered("filter", "--accept", "s"), ["sibling"]);
  assert.deepEqual(offered("report", "--date-order", ""), ["month-first", "day-first"]);
  assert.ok(offered("completions", "").includes("powershell"));
});

test("bash completes only files with files", () => {
  for (const flag of ["--ledger", "--policy"]) {
    assert.deepEqual(offered("filter", flag, "b"), ["bash"]);
  }
  for (const flag of ["--key", "--logs", "--keep-every", "--only-computers"]) {
    assert.deepEqual(offered("filter", flag, "b"), ["b"], flag);
  }
});

test("each shell has a script that knows every subcommand", () => {
  const shells = /\[possible values: (.*)\]/.exec(help("completions"))?.[1].split(", ");
  assert.ok(shells?.length >= 5, help("completions"));
  for (const shell of shells) {
    const text = completions(shell).toString();
    for (const name of subcommands) assert.ok(text.includes(name), `${shell}: ${name}`);
  }
});
