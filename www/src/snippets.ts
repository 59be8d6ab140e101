// The commands and configurations that do elsewhere what the page does.
import { isBinary } from "./chunks.ts";
import type { FileState, View } from "./protocol.ts";
import { line } from "./text.ts";

/** A name as a POSIX shell reads it back. */
const quoted = (name: string) =>
  /^[\w./+-]+$/.test(name) && !name.startsWith("-")
    ? name
    : `'${name.startsWith("-") ? "./" : ""}${name.replaceAll("'", `'\\''`)}'`;

/** The texts by what they are for. */
export function snippets(
  files: FileState[],
  cause: boolean,
  view: View | undefined,
): Record<string, string> {
  const names = files.map(({ name }) => quoted(line(name))).join(" ") || "LOG";
  const accept = cause ? " --accept listed,sibling,cause" : "";
  const list = cause ? '["listed", "sibling", "cause"]' : '["listed", "sibling"]';
  const flow = cause ? "crypt32_drop_cause" : "crypt32_drop";
  return {
    "Command line": [
      "# the figures of this page",
      `crypt32-filter report ${names}`,
      `# its rows${filters(view)}`,
      `crypt32-filter classify --candidates ${names}${jq(view)}`,
      ...filtering(files, names, accept),
    ].join("\n"),
    "Fluent Bit": [
      "# A wrong function name makes Fluent Bit drop every record: copy it as it is.",
      "pipeline:",
      "  filters:",
      "    - name: wasm",
      "      match: '*'",
      "      event_format: json",
      "      wasm_path: crypt32_filter.wasm",
      `      function_name: ${flow}    # crypt32_tag only tags`,
      "      wasm_stack_size: 64K",
    ].join("\n"),
    "Redpanda Connect": [
      "pipeline:",
      "  # One, or records overtake each other.",
      "  threads: 1",
      "  processors:",
      "    - wasm:",
      "        module_path: crypt32_connect.wasm",
      "    # tag first; drop what both the module and you accept",
      `    - mapping: 'root = if @kb_verdict == "benign" && ${list}.contains(@kb_basis) { deleted() }'`,
    ].join("\n"),
    Node: node(files, list),
    ClickHouse: [
      "-- The server needs allow_experimental_webassembly_udf = 1, and the file in user_files_path.",
      "INSERT INTO system.webassembly_modules (name, code)",
      "  SELECT 'crypt32_filter', raw_blob FROM file('crypt32_filter.wasm', 'RawBLOB');",
      "CREATE OR REPLACE FUNCTION crypt32_benign LANGUAGE WASM ABI BUFFERED_V1",
      "  FROM 'crypt32_filter' ARGUMENTS (line String) RETURNS UInt8 DETERMINISTIC",
      "  SETTINGS serialization_format = 'RowBinary', webassembly_udf_enable_fuel = false;",
      "",
      "-- Your tables: logs, and kept with the same columns. line is the record.",
      "SELECT count(), countIf(crypt32_benign(line)) AS noise FROM logs;",
      "CREATE MATERIALIZED VIEW kept_mv TO kept AS SELECT * FROM logs WHERE NOT crypt32_benign(line);",
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
