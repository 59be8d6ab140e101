// Tests the documents: each JavaScript example runs and prints the documented output, the reference
// matches the types, and every named thing exists.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { items, PAGE, reference } from "../../scripts/api.mjs";
import { sampleLog } from "../../scripts/sample-log.mjs";
import { shownIn } from "../documents/shown.mjs";
import { pkg, project, root } from "./project.mjs";

const examples = shownIn("node");
const log = `${sampleLog(1).join("\n")}\n`;

let dir;
let remove;
let server;
before(async () => {
  ({ dir, remove } = project("pino"));
  writeFileSync(join(dir, "app.ndjson"), log);
  const evtx = join(root, "tests/fixtures/evtx/omerbenamram-Application_no_crc32.evtx");
  copyFileSync(evtx, join(dir, "Application.evtx"));
  server = createServer((_, response) => response.end(log)).listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(() => {
  server?.close();
  remove?.();
});

/** The documented output in the comments of an example. */
const promised = (code) =>
  [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$|^\/\/ (.*)$/gm)].map(([, a, b]) => a ?? b);

/**
 * An example as a whole module. Examples in the reference only show the call, so the import is
 * added.
 */
async function whole({ chapter, text }) {
  if (/from "crypt32-filter|"crypt32-filter\//.test(text)) return text;
  const entry = chapter.includes("browsers") ? "web" : "node";
  const names = Object.keys(await import(join(pkg, `${entry}.js`)));
  const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  assert.ok(used.length > 0, text);
  const start = [`import { ${used.join(", ")} } from "crypt32-filter/${entry}";`];
  // In a page, an address without a host refers to the page's server.
  if (text.includes('fetch("/'))
    start.push(
      `const fetch = (path) => globalThis.fetch("http://127.0.0.1:${server.address().port}" + path);`,
    );
  return `${start.join("\n")}\n${text}`;
}

test("there are examples", () => {
  const of = (path) => examples.filter((example) => example.path === path);
  assert.ok(of("README.md").length >= 1);
  assert.ok(of("crates/npm/ts/README.md").length >= 7);
  assert.ok(of("docs/api.md").length >= 6);
  assert.ok(examples.filter(({ text }) => promised(text).length > 0).length >= 8);
});

for (const example of examples) {
  test(`${example.where}, ${example.heading}`, async () => {
    writeFileSync(join(dir, "example.mjs"), await whole(example));
    const child = spawn(process.execPath, ["example.mjs"], { cwd: dir });
    const read = async (stream) => (await stream.toArray()).join("");
    // Most examples do not read standard input.
    child.stdin.on("error", () => {}).end(log);
    const [stdout, stderr, [status]] = await Promise.all([
      read(child.stdout),
      read(child.stderr),
      once(child, "close"),
    ]);
    assert.equal(status, 0, stderr);
    assert.equal(stderr !== "", example.text.includes("console.error"), stderr);
    const lines = promised(example.text);
    if (lines.length > 0) assert.equal(stdout.trim(), lines.join("\n"));
    else assert.equal(stdout !== "", /console\.log\(|process\.stdout/.test(example.text), stdout);
  });
}

test("examples left what they write", () => {
  assert.match(readFileSync(join(dir, "service.log"), "utf8"), /"verdict":"review"/);
  const kept = readFileSync(join(dir, "kept.ndjson"), "utf8");
  assert.ok(kept.length > 0 && kept.length < log.length);
});

test("the package carries this README", () => {
  const readme = readFileSync(join(root, "crates/npm/ts/README.md"), "utf8");
  assert.equal(readFileSync(join(pkg, "README.md"), "utf8"), readme);
});

test("the API reference is that of the types", () => {
  // `node scripts/api.mjs` writes it.
  assert.equal(readFileSync(PAGE, "utf8"), reference());
});

test("each function, class and constant of the package has an example", () => {
  const all = items().filter(({ kind }) => kind !== "interface" && kind !== "type");
  assert.ok(all.length > 15);
  for (const { name, comment } of all) assert.match(comment ?? "", /@example/, name);
});

test("each type and each of its members says what it is", () => {
  for (const { name, comment, code, kind } of items()) {
    assert.ok(comment, name);
    if (kind !== "interface") continue;
    const members = code.match(/^ {4}\w+\??:/gm) ?? [];
    const comments = code.match(/^ {4}\/\*\*/gm) ?? [];
    assert.ok(comments.length >= members.length, name);
  }
});

test("the guide names each script, and no other", () => {
  const guide = readFileSync(join(root, "docs/npm.md"), "utf8");
  const named = [...guide.matchAll(/\(scripts\/([\w.-]+)\)/g)].map(([, name]) => name);
  assert.deepEqual(named.sort(), readdirSync(join(root, "docs/scripts")).sort());
});
