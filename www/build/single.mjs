// Writes the page as one HTML file for networks without Internet access: styles, script, module and
// sample are inside, and its policy allows no connection. It opens from disk.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(dirname(import.meta.dirname), "..");
const page = join(root, "dist/page");
const out = join(root, "dist/crypt32-triage.html");
const assets = readdirSync(join(page, "assets"));
const one = (end) => {
  const found = assets.filter((name) => name.endsWith(end));
  if (found.length !== 1) throw new Error(`one ${end} was expected, there are ${found.length}`);
  return readFileSync(join(page, "assets", found[0]), "utf8");
};
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

// `</script` inside a script would end it.
const script = one(".js").replaceAll("</script", "<\\/script");
const style = one(".css");
const files = ["crypt32_page.wasm", "sample.ndjson.gz"].map((name) => {
  const bytes = readFileSync(join(page, name)).toString("base64");
  return `<script type="application/octet-stream" id="file-${name}">${bytes}</script>`;
});
const policy = [
  "default-src 'none'",
  `script-src ${hash(script)} 'wasm-unsafe-eval'`,
  `style-src ${hash(style)}`,
  "connect-src 'none'",
  "worker-src blob:",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

let html = readFileSync(join(page, "index.html"), "utf8");
const swap = (pattern, text) => {
  if (!pattern.test(html)) throw new Error(`${pattern} is not in index.html`);
  html = html.replace(pattern, () => text);
};
swap(/(?<=http-equiv="Content-Security-Policy" content=")[^"]*/, policy);
swap(/\s*<script type="module"[^>]*><\/script>/, "");
swap(/<link rel="stylesheet"[^>]*>/, `<style>${style}</style>`);
swap(/(?=<\/body>)/, `${files.join("\n")}\n<script type="module">${script}</script>\n`);
writeFileSync(out, html);
process.stderr.write(`build: dist/crypt32-triage.html: ${html.length} bytes\n`);
