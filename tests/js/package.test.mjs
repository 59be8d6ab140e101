// The package as built: its entries, its manifest, its types of errors.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import * as library from "../../pkg/node.js";
import { merge } from "../../www/tools/pack.mjs";

const root = join(import.meta.dirname, "../..");
const pkg = join(root, "pkg");
const manifest = JSON.parse(readFileSync(join(pkg, "package.json"), "utf8"));

test("the folder is importable under its own name, and the node entry is a string", async () => {
  assert.equal(typeof manifest.exports["."].node, "string");
  const entry = join(pkg, manifest.exports["."].node);
  assert.equal(await import(entry), library);
  // Self-reference resolves by the exports map, as it will for whoever installs the package.
  const own = "import * as m from 'crypt32-filter'; console.log(Object.keys(m).sort().join())";
  const names = execFileSync("node", ["--input-type=module", "-e", own], { cwd: pkg });
  assert.equal(names.toString().trim(), "Filter,classify,version");
});

test("require gives the same as import", () => {
  const require = createRequire(import.meta.url);
  // From 20.19 on, Node loads ES modules by require, and says so once on stderr.
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
  const listed = execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: pkg, stdio: "pipe" });
  const parsed = JSON.parse(listed);
  const files = (Array.isArray(parsed) ? parsed[0] : Object.values(parsed)[0]).files;
  const paths = files.map(({ path }) => path);
  for (const path of [
    "node.js",
    "node.d.ts",
    "crypt32_filter_bg.wasm",
    "LICENSE-MIT",
    "README.md",
  ]) {
    assert.ok(paths.includes(path), `${path} is not packed`);
  }
  assert.ok(!paths.some((path) => path.endsWith(".ts") && !path.endsWith(".d.ts")));
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

test("the module asks for nothing that Node 20 lacks, and for SIMD", () => {
  const bytes = readFileSync(join(pkg, "crypt32_filter_bg.wasm"));
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module);
  assert.deepEqual(
    imports.filter(({ module }) => module !== "./crypt32_filter_bg.js"),
    [],
  );
});
