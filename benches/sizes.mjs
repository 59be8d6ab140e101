// `make sizes`: prints the size of each module, and the share of each crate in its code. The sizes
// are those of the shipped modules. The shares come from function names in the builds before
// optimisation and stripping.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import {
  bodies,
  CODE,
  DATA,
  functionNames,
  IMPORT,
  importedFunctions,
  sections,
} from "../scripts/relocations.mjs";
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
  "dist/crypt32_debezium_drop.wasm",
  "dist/crypt32_debezium_review.wasm",
  "dist/crypt32_plain.wasm",
];
/** The builds with names: of the core module, the full one and the host module. */
const NAMED = {
  "core of the package": "target/npm/core.named.wasm",
  "second of the package": "target/npm/full.named.wasm",
  "crypt32_filter.wasm": "target/wasm32-unknown-unknown/host/named.wasm",
};

/** The size of each function's body, and its name. */
function functions(bytes) {
  const parts = sections(bytes);
  const section = (id) => parts.find((part) => part.id === id);
  const first = importedFunctions(bytes, section(IMPORT));
  const names = functionNames(
    bytes,
    parts.find(({ name }) => name === "name"),
  );
  const { start, end } = section(DATA);
  const list = bodies(bytes, section(CODE)).map(({ from, to }, i) => {
    return { size: to - from, name: names.get(first + i) ?? "?" };
  });
  return { data: end - start, list };
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
