// Commands and configurations that give the same results elsewhere. The configurations are the
// shipped files.
import connect from "../../crates/hosts/benthos/connect/drop.yaml?raw";
import install from "../../crates/hosts/functions/clickhouse/install.sql?raw";
import materializedView from "../../crates/hosts/functions/clickhouse/materialized-view.sql?raw";
import fluentBit from "../../crates/hosts/functions/fluent-bit/drop.yaml?raw";
import { isBinary } from "./chunks.ts";
import type { Drops, FileState, View } from "./protocol.ts";
import { line } from "./text.ts";

/** The shipped configurations drop these bases. */
const LISTED = '["listed", "sibling"]';

/** A text, quoted for a POSIX shell. */
const word = (text: string) =>
  /^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
/** A file name, quoted for a POSIX shell. */
const quoted = (name: string) => word(name.startsWith("-") ? `./${name}` : name);

/** The name of an archive and of the file in it. No other name has a slash. */
const inArchive = (name: string) => /^([^/]*)\/(.*)$/s.exec(line(name))?.slice(1) ?? [line(name)];

/** The part of a configuration between two places. */
const part = (text: string, from: string, to: string) =>
  text.slice(text.indexOf(from), text.indexOf(to));

/** The texts by target. */
export function snippets(
  files: FileState[],
  drops: Drops,
  view: View | undefined,
  sample: boolean,
): Record<string, string> {
  // The sample is in the page and not on the user's disk.
  if (sample) return snippets([], drops, view, false);
  const paths = new Set(files.map(({ name }) => quoted(inArchive(name)[0] ?? "")));
  const names = [...paths].join(" ") || "LOG";
  const { accept, onlyComputers } = drops;
  const cause = accept.includes("cause");
  const list = `[${accept.map((basis) => JSON.stringify(basis)).join(", ")}]`;
  const every = (comment: string) =>
    onlyComputers ? [`${comment} This drops records of every computer.`] : [];
  const flow = cause ? "crypt32_drop_cause" : "crypt32_drop";
  return {
    "Command line": [
      ...(files.length > 0 ? [] : ["# LOG is the path of your log"]),
      "# the figures of this page",
      `crypt32-filter report ${names}`,
      `# the rows of its table${filters(view)}`,
      `crypt32-filter classify --candidates ${names}${jq(view)}`,
      ...filtering(files, names, drops),
    ].join("\n"),
    // Users have their own inputs and outputs.
    "Fluent Bit": [
      ...every("#").map((text) => `${text}\n`),
      part(fluentBit, "# WARNING", "  inputs:"),
      part(fluentBit, "  filters:", "\n  outputs:").replace("crypt32_drop_ledger", flow),
    ].join(""),
    "Redpanda Connect": [
      ...every("#"),
      part(connect, "pipeline:", "\noutput:").replace(LISTED, list),
    ].join("\n"),
    Node: node(files, drops, list),
    ClickHouse: [
      ...every("--"),
      install,
      materializedView,
      ...(cause ? ["-- the function drops listed and sibling; cause is kept"] : []),
    ].join("\n"),
  };
}

function filters(view: View | undefined): string {
  const { choices = [], search = "", from = null } = view ?? {};
  const filtered = choices.length > 0 || from !== null ? ", with its filters" : "";
  return search ? `${filtered}, without its search` : filtered;
}

const MEMBERS: Record<string, string> = {
  verdict: ".verdict",
  basis: '(.basis // "none")',
  computer: '(.computer // "-")',
  shape: '(.shape // "none")',
};

/** The active filters for jq, if the command's output has their fields. */
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
    const shift = `(if endswith("Z") then ${60 * view.zone} else 0 end)`;
    const time =
      view.zone === 0
        ? ".time"
        : `(.time | (.[:19] + "Z" | fromdateiso8601) + ${shift} | todateiso8601)`;
    tests.push(`(.time != null and ${time} >= ${at(view.from)} and ${time} < ${at(view.to)})`);
  }
  if (tests.length === 0) return "";
  return ` |\n  jq -c ${`'select(${tests.join(" and ").replaceAll("'", `'\\''`)})'`}`;
}

const isText = ({ container, size }: FileState) => size > 0 && !isBinary(container);

/** The shell command that prints the text of a file. Binary logs have none. */
const TEXT: Record<string, string> = {
  plain: "cat",
  gzip: "gzip -dc",
  zstd: "zstd -dc",
  "utf-16": "iconv -f UTF-16 -t UTF-8",
};

/** The shell command that prints the text of a file, which may be in an archive. */
function printed({ name, container }: FileState): string {
  const text = TEXT[container] ?? TEXT.plain;
  const [path = "", inner] = inArchive(name);
  if (inner === undefined) return `${text} ${quoted(path)}`;
  // unzip reads these characters as a pattern.
  const unzip = `unzip -p ${quoted(path)} ${word(inner.replace(/[[*?]/g, "[$&]"))}`;
  return container === "plain" ? unzip : `${unzip} | ${text}`;
}

const UNPACK: Record<string, string> = { gzip: "createGunzip", zstd: "createZstdDecompress" };

const NEW: Record<string, string> = { createZstdDecompress: " // Node 22.15 and later" };

/** A script for the npm package, for the first text log. */
function node(files: FileState[], { onlyComputers }: Drops, accept: string): string {
  const file = files.find(isText);
  if (files.length > 0 && !file) return "// binary logs have no lines to filter";
  const { container = "", name = "LOG" } = file ?? {};
  // The filter reads only UTF-8, and Node has no archives.
  const piped = file !== undefined && (container === "utf-16" || inArchive(name).length > 1);
  const unpack = piped ? undefined : UNPACK[container];
  const only = onlyComputers ? `, onlyComputers: ${JSON.stringify(onlyComputers)}` : "";
  const streams = piped ? "createWriteStream" : "createReadStream, createWriteStream";
  return [
    ...(piped ? [`// ${printed(file)} | node filter.mjs`] : []),
    `import { ${streams} } from "node:fs";`,
    'import { pipeline } from "node:stream/promises";',
    ...(unpack ? [`import { ${unpack} } from "node:zlib";${NEW[unpack] ?? ""}`] : []),
    'import { createFilterStream } from "crypt32-filter";',
    "",
    ...(files.length > 1 ? ["// the first of the files; each needs its own stream"] : []),
    "await pipeline(",
    piped ? "  process.stdin," : `  createReadStream(${JSON.stringify(name)}),`,
    ...(unpack ? [`  ${unpack}(),`] : []),
    `  createFilterStream({ action: "drop", accept: ${accept}${only} }),`,
    '  createWriteStream("filtered.log"),',
    ");",
  ].join("\n");
}

/**
 * The commands that filter the files. The filter does not decompress, so compressed files are
 * decompressed before it.
 */
function filtering(files: FileState[], names: string, drops: Drops): string[] {
  const about = "# the filtered log, and the ledger";
  const accept = drops.accept.length > 2 ? ` --accept ${drops.accept.join(",")}` : "";
  const [pattern] = drops.onlyComputers ?? [];
  const only = pattern ? ` --only-computers=${word(pattern)}` : "";
  const filter = `crypt32-filter filter --action drop${accept}${only} --ledger ledger.json`;
  const texts = files.filter(isText);
  if (files.length > 0 && texts.length === 0) return ["# binary logs have no lines to filter"];
  if (files.every(({ name, container }) => container === "plain" && inArchive(name).length === 1))
    return [about, `${filter} ${names} > filtered.log`];
  const each = texts.map(printed);
  const all = each.length === 1 ? each[0] : `{ ${each.join("; ")}; }`;
  return [about, `${all} |`, `  ${filter} - > filtered.log`];
}
