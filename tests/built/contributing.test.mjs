// Applies the changes in CONTRIBUTING.md to a copy of the tree, using the code in the text, and
// tests them as the text says. The copy is target/contributing. It uses the builds of all other
// crates.
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { blocks, root } from "../documents/shown.mjs";

const copy = join(root, "target/contributing");
const target = join(root, "target");
const path = "CONTRIBUTING.md";
const document = readFileSync(join(root, path), "utf8");
const own = blocks.filter((block) => block.path === path);

/** The only block of a language under a heading that contains this text. */
function shown(chapter, language, part) {
  const found = own.filter(
    (block) =>
      block.chapter === chapter && block.language === language && block.text.includes(part),
  );
  strictEqual(found.length, 1, `${part}: one ${language} block under "${chapter}"`);
  return found[0].text;
}

/** The only backquoted span in the document that begins with this text. */
function quoted(start) {
  const found = document
    .split("`")
    .filter((text) => text.startsWith(start) && !text.includes("\n"));
  ok(found.length > 0, `the document has: ${start}`);
  return found[0];
}

function change(file, edit) {
  const old = readFileSync(join(copy, file), "utf8");
  const changed = edit(old);
  ok(changed !== old, `${file} changes`);
  writeFileSync(join(copy, file), changed);
}

/** Inserts text after the only occurrence of `anchor`. */
function addBehind(file, anchor, text) {
  change(file, (old) => {
    strictEqual(old.split(anchor).length, 2, `${file}: ${anchor} once`);
    return old.replace(anchor, () => anchor + text);
  });
}

function add(file, text) {
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), text, { flag: "wx" });
}

/** Inserts a block of a row and a function: the row into a table, the function at the end. */
function addRow(file, table, block) {
  const [row, ...rest] = block.split("\n\n");
  addBehind(file, table, `    ${row.trim()}\n`);
  change(file, (old) => `${old}\n${rest.join("\n\n")}`);
}

/** Runs a command in the copy, with the compiler of the set-up. */
function tried(command, input = "") {
  const line = `. scripts/wasm-env.sh; cd "${copy}"; ${command}`;
  const env = { ...process.env, CARGO_TARGET_DIR: target };
  const { status, stdout, stderr } = spawnSync("bash", ["-c", line], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env,
    input,
  });
  return { status, stdout, all: `${command}\n${stdout}\n${stderr}` };
}

/** The same for a command that must succeed. Returns its output. */
function run(command, input) {
  const { status, stdout, all } = tried(command, input);
  strictEqual(status, 0, all);
  return stdout;
}

before(() => {
  mkdirSync(copy, { recursive: true });
  for (const name of readdirSync(copy)) rmSync(join(copy, name), { recursive: true, force: true });
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: root, encoding: "utf8" }).split("\0");
  for (const file of files.filter((name) => name && existsSync(join(root, name)))) {
    cpSync(join(root, file), join(copy, file), { preserveTimestamps: true });
  }
});

test("a new shape", () => {
  const chapter = "A new shape";
  const names = shown(chapter, "rust", "acme.origin").trim().split("\n");
  for (const line of names.filter((text) => text !== "")) {
    const [, role, paths] = /^(\w+) => \{ \.\.\., (.*) \}$/.exec(line) ?? [];
    if (role) addBehind("src/record/names.rs", `\n    ${role} => {\n`, `        ${paths}\n`);
    else
      addBehind("src/record/names.rs", "static SHAPES: &[(&str, &[&str])] = &[\n", `    ${line}\n`);
  }
  addRow(
    "tests/matrix/shapes.rs",
    "static SHAPES: &[Shape] = &[\n",
    shown(chapter, "rust", 'shape("acmelog"'),
  );

  add("src/record/line/acme.rs", shown(chapter, "rust", "pub fn event"));
  addBehind("src/record/line/mod.rs", "\npub mod ossec;\n", `${quoted("pub mod acme;")}\n`);
  addBehind(
    "src/record/text.rs",
    "static LINES: &[Shape] = &[\n",
    `    ${quoted('shape("acme", "')},\n`,
  );
  change("src/record/text.rs", (old) => old.replace(/(line::\{)/, "$1acme, "));
  addRow(
    "tests/shapes_line/table.rs",
    "const SHAPES: &[Shape] = &[\n",
    shown(chapter, "rust", 'shape("acme"'),
  );
  run(shown(chapter, "sh", "--test matrix"));

  const answer = JSON.parse(run("cargo run --quiet -- classify", shown(chapter, "json", "acme")));
  strictEqual(answer.shape, "acmelog");
});

test("a new error text", () => {
  const chapter = "A new error text";
  const row = shown(chapter, "rust", "WSAECONNRESET").trim();
  const [, code, hresult, symbol, text] =
    /Some\((\d+)\), 0x(\w+), "(\w+)", "(.*)"\),$/.exec(row) ?? [];
  change("src/article.rs", (old) =>
    old
      .replace(/(static ERRORS: \[Error; )(\d+)/, (_, start, count) => start + (Number(count) + 1))
      .replace(/\n {4}error\(Tier::ServerAnswered/, (next) => `\n    ${row}${next}`),
  );
  const command = quoted("cargo test --test golden");
  const { status, all: said } = tried(command);
  ok(status !== 0 && said.includes(quoted("no case: ")), said);

  change("tests/golden/error.jsonl", (old) => {
    const other = old.split("\n").find((line) => line.includes('"ERROR_CONNECTION_REFUSED: text"'));
    const record = JSON.parse(other);
    record.name = `${symbol}: text`;
    record.source = "docs/facts/errors.md#the-server-could-not-be-reached: WSAECONNRESET";
    record.record.Message = record.record.Message.replace(/with error: .*/, `with error: ${text}`);
    record.want.error = Number(code);
    record.want.hresult = `0x${hresult.replace("_", "")}`;
    return `${old}${JSON.stringify(record)}\n`;
  });
  run(command);
});

test("a new host", async () => {
  const chapter = "A new host";
  add("crates/hosts/acme/Cargo.toml", shown(chapter, "toml", "crypt32-acme"));
  add("crates/hosts/acme/src/lib.rs", shown(chapter, "rust", "pub struct Acme"));
  add("crates/hosts/acme/src/abi.rs", shown(chapter, "rust", "acme_room"));
  const acme = "--package crypt32-acme --target wasm32-unknown-unknown";
  run(`cargo clippy --quiet ${acme} -- -D warnings`);
  run(`cargo build --quiet ${acme}`);

  const wasm = readFileSync(join(target, "wasm32-unknown-unknown/debug/crypt32_acme.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, {});
  const { memory, acme_room, acme_keeps } = instance.exports;
  const keeps = (record) => {
    const bytes = Buffer.from(record);
    const at = acme_room(bytes.length);
    new Uint8Array(memory.buffer).set(bytes, at);
    return acme_keeps();
  };
  const cases = readFileSync(join(root, "tests/golden/error.jsonl"), "utf8").trim().split("\n");
  const seen = new Set();
  for (const { name, record, want } of cases.map((line) => JSON.parse(line))) {
    const drops = ["listed", "sibling"].includes(want.basis);
    const text = typeof record === "string" ? record : JSON.stringify(record);
    strictEqual(keeps(text), Number(!drops), name);
    seen.add(drops);
  }
  deepStrictEqual(seen, new Set([true, false]));
});
