// Checks that the links in every document, and in the guide as `make page` serves it, lead to
// existing files and headings.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { anchors, repository, writeGuide } from "../../www/build/guide.mjs";
import { documents, root } from "../documents/shown.mjs";

const dir = mkdtempSync(join(tmpdir(), "crypt32-guide-"));
after(() => rmSync(dir, { recursive: true }));
writeGuide(dir);
const pages = readdirSync(dir).filter((name) => name.endsWith(".html"));
const read = (name) => readFileSync(join(dir, name), "utf8");

test("each Markdown file is a page, and the README is where the folder begins", () => {
  const sources = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  assert.equal(pages.length, sources.length);
  assert.match(read("index.html"), /<h1 id="the-guide">/);
});

for (const name of pages) {
  test(`links and pictures of ${name}`, () => {
    const links = [...read(name).matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link);
    assert.ok(links.length > 2);
    for (const link of links) {
      const [path, anchor] = link.split("#");
      const inside = path.startsWith(`${repository}/blob/main/`)
        ? join(root, path.slice(`${repository}/blob/main/`.length))
        : undefined;
      if (inside === undefined && path.startsWith("https:")) continue;
      if (path === "../") continue;
      const file = inside ?? join(dir, path === "" ? name : path);
      assert.ok(existsSync(file), link);
      if (anchor === undefined) continue;
      const there = readFileSync(file, "utf8");
      const found = inside ? anchors(there).includes(anchor) : there.includes(` id="${anchor}"`);
      assert.ok(found, link);
    }
  });
}

for (const document of documents) {
  test(`links of ${document}`, () => {
    const text = readFileSync(join(root, document), "utf8").replaceAll(/`[^`]*`/g, "");
    for (const [, link] of text.matchAll(/\]\((?!https?\\?:)([^)\s]+)\)/g)) {
      const [path, anchor] = link.split("#");
      const file = path === "" ? join(root, document) : join(root, dirname(document), path);
      assert.ok(existsSync(file), link);
      if (anchor !== undefined)
        assert.ok(anchors(readFileSync(file, "utf8")).includes(anchor), link);
    }
  });
}
