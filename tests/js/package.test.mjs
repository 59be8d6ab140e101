// Tests the built package: its entries, its manifest, and its error types.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import * as library from "../../pkg/node.js";
import { merge } from "../../scripts/pack.mjs";
import { pack, pkg, root, tools } from "./project.mjs";

// The tools are installed in www.
const tool = createRequire(join(root, "www/package.json"));
const { publint } = await import(pathToFileURL(tool.resolve("publint")).href);
const { formatMessage } = await import(pathToFileURL(tool.resolve("publint/utils")).href);

const dir = mkdtempSync(join(tmpdir(), "crypt32-package-"));
after(() => rmSync(dir, { recursive: true }));
const { archive, files } = pack(dir);
const manifest = JSON.parse(readFileSync(join(pkg, "package.json"), "utf8"));

test("the folder is importable under its own name, and the node entry is a string", async () => {
  assert.equal(typeof manifest.exports["."].node, "string");
  const entry = join(pkg, manifest.exports["."].node);
  assert.equal(await import(entry), library);
  // Self-reference resolves through the exports map, like an import from an installed package.
  const own = "import * as m from 'crypt32-filter'; console.log(Object.keys(m).sort().join())";
  const names = execFileSync("node", ["--input-type=module", "-e", own], { cwd: pkg });
  assert.equal(
    names.toString().trim(),
    [
      "Crypt32ArgumentError",
      "Crypt32FilterStream",
      "Crypt32ModuleError",
      "Crypt32OptionError",
      "Crypt32StateError",
      "Filter",
      "classify",
      "classifyFile",
      "createFilterStream",
      "explain",
      "filterFile",
      "init",
      "report",
      "reportFile",
      "version",
    ].join(),
  );
});

test("require gives the same as import", () => {
  const require = createRequire(import.meta.url);
  // From 20.19 on, Node loads ES modules by require, and prints a warning once.
  const required = require(join(pkg, manifest.exports["."].node));
  assert.equal(required.Filter, library.Filter);
  assert.equal(required.classify, library.classify);
  assert.equal(required.version, manifest.version);
});

test("the manifest says what Cargo.toml and pkg.json say, and every file it names is there", () => {
  const cargo = readFileSync(join(root, "Cargo.toml"), "utf8");
  assert.equal(manifest.name, "crypt32-filter");
  assert.match(cargo, new RegExp(`^version = "${manifest.version}"$`, "m"));
  assert.equal(manifest.license, "MIT OR Apache-2.0");
  const own = JSON.parse(readFileSync(join(root, "pkg.json"), "utf8"));
  for (const [key, value] of Object.entries(own)) assert.deepEqual(manifest[key], value, key);
  assert.ok(existsSync(join(pkg, manifest.types)));
});

test("npm packs these files and no others", () => {
  const names = `${files
    .map(({ path }) => path)
    .sort()
    .join("\n")}\n`;
  const snapshot = join(import.meta.dirname, "package-files.txt");
  if (process.env.UPDATE) writeFileSync(snapshot, names);
  // UPDATE=1 node --test tests/js/package.test.mjs writes it.
  assert.equal(names, readFileSync(snapshot, "utf8"));
});

test("the sizes are the recorded ones, and within their bounds", (t) => {
  const snapshot = join(import.meta.dirname, "package-sizes.json");
  const sizes = {};
  for (const name of ["crypt32_filter_bg.wasm", "crypt32_full_bg.wasm"]) {
    const bytes = readFileSync(join(pkg, name));
    sizes[name] = { bytes: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
  }
  sizes["the archive"] = { gzipped: statSync(archive).size };
  t.diagnostic(JSON.stringify(sizes));
  assert.ok(sizes["crypt32_filter_bg.wasm"].gzipped <= 360_000);
  if (process.env.UPDATE) writeFileSync(snapshot, `${JSON.stringify(sizes, null, 2)}\n`);
  // Compilers differ slightly, so only a change by more than a tenth must be recorded.
  for (const [name, recorded] of Object.entries(JSON.parse(readFileSync(snapshot, "utf8")))) {
    const ratio = sizes[name].gzipped / recorded.gzipped;
    assert.ok(ratio > 0.9 && ratio < 1.1, `${name}: ${ratio.toFixed(2)} of what is recorded`);
  }
});

test("publint has nothing to say", async () => {
  const { messages } = await publint({ pkgDir: pkg, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, manifest)),
    [],
  );
});

test("are-the-types-wrong has nothing to say", () => {
  // The package has only ES modules, which `require` also loads. A .wasm file has no types.
  const flags = ["--profile", "esm-only", "--exclude-entrypoints", "crypt32_filter.wasm"];
  const attw = [join(tools, ".bin/attw"), archive, ...flags, "--no-color", "--no-emoji"];
  const { status, stdout } = spawnSync(process.execPath, attw);
  assert.equal(status, 0, stdout.toString());
  assert.match(stdout.toString(), /"crypt32-filter\/pino" +│ OK \(ESM\) +│ OK/);
});

test("two sources that differ about a key stop the build", () => {
  const sources = (version) => ({
    "Cargo.toml": { name: "x", version: "1.0.0" },
    "wasm-pack": { name: "x", version, files: ["x.js"] },
    "pkg.json": { files: ["*.js"] },
  });
  assert.deepEqual(merge(sources("1.0.0")), { name: "x", version: "1.0.0", files: ["*.js"] });
  assert.throws(() => merge(sources("1.0.1")), /Cargo\.toml and wasm-pack differ about "version"/);
});

test("the module needs SIMD, and nothing that Node 20 lacks", () => {
  const bytes = readFileSync(join(pkg, "crypt32_filter_bg.wasm"));
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module);
  assert.deepEqual(
    imports.filter(({ module }) => module !== "./crypt32_filter_bg.js"),
    [],
  );
});

test("no file has the path of its build", () => {
  // The folder of a registry is named after its host.
  const secrets = [root, homedir(), ["index", "crates"].join("."), ".cargo/registry"];
  for (const { path } of files) {
    const bytes = readFileSync(join(pkg, path));
    for (const secret of secrets) assert.ok(!bytes.includes(secret), `${path} contains ${secret}`);
  }
});
