// Completes pkg/: what wasm-pack made of the crate, the compiled TypeScript that is there already,
// and one package.json merged from Cargo.toml, wasm-pack's manifest and pkg.json. Each key has one
// home: two sources that differ about a key are an error, not a race.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const core = join(root, "target/npm/core");
const cli = join(root, "target/npm/cli");
const pkg = join(root, "pkg");

/** Written by wasm-pack for a package that is its bindings alone; pkg.json says what holds here. */
const GENERATED = new Set(["main", "types", "files", "sideEffects"]);

const own = JSON.parse(readFileSync(join(root, "pkg.json"), "utf8"));
const generated = JSON.parse(readFileSync(join(core, "package.json"), "utf8"));
const sources = { "Cargo.toml": fromCargo(), "wasm-pack": generated, "pkg.json": own };

const manifest = {};
const from = {};
for (const [source, keys] of Object.entries(sources)) {
  for (const [key, value] of Object.entries(keys)) {
    if (source === "wasm-pack" && GENERATED.has(key) && key in own) continue;
    if (key in manifest && JSON.stringify(manifest[key]) !== JSON.stringify(value)) {
      throw new Error(
        `package.json: ${from[key]} and ${source} differ about "${key}": ` +
          `${JSON.stringify(manifest[key])} and ${JSON.stringify(value)}`,
      );
    }
    manifest[key] ??= value;
    from[key] ??= source;
  }
}
writeFileSync(join(pkg, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);

for (const [dir, name] of [
  [core, "crypt32_filter"],
  [cli, "crypt32_cli"],
]) {
  for (const end of [".js", ".d.ts", "_bg.wasm"]) {
    copyFileSync(join(dir, name + end), join(pkg, name + end));
  }
}
for (const file of ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
  copyFileSync(join(root, file), join(pkg, file));
}
for (const target of targets(manifest.exports).concat(Object.values(manifest.bin))) {
  if (!existsSync(join(pkg, target))) throw new Error(`package.json names ${target}: not there`);
}

/** The files that an exports map names. */
function targets(entry) {
  return typeof entry === "string" ? [entry] : Object.values(entry).flatMap(targets);
}

/** What npm can take from the `[package]` table of Cargo.toml: strings and lists of strings. */
function fromCargo() {
  const text = readFileSync(join(root, "Cargo.toml"), "utf8");
  const table = text.split(/^\[package\]$/m)[1]?.split(/^\[/m)[0] ?? "";
  const get = (key) => {
    const value = new RegExp(`^${key} = (.+)$`, "m").exec(table)?.[1];
    if (value === undefined) throw new Error(`Cargo.toml: no one-line ${key} in [package]`);
    return JSON.parse(value);
  };
  return {
    name: get("name"),
    version: get("version"),
    description: get("description"),
    license: get("license"),
    repository: { type: "git", url: get("repository") },
    keywords: get("keywords"),
  };
}
