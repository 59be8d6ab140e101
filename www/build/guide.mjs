// Writes the guide as HTML pages for the served folder. Addresses stay the same as in Markdown
// (`verdict.html#url` for `verdict.md#url`). Links to other files lead to the repository.
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { Marked, Renderer } from "marked";

const root = join(import.meta.dirname, "../..");
const guide = join(root, "docs");
export const [, repository] = /^repository = "(.*)"$/m.exec(
  readFileSync(join(root, "Cargo.toml"), "utf8"),
);

/** The page name of a Markdown file: the README becomes the index. */
const page = (name) => name.replace(/^README\.md/, "index.html").replace(/\.md(?=#|$)/, ".html");

/** The target of a link in the guide, on its page. */
function address(href) {
  if (/^(https?:|#)/.test(href)) return href;
  const path = posix.join("docs", href);
  // The facts are for maintainers, and are not served.
  const served = /^docs\/(?!facts\/)/.test(path);
  return served ? page(href) : `${repository}/blob/main/${path}`;
}

/** The anchor of a heading, as code hosting sites generate it. */
const anchor = (text) =>
  text
    .replaceAll(/<[^>]*>|&\w+;|&#\d+;/g, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");

/** The anchors of a Markdown text. */
export const anchors = (text) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading));

const plain = new Renderer();
const marked = new Marked({
  renderer: {
    heading: (text, level) => `<h${level} id="${anchor(text)}">${text}</h${level}>\n`,
    link: (href, title, text) => plain.link(address(href), title, text),
    // Wide code and wide tables scroll separately, also with the keyboard.
    code: (text, language, escaped) =>
      plain.code(text, language, escaped).replace("<pre>", '<pre tabindex="0">'),
    table: (head, body) =>
      `<div class="table" tabindex="0"><table>\n<thead>${head}</thead>\n<tbody>${body}</tbody>\n</table></div>\n`,
  },
});

/** The pages in the order in which the README names them, with their titles. */
function contents() {
  const text = readFileSync(join(guide, "README.md"), "utf8");
  const named = [...text.matchAll(/\]\(([\w-]+\.md)[)#]/g)].map(([, name]) => name);
  return [...new Set(["README.md", ...named])].map((name) => {
    const [, title] = /^# (.+)$/m.exec(readFileSync(join(guide, name), "utf8"));
    return { name, title };
  });
}

const whole = (title, body, name) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'">
<title>${title}</title>
<link rel="stylesheet" href="guide.css">
<script type="module" src="search.js"></script>
<nav aria-label="Guide">
<p hidden><input type="search" id="search" placeholder="Search the guide" aria-label="Search the guide"></p>
<p id="count" role="status"></p>
<ol id="found"></ol>
<ul>
<li><a href="../">Open a log</a></li>
${contents().map(item(name)).join("\n")}
</ul>
</nav>
<main>
${body}</main>
</html>
`;

const item = (here) => (entry) => {
  const current = entry.name === here ? ' aria-current="page"' : "";
  return `<li><a href="${page(entry.name)}"${current}>${entry.title}</a></li>`;
};

/** The sections of a page for the search: the address, the headings and the text of each. */
function sections(name, title, body) {
  const plain = (html) =>
    html
      .replaceAll(/<\/?(a|code|em|strong)\b[^>]*>/g, "")
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/&(lt|gt|amp|quot|#39);/g, (_, code) => ENTITIES[code])
      .replaceAll(/\s+/g, " ")
      .trim();
  const parts = body.split(/<h\d id="([^"]*)">(.*?)<\/h\d>/).slice(1);
  return Array.from({ length: parts.length / 3 }, (_, i) => {
    const [id, heading, text] = parts.slice(3 * i, 3 * i + 3);
    const section = plain(heading);
    const whole = i === 0 ? title : `${title}: ${section}`;
    return { at: `${page(name)}#${id}`, title: whole, text: plain(text) };
  });
}

const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };

/** Writes the pages, pictures and scripts into a folder. */
export function writeGuide(folder) {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, "www/src/style/guide.css"), join(folder, "guide.css"));
  const found = [];
  for (const name of readdirSync(guide).filter((name) => name !== "facts")) {
    if (!name.endsWith(".md")) cpSync(join(guide, name), join(folder, name), { recursive: true });
    else {
      const text = readFileSync(join(guide, name), "utf8");
      const [, title] = /^# (.+)$/m.exec(text);
      const body = marked.parse(text);
      found.push(...sections(name, title, body));
      writeFileSync(join(folder, page(name)), whole(title, body, name));
    }
  }
  // The order of the README, with the API reference last, because it has most words.
  const pages = contents().map(({ name }) => page(name));
  const order = [...pages.filter((name) => name !== "api.html"), "api.html"];
  const rank = ({ at }) => order.indexOf(at.replace(/#.*/, ""));
  found.sort((a, b) => rank(a) - rank(b));
  copyFileSync(join(import.meta.dirname, "guide-search.js"), join(folder, "search.js"));
  writeFileSync(join(folder, "sections.js"), `export const SECTIONS = ${JSON.stringify(found)};\n`);
  // The guide's own style imports the colours of the page.
  copyFileSync(join(root, "www/src/style/theme.css"), join(folder, "theme.css"));
}
