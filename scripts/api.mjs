// Writes the API reference, docs/api.md, from the package's types with `node scripts/api.mjs`. A
// test fails if it is out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
export const PAGE = join(root, "docs/api.md");

const ENTRIES = [
  ["node", "`crypt32-filter` in Node, Deno and Bun", "Also `crypt32-filter/node`."],
  ["web", "`crypt32-filter` in browsers and bundlers", "Also `crypt32-filter/web`."],
  ["pino", "`crypt32-filter/pino`", ""],
];

const read = (module) => readFileSync(join(root, "pkg", `${module}.d.ts`), "utf8");

/** The end of the declaration that begins at `start`: after its braces, or at its semicolon. */
function endOf(text, start) {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    if (text.startsWith("/**", at)) {
      at = text.indexOf("*/", at) + 2;
      continue;
    }
    const char = text[at++];
    if (char === "{" || char === "(") depth++;
    if (char === ")") depth--;
    // A union or an intersection continues after its braces.
    if (char === "}" && --depth === 0 && !/^\s*[|&]/.test(text.slice(at))) return at;
    if (char === ";" && depth === 0) return at;
  }
  return at;
}

/** The comment that ends right before `at`, if any. */
function commentBefore(text, at) {
  const before = text.slice(0, at).trimEnd();
  if (!before.endsWith("*/")) return undefined;
  return before.slice(before.lastIndexOf("/**"));
}

/** The exports of a module, { name, kind, comment, code }, in file order. */
function exportsOf(module) {
  const text = read(module);
  const found = [];
  for (const match of text.matchAll(
    /^export (?:(default) )?(?:declare )?(abstract class|class|function|interface|type|const) (\w+)/gm,
  )) {
    const code = text.slice(match.index, endOf(text, match.index)).trimEnd();
    const comment = commentBefore(text, match.index);
    found.push({ name: match[3], kind: match[2], comment, code, at: match.index });
  }
  for (const match of text.matchAll(/^export (?:type )?\{([^}]+)\} from "\.\/([\w-]+)\.js"/gm)) {
    const names = match[1].split(",").map((name) => name.trim().replace(/^type /, ""));
    const theirs = exportsOf(match[2]).filter(({ name }) => names.includes(name));
    found.push(...theirs.map((each) => ({ ...each, at: match.index })));
  }
  for (const match of text.matchAll(/^export \* from "\.\/([\w-]+)\.js"/gm)) {
    found.push(...exportsOf(match[1]).map((each) => ({ ...each, at: match.index })));
  }
  return found;
}

const RANK = { function: 0, const: 0, class: 1, "abstract class": 1, interface: 2, type: 2 };

/** A comment as Markdown: its text, then parameters, result, errors and examples. */
function prose(comment) {
  if (comment === undefined) return "";
  const text = comment
    .replace(/^\/\*\*\s?|\s*\*\/$/g, "")
    .replace(/^\s*\* ?/gm, "")
    .replace(/\{@link (?:[^|}]+\| )?([^}]+?)\}/g, "`$1`");
  const [body, ...tags] = text.split(/^@(?=\w)/m);
  const lists = { param: [], returns: [], throws: [] };
  const examples = [];
  for (const tag of tags) {
    const [, name, rest] = /^(\w+)\s*([\s\S]*)$/.exec(tag.trim());
    if (name === "example") examples.push(rest.trim());
    else lists[name]?.push(rest.replace(/\s+/g, " ").trim());
  }
  const items = [
    ...lists.param.map((item) => item.replace(/^(\w+) /, "- `$1`: ")),
    ...lists.returns.map((item) => `- returns ${item}`),
    ...lists.throws
      .map((item) =>
        item.replace(/^((?:Crypt32\w+(?:, )?)+)/, (names) => names.replace(/\w+/g, "`$&`")),
      )
      .map((item) => `- throws ${item}`),
  ];
  return [body.trim(), items.join("\n"), ...examples].filter(Boolean).join("\n\n");
}

/** The members of a class: their code and their comments. */
function members(code) {
  const inner = code.slice(code.indexOf("{") + 1, code.lastIndexOf("}"));
  const found = [];
  let at = 0;
  while (inner.slice(at).trim() !== "") {
    const rest = inner.slice(at);
    const start = at + rest.length - rest.trimStart().length;
    const comment = inner.startsWith("/**", start)
      ? inner.slice(start, inner.indexOf("*/", start) + 2)
      : undefined;
    const from = start + (comment?.length ?? 0);
    const end = endOf(inner, from);
    found.push({ comment, code: inner.slice(from, end).trim() });
    at = end;
  }
  return found.filter(({ code }) => !code.startsWith("#private") && !code.startsWith("private"));
}

function section({ name, kind, comment, code }) {
  const clean = code
    .replace(/^export (default )?(declare )?/, "")
    .replace(/^ {4}/gm, "  ")
    .replace(/\{@link (?:[^|}]+\| )?([^}]+?)\}/g, "`$1`");
  if (!kind.endsWith("class")) {
    return [`### ${name}`, prose(comment), `\`\`\`ts\n${clean}\n\`\`\``]
      .filter(Boolean)
      .join("\n\n");
  }
  const head = clean.slice(0, clean.indexOf("{")).trim();
  const parts = members(code).flatMap((member) => {
    return [`\`\`\`ts\n${member.code}\n\`\`\``, prose(member.comment)];
  });
  return [`### ${name}`, prose(comment), `\`\`\`ts\n${head}\n\`\`\``, ...parts]
    .filter(Boolean)
    .join("\n\n");
}

/** All exports of all entries, each with its kind and its comment. */
export const items = () => ENTRIES.flatMap(([module]) => exportsOf(module));

/** The whole page. */
export function reference() {
  const seen = new Map();
  const parts = ENTRIES.map(([module, title, note]) => {
    const all = exportsOf(module).sort(
      (a, b) => RANK[a.kind] - RANK[b.kind] || (a.name < b.name ? -1 : 1),
    );
    const fresh = all.filter(({ name, code }) => seen.get(name) !== code);
    const same = all.filter(({ name, code }) => seen.get(name) === code).map(({ name }) => name);
    for (const { name, code } of fresh) seen.set(name, code);
    const again =
      same.length > 0 ? `The same as above: ${same.map((n) => `\`${n}\``).join(", ")}.` : "";
    return [`## ${title}`, note, again, ...fresh.map(section)].filter(Boolean).join("\n\n");
  });
  return `${["<!-- Written by scripts/api.mjs from the types of the package. -->", "# API reference", "Units are in the text: bytes, seconds, percent. Every error that the package throws has a `code`.", ...parts].join("\n\n")}\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, reference());
