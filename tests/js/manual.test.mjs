// Compares the manual pages and the completions of `make man` with the help of the command.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");
const dist = join(root, "dist");
const COMMAND = join(root, "target/release/crypt32-filter");

const help = (...args) =>
  execFileSync(COMMAND, [...args, "--help"], { env: { NO_COLOR: "1" } }).toString();
const page = (name) =>
  readFileSync(join(dist, "man", name), "utf8")
    .replaceAll("\\-", "-")
    .replaceAll("\\*(Aq", "'");
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

/** The suggestions of bash for the last of these words. */
function offered(...words) {
  const script = `
    source "$1"; shift
    registered=$(complete -p crypt32-filter)
    function=\${registered##*-F }
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"
    "\${function%% *}" crypt32-filter "\${@: -1}" "\${@: -2:1}"
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const file = join(dist, "completions/crypt32-filter.bash");
  const args = ["--noprofile", "--norc", "-ec", script, "-", file, "crypt32-filter", ...words];
  return execFileSync("bash", args).toString().trim().split("\n");
}

test("bash completes subcommands, the flags of each, and their values", () => {
  for (const name of subcommands) {
    assert.deepEqual(offered(name.slice(0, 4)), [name]);
    for (const flag of flags(help(name))) assert.ok(offered(name, "--").includes(flag), flag);
  }
  assert.deepEqual(offered("--color", "a"), ["auto", "always"]);
});

test("each shell has a script that knows every subcommand", () => {
  const scripts = readdirSync(join(dist, "completions"));
  assert.ok(scripts.length >= 5 && existsSync(join(dist, "completions/crypt32-filter.bash")));
  for (const script of scripts) {
    const text = readFileSync(join(dist, "completions", script), "utf8");
    for (const name of subcommands) assert.ok(text.includes(name), `${script}: ${name}`);
  }
});
