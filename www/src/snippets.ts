// The commands and configurations that do elsewhere what the page does.
// The configurations are those that are shipped.
import connect from "../../crates/hosts/benthos/connect/drop.yaml?raw";
import install from "../../crates/hosts/functions/clickhouse/install.sql?raw";
import materializedView from "../../crates/hosts/functions/clickhouse/materialized-view.sql?raw";
import fluentBit from "../../crates/hosts/functions/fluent-bit/drop.yaml?raw";
import { isBinary } from "./chunks.ts";
import type { FileState, View } from "./protocol.ts";
import { line } from "./text.ts";

/** The bases that are dropped where nothing else is said. */
const LISTED = '["listed", "sibling"]';

/** A name as a POSIX shell reads it back. */
const quoted = (name: string) =>
  /^[\w./+-]+$/.test(name) && !name.startsWith("-")
    ? name
    : `'${name.startsWith("-") ? "./" : ""}${name.replaceAll("'", `'\\''`)}'`;

/** A configuration from one place to another. */
const part = (text: string, from: string, to: string) =>
  text.slice(text.indexOf(from), text.indexOf(to));

/** The texts by what they are for. */
export function snippets(
  files: FileState[],
  cause: boolean,
  view: View | undefined,
): Record<string, string> {
  const names = files.map(({ name }) => quoted(line(name))).join(" ") || "LOG";
  const accept = cause ? " --accept listed,sibling,cause" : "";
  const list = cause ? '["listed", "sibling", "cause"]' : LISTED;
  const flow = cause ? "crypt32_drop_cause" : "crypt32_drop";
  return {
    "Command line": [
      "# the figures of this page",
      `crypt32-filter report ${names}`,
      `# its rows${filters(view)}`,
      `crypt32-filter classify --candidates ${names}${jq(view)}`,
      ...filtering(files, names, accept),
    ].join("\n"),
    // What is read and written is yours.
    "Fluent Bit": [
      part(fluentBit, "# WARNING", "  inputs:"),
      part(fluentBit, "  filters:", "\n  outputs:").replace("crypt32_drop_ledger", flow),
    ].join(""),
    "Redpanda Connect": part(connect, "pipeline:", "\noutput:").replace(LISTED, list),
    Node: node(files, list),
    ClickHouse: [
      install,
      materializedView,
      ...(cause ? ["-- the function drops listed and sibling; cause is kept"] : []),
    ].join("\n"),
  };
}

function filters(view: View | undefined): string {
  const { choices = [], search = "", from = null } = view ?? {};
  return choices.length > 0 || search || from !== null ? ", with its filters" : "";
}

const MEMBERS: Record<string, string> = {
  verdict: ".verdict",
  basis: '(.basis // "none")',
  computer: '(.computer // "-")',
  shape: '(.shape // "none")',
};

/** The filters of the view for jq, as far as the command's output holds them. */
function jq(view: View | undefined): string {
  const tests: string[] = [];
  const groups = new Map<string, string[]>();
  for (const { facet, value, exclude } of view?.choices ?? []) {
    const text = JSON.stringify(value);
    const member = MEMBERS[facet];
    const test =
      facet === "reason" ? `(.reasons | index(${text}) != null)` : member && `${member} == ${text}`;
    if (!test) continue;
    if (exclude) tests.push(`(${test} | not)`);
    else groups.set(facet, [...(groups.get(facet) ?? []), test]);
  }
  for (const group of groups.values()) tests.push(`(${group.join(" or ")})`);
  if (view?.from != null && view.to != null) {
    const at = (time: number) => JSON.stringify(new Date(time * 1000).toISOString().slice(0, 19));
    tests.push(`(.time != null and .time >= ${at(view.from)} and .time < ${at(view.to)})`);
  }
  if (tests.length === 0) return "";
  return ` |\n  jq -c ${`'select(${tests.join(" and ").replaceAll("'", `'\\''`)})'`}`;
}

/** How a shell gives the text of a file; nothing for a binary log, which has none. */
const TEXT: Record<string, string> = {
  plain: "cat",
  gzip: "gzip -dc",
  zstd: "zstd -dc",
  "utf-16": "iconv -f UTF-16 -t UTF-8",
};
const UNPACK: Record<string, string> = { gzip: "createGunzip", zstd: "createZstdDecompress" };

const NEW: Record<string, string> = { createZstdDecompress: " // Node 22.15 and later" };

/** A script of the npm package: for the first log that has lines. */
function node(files: FileState[], accept: string): string {
  const file = files.find(({ container }) => !isBinary(container));
  if (files.length > 0 && !file) return "// binary logs have no lines to filter";
  const { container = "", name = "LOG" } = file ?? {};
  const unpack = UNPACK[container];
  // The filter reads UTF-8.
  const piped = container === "utf-16";
  const streams = piped ? "createWriteStream" : "createReadStream, createWriteStream";
  return [
    ...(piped ? [`// ${TEXT[container]} ${quoted(line(name))} | node filter.mjs`] : []),
    `import { ${streams} } from "node:fs";`,
    'import { pipeline } from "node:stream/promises";',
    ...(unpack ? [`import { ${unpack} } from "node:zlib";${NEW[unpack] ?? ""}`] : []),
    'import { createFilterStream } from "crypt32-filter";',
    "",
    ...(files.length > 1 ? ["// the first of the files; each needs a stream of its own"] : []),
    "await pipeline(",
    piped ? "  process.stdin," : `  createReadStream(${JSON.stringify(name)}),`,
    ...(unpack ? [`  ${unpack}(),`] : []),
    `  createFilterStream({ action: "drop", accept: ${accept} }),`,
    '  createWriteStream("filtered.log"),',
    ");",
  ].join("\n");
}

/** The filter works on the lines of a file as it is, so what is packed is unpacked before. */
function filtering(files: FileState[], names: string, accept: string): string[] {
  const about = "# the log without the noise, and the account of what went";
  const filter = `crypt32-filter filter --action drop${accept} --ledger ledger.json`;
  const texts = files.filter(({ container }) => !isBinary(container));
  if (files.length > 0 && texts.length === 0) return ["# binary logs have no lines to filter"];
  if (files.every(({ container }) => container === "plain" || container === ""))
    return [about, `${filter} ${names} > filtered.log`];
  const each = texts.map(({ name, container }) => `${TEXT[container]} ${quoted(line(name))}`);
  const all = each.length === 1 ? each[0] : `{ ${each.join("; ")}; }`;
  return [about, `${all} |`, `  ${filter} - > filtered.log`];
}
