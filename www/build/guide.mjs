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
    // Wide tables scroll separately.
    table: (head, body) =>
      `<div class="table" tabindex="0"><table>\n<thead>${head}</thead>\n<tbody>${body}</tbody>\n</table></div>\n`,
  },
});

const whole = (title, body, home) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'">
<title>${title}</title>
<link rel="stylesheet" href="guide.css">
<nav>${home ? '<a href="index.html">The guide</a> · ' : ""}<a href="../">The triage page</a></nav>
<main>
${body}</main>
</html>
`;

/** Writes the pages, pictures and scripts into a folder. */
export function writeGuide(folder) {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, "www/src/style/guide.css"), join(folder, "guide.css"));
  for (const name of readdirSync(guide).filter((name) => name !== "facts")) {
    if (!name.endsWith(".md")) cpSync(join(guide, name), join(folder, name), { recursive: true });
    else {
      const text = readFileSync(join(guide, name), "utf8");
      const [, title] = /^# (.+)$/m.exec(text);
      writeFileSync(
        join(folder, page(name)),
        whole(title, marked.parse(text), name !== "README.md"),
      );
    }
  }
}
