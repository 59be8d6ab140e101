// Completes pkg/: the output of wasm-pack, the compiled TypeScript, and a package.json merged from
// Cargo.toml, wasm-pack's manifest and pkg.json. If two sources give a key different values, this
// is an error.
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";

const root = join(import.meta.dirname, "..");
const core = join(root, "target/npm/core");
const pkg = join(root, "pkg");

/** The WASM modules: their wasm-pack output and their names. */
const MODULES = [
  [core, "crypt32_filter"],
  [join(root, "target/npm/full"), "crypt32_full"],
];

/**
 * Keys that wasm-pack generates for a package with only the bindings. The values of pkg.json
 * replace them.
 */
const GENERATED = new Set(["main", "types", "files", "sideEffects"]);

/**
 * Keys that describe the crate of the bindings. The values of the library's Cargo.toml replace
 * them.
 */
const OF_THE_BINDINGS = new Set(["name", "description", "repository"]);

/**
 * Merges several manifests, given as { name: manifest }, in the order of their keys. A key of
 * `pkg.json` replaces the one that wasm-pack generates for bindings.
 *
 * @throws Error if two sources define a key differently
 */
export function merge(sources) {
  const manifest = {};
  const from = {};
  for (const [source, keys] of Object.entries(sources)) {
    for (const [key, value] of Object.entries(keys)) {
      if (source === "wasm-pack" && OF_THE_BINDINGS.has(key)) continue;
      if (source === "wasm-pack" && GENERATED.has(key) && key in sources["pkg.json"]) continue;
      if (key in manifest && JSON.stringify(manifest[key]) !== JSON.stringify(value)) {
        throw new Error(
          `package.json: ${from[key]} and ${source} differ about "${key}": ` +
            `${JSON.stringify(manifest[key])} and ${JSON.stringify(value)}`,
        );
      }
      manifest[key] = value;
      from[key] = source;
    }
  }
  return manifest;
}

/** The files in an exports map. */
function targets(entry) {
  return typeof entry === "string" ? [entry] : Object.values(entry).flatMap(targets);
}

/** The package metadata in Cargo.toml that npm can use: strings and lists of strings. */
function fromCargo() {
  const text = `\n${readFileSync(join(root, "Cargo.toml"), "utf8")}`;
  const table = (name) => text.split(`\n[${name}]\n`)[1]?.split("\n[")[0] ?? "";
  const lines = table("package") + table("workspace.package");
  const get = (key) => {
    const value = new RegExp(`^${key} = (.+)$`, "m").exec(lines)?.[1];
    if (value === undefined) throw new Error(`Cargo.toml: no one-line ${key} about the package`);
    return JSON.parse(value);
  };
  return {
    name: get("name"),
    version: get("version"),
    description: get("description"),
    license: get("license"),
    repository: { type: "git", url: `git+${get("repository")}.git` },
    keywords: get("keywords"),
  };
}

/** Replacements in the bindings of wasm-bindgen. Each pattern must match. */
const GLUE = [
  // The bindings guess the address of the module. Each entry passes it explicitly, and a bundler
  // would treat the guess as a file to copy.
  [/new URL\('[^']*_bg\.wasm', import\.meta\.url\)/gm, "undefined"],
  // Objects of a lost instance are not freed.
  [/(?<=new FinalizationRegistry\(ptr => wasm)\./gm, "?."],
  [/^export (?=(class|function) )/gm, ""],
  [/^export \{ initSync, __wbg_init as default \};$/gm, ""],
];

/**
 * Wraps the bindings in a function that creates new bindings with their own instance, because an
 * instance cannot be trusted after a trap. The exports of the first call stay the same.
 */
function glue(path) {
  let text = readFileSync(path, "utf8");
  const names = [...text.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  for (const [pattern, replacement] of GLUE) {
    if (text.search(pattern) < 0)
      throw new Error(`${path}: wasm-bindgen writes other bindings now`);
    text = text.replaceAll(pattern, replacement);
  }
  const all = [...names, "initSync"].join(", ");
  return `export function bindings() {
${text}
const compiled = () => wasmModule;
const lose = () => { wasm = undefined; };
return { ${all}, init: __wbg_init, bindings, compiled, lose };
}
const first = /* @__PURE__ */ bindings();
export const { ${all}, init, compiled, lose } = first;
export default init;
`;
}

/** A module as text for the web entry, so that a bundler has no file to find or copy. */
function inline(path) {
  const text = gzipSync(readFileSync(path), { level: 9 }).toString("base64");
  return `// A WASM module, gzipped, in base64.\nexport default "${text}";\n`;
}

/** Removes type declarations that no entry exports. */
function prune(entries) {
  const reached = new Set();
  const queue = entries.filter((name) => name.endsWith(".js"));
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const types = name.replace(/\.js$/, ".d.ts");
    if (reached.has(types)) continue;
    reached.add(types);
    const text = readFileSync(join(pkg, types), "utf8");
    for (const [, next] of text.matchAll(/from "\.\/([^"]+)"/g)) queue.push(next);
  }
  for (const name of readdirSync(pkg)) {
    if (name.endsWith(".d.ts") && !reached.has(name)) rmSync(join(pkg, name));
  }
}

/** Fills pkg/. package.json is written last, because make uses it as the target. */
function pack() {
  for (const [dir, name] of MODULES) {
    copyFileSync(join(dir, `${name}_bg.wasm`), join(pkg, `${name}_bg.wasm`));
    writeFileSync(join(pkg, `${name}.js`), glue(join(dir, `${name}.js`)));
    writeFileSync(join(pkg, `${name}_wasm.js`), inline(join(dir, `${name}_bg.wasm`)));
  }
  for (const file of ["CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
    copyFileSync(join(root, file), join(pkg, file));
  }
  copyFileSync(join(root, "crates/npm/ts/README.md"), join(pkg, "README.md"));
  const json = (path) => JSON.parse(readFileSync(path, "utf8"));
  const manifest = merge({
    "Cargo.toml": fromCargo(),
    "wasm-pack": json(join(core, "package.json")),
    "pkg.json": json(join(root, "pkg.json")),
  });
  for (const target of [...targets(manifest.exports), ...Object.values(manifest.bin ?? {})]) {
    if (target !== "./package.json" && !existsSync(join(pkg, target))) {
      throw new Error(`package.json names ${target}, which is not there`);
    }
  }
  prune(targets(manifest.exports).map((path) => path.slice(2)));
  writeFileSync(join(pkg, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

if (process.argv[1] === import.meta.filename) pack();
