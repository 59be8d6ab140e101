// `make sizes`: prints the size of each module, and the share of each crate in its code. The sizes
// are those of the shipped modules. The shares come from function names in the builds before
// optimisation and stripping.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { show } from "./table.mjs";

const root = (path) => new URL(`../${path}`, import.meta.url);

/** The shipped modules. */
const SHIPPED = [
  "pkg/crypt32_filter_bg.wasm",
  "pkg/crypt32_full_bg.wasm",
  "target/npm/page/crypt32_page_bg.wasm",
  "dist/crypt32_filter.wasm",
  "dist/crypt32_connect.wasm",
  "dist/crypt32_bento.wasm",
  "dist/crypt32_redpanda_tag.wasm",
  "dist/crypt32_redpanda_drop.wasm",
];
/** The builds with names: of the core module, the full one and the host module. */
const NAMED = {
  "core of the package": "target/npm/core.named.wasm",
  "second of the package": "target/npm/full.named.wasm",
  "crypt32_filter.wasm": "target/wasm32-unknown-unknown/host/named.wasm",
};

/** Reads a module from its beginning. */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }
}

/** The sections of a module: `[id, reader of its content, end]`. */
function* sections(bytes) {
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const id = bytes[reader.at++];
    const length = reader.number();
    const end = reader.at + length;
    yield [id, new Reader(bytes, reader.at), end];
    reader.at = end;
  }
}

/** The number of imported functions, which have the first indexes. */
function importedFunctions(reader) {
  let count = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.text();
    reader.text();
    const kind = reader.bytes[reader.at++];
    if (kind === 0) {
      count++;
      reader.number();
    } else if (kind === 3) reader.at += 2;
    else {
      if (kind === 1) reader.at++;
      if (reader.number() & 1) reader.number();
      reader.number();
    }
  }
  return count;
}

/** The size of each function's body, and its name. */
function functions(bytes) {
  let first = 0;
  const sizes = [];
  const names = new Map();
  let data = 0;
  for (const [id, reader, end] of sections(bytes)) {
    if (id === 2) first = importedFunctions(reader);
    if (id === 11) data = end - reader.at;
    if (id === 10) {
      for (let left = reader.number(); left > 0; left--) {
        const length = reader.number();
        sizes.push(length);
        reader.at += length;
      }
    }
    if (id === 0 && reader.text() === "name") {
      while (reader.at < end) {
        const part = bytes[reader.at++];
        const length = reader.number();
        const after = reader.at + length;
        if (part === 1) {
          for (let left = reader.number(); left > 0; left--) {
            const index = reader.number();
            names.set(index, reader.text());
          }
        }
        reader.at = after;
      }
    }
  }
  return { data, list: sizes.map((size, i) => ({ size, name: names.get(first + i) ?? "?" })) };
}

/**
 * The crate of a function, from its mangled name: the crate that wrote it, even if it is generic.
 */
function crate(name) {
  const [, length, rest] =
    /^_R.*?C(?:s[0-9A-Za-z]*_)?(\d+)_?(.*)/.exec(name) ?? /^_ZN(\d+)(.*)/.exec(name) ?? [];
  if (rest === undefined) return "other";
  const path = rest.slice(0, Number(length));
  // Names such as `<&core::fmt::Arguments as ...>` have another prefix.
  const type = /^_?(?:\$(?:LT|RF|BP|u20|u5b)\$|dyn|mut)*([a-z][a-z0-9_]*)/.exec(path);
  return type?.[1] ?? "other";
}

/** Rows of crates, by size. */
function crates(path) {
  const { data, list } = functions(readFileSync(path));
  const sums = new Map();
  for (const { size, name } of list) sums.set(crate(name), (sums.get(crate(name)) ?? 0) + size);
  const code = list.reduce((sum, { size }) => sum + size, 0);
  const rows = [...sums].sort(([, a], [, b]) => b - a).slice(0, 14);
  return [
    ...rows.map(([name, size]) => [name, String(size), `${((100 * size) / code).toFixed(1)}`]),
    ["all code", String(code), "100.0"],
    ["data (texts, tables)", String(data), ""],
  ];
}

const here = SHIPPED.filter((path) => existsSync(root(path)));
show(
  "Modules as shipped",
  ["file", "bytes", "gzipped"],
  here.map((path) => {
    const bytes = readFileSync(root(path));
    return [path, String(bytes.length), String(gzipSync(bytes, { level: 9 }).length)];
  }),
);
for (const [title, path] of Object.entries(NAMED)) {
  if (!existsSync(root(path))) continue;
  show(`Code by crate: ${title}`, ["crate", "bytes", "percent"], crates(root(path)));
}
