// Finds the code blocks in documents and who runs them. There is no list: a new block is run, or
// the tests fail because its kind is unknown, or the document says why it is not run, in a comment
// right above it:
//
//     <!-- not run: why it cannot be -->
//
// `node tests/documents/shown.mjs HOST` prints the blocks of a host as JSON.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");
const GENERATED = new Set(["node_modules", "target", "fuzz"]);

function markdown(folder, deep) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return deep && !GENERATED.has(entry.name) ? markdown(path, true) : [];
    return path.endsWith(".md") ? [path] : [];
  });
}

/** Every document: those of the root, of the guide, and next to the code and the tests. */
export const documents = [
  ...markdown("", false),
  ...["crates", "tests", "docs"].flatMap((folder) => markdown(folder, true)),
].sort();

/** The blocks of a document: their text, their headings, and the reason if they are not run. */
function blocksOf(path) {
  const found = [];
  let block;
  let chapter = "";
  let heading = "";
  let reason;
  readFileSync(join(root, path), "utf8")
    .split("\n")
    .forEach((line, index) => {
      const [, indent, language] = /^( *)```(\w*)$/.exec(line) ?? [];
      if (block) {
        if (indent === block.indent && language === "") {
          found.push(block);
          block = undefined;
        } else
          block.text += `${line.startsWith(block.indent) ? line.slice(block.indent.length) : line}\n`;
      } else if (indent !== undefined) {
        const where = `${path}:${index + 1}`;
        block = { path, where, chapter, heading, language, indent, reason, text: "" };
        reason = undefined;
      } else if (line.startsWith("#")) {
        heading = line.replace(/^#+ /, "");
        if (line.startsWith("## ")) chapter = heading;
      } else {
        const said = /^ *<!-- not run: (.*) -->$/.exec(line)?.[1];
        if (said !== undefined || line.trim() !== "") reason = said;
      }
    });
  if (block) throw new Error(`${block.where}: the block does not end`);
  return found;
}

export const blocks = documents.flatMap(blocksOf);

/** Languages for data, parts of programs and drawings, which cannot be run separately. */
const DATA = new Set(["json", "mermaid", "rust", "toml", "ts"]);

/** The tests that run blocks in the real host programs. */
export const HOSTS = {
  camel: "tests/hosts/camel/camel.test.mjs",
  clickhouse: "tests/hosts/clickhouse.py",
  collector: "tests/hosts/collector/collector.test.mjs",
  embed: "tests/hosts/embed/embed.test.mjs",
  engines: "tests/hosts/streams/engines.test.mjs",
  "fluent-bit": "tests/hosts/fluent-bit/configurations.mjs",
  logstash: "tests/hosts/logstash/logstash.test.mjs",
  processors: "tests/hosts/streams/engines.test.mjs",
  syslog: "tests/hosts/syslog/syslog.test.mjs",
  workers: "tests/hosts/streams/kafka.test.mjs",
};

/** Who runs a block: `shell`, `node`, a host, or `nobody`; undefined if its kind is unknown. */
export function runner({ language, text, reason }) {
  if (reason !== undefined || DATA.has(language)) return "nobody";
  if (language === "sh" && text.includes("redpanda-connect run drop.yaml")) return "workers";
  if (language === "sh" && /^fluent-bit /m.test(text)) return "fluent-bit";
  if (language === "sh" && text.includes("/dist/collector/")) return "collector";
  if (language === "sh" && text.includes("camel/*")) return "camel";
  if (language === "sh" && text.includes("{docs/embed/")) return "embed";
  if (language === "sh" && / try\.yaml </.test(text)) return "engines";
  if (language === "sh" || language === "console") return "shell";
  if (language === "js") return "node";
  if (language === "yaml" && text.includes("crypt32:")) return "collector";
  if (language === "yaml" && text.includes("camel_action")) return "camel";
  if (language === "ruby") return "logstash";
  if (language === "conf") return "syslog";
  if (language === "sql") return "clickhouse";
  if (language === "yaml" && text.includes("function_name:")) return "fluent-bit";
  if (language === "yaml" && text.includes("mapping:")) return "processors";
  return undefined;
}

/** The blocks for a host. */
export const shownIn = (host) => blocks.filter((block) => runner(block) === host);

/** The commands of a shell block, each with its documented output. */
export function commands({ language, text }) {
  const found = [];
  for (const line of text.replaceAll(/\\\n\s*/g, "").split("\n")) {
    if (line.trim() === "") continue;
    const prompt = line.startsWith("$ ");
    if (language === "console" && !prompt) {
      found.at(-1).prints.push(line);
      continue;
    }
    const [command, comment] = line.slice(prompt ? 2 : 0).split(/\s+# /);
    // A comment that begins with a number and a colon gives the output.
    const number = /^(\d+):/.exec(comment ?? "")?.[1];
    found.push({ command, prints: number === undefined ? [] : [number] });
  }
  return found;
}

/** The target of make in a command. */
export const target = (command) => /^(?:[A-Z_]+=\S+ )*make ([\w-]+)/.exec(command)?.[1];

/**
 * The commands that a push or a release runs, from `.ci/run` and the workflows, with the targets
 * that they need.
 */
export function regular() {
  const read = (path) => readFileSync(join(root, path), "utf8");
  const workflows = readdirSync(join(root, ".github/workflows"));
  const lines = [
    ...read(".ci/run").split("\n"),
    ...workflows.flatMap((name) =>
      [...read(`.github/workflows/${name}`).matchAll(/^ *- run: (.*)$/gm)].map(([, run]) => run),
    ),
  ];
  // A target needs those before its help, and those that its first command makes two at a time.
  const rules = read("Makefile").matchAll(/^([a-z-]+): ([^#\n]*)##.*(?:\n\t@\$\(TWO\) (.*))?/gm);
  const needs = new Map(
    [...rules].map(([, name, before, made = ""]) => [
      name,
      `${before} ${made}`.trim().split(/\s+/),
    ]),
  );
  const targets = lines.map(target).filter(Boolean);
  for (const name of targets) {
    targets.push(
      ...(needs.get(name) ?? []).filter((other) => needs.has(other) && !targets.includes(other)),
    );
  }
  return { targets: new Set(targets), commands: new Set(lines) };
}

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(JSON.stringify(shownIn(process.argv[2])));
}
