// Tests the configurations that we ship, show in documents, and offer on the page.
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { shownIn } from "../../documents/shown.mjs";
import { start as browse } from "../../page/browser.mjs";
import { canGive, given } from "../../page/given.mjs";
import { root } from "../streams/records.mjs";
import { typed } from "../typed.mjs";
import { drop, FUNCTIONS, natively } from "./functions.mjs";
import { directory, inline, module, program, service, start, tail } from "./program.mjs";

/**
 * Runs a shipped configuration in dist, with another input, because the original needs Windows, and
 * with an absolute path of the module. Returns the records of each output.
 */
function ready(file, input, ...separate) {
  const text = readFileSync(join(root, "dist/fluent-bit", file), "utf8");
  const yaml = file.endsWith(".yaml");
  const from = tail(input, "win.application");
  const classic = (map, colon = "") =>
    Object.entries(map)
      .map(([key, value]) => `    ${key}${colon} ${value}\n`)
      .join("");
  const source = yaml
    ? `service: ${inline(service)}\n${text.replace(
        /(inputs:\n)[\s\S]*?(?=\n\n)/,
        `$1    -\n${classic(from, ":").trimEnd().replaceAll(/^/gm, "  ")}`,
      )}`
    : `[SERVICE]\n${classic(service)}${text.replace(
        /(\[INPUT\]\n)[\s\S]*?(?=\n\n)/,
        `$1${classic(from).trimEnd()}`,
      )}`;
  ok(source.includes(input) && !source.includes("winevtlog"), `${file}: another input`);
  return start(file, source.replaceAll("crypt32_filter.wasm", module), ...separate);
}

/** Tests each shipped configuration. */
export function configurations({ input, lines }) {
  for (const name of ["tag", "drop", "review"]) {
    const options = name === "tag" ? ["tag"] : drop;
    const expected = natively(lines, options).map((line) => JSON.parse(line));
    const isReview = (record) => name === "review" && record.kb?.verdict === "review";
    for (const file of [`${name}.yaml`, `${name}.conf`]) {
      const { kept, moved } = ready(file, input, expected.filter(isReview).length);
      deepStrictEqual(
        kept.filter((record) => !record.kb?.ledger),
        expected.filter((record) => !isReview(record)),
        `${file}: what goes on`,
      );
      deepStrictEqual(
        moved.map((line) => JSON.parse(line)),
        expected.filter(isReview),
        `${file}: what is to review`,
      );
      console.log(`ok ${file}: ${kept.length} go on, ${moved.length} to review: as natively`);
    }
  }
}

/** Tests the configuration that sends the ledger elsewhere, on a log with thousands of drops. */
export function ledger({ lines }) {
  const noise = lines.filter((line) => natively([line], drop)[0] === "").slice(0, 1);
  const many = [...lines, ...Array(2500).fill(noise).flat()];
  const input = join(directory, "many.ndjson");
  writeFileSync(input, `${many.join("\n")}\n`);
  const expected = natively(many, drop).map((line) => JSON.parse(line));
  const count = Math.floor((many.length - expected.length) / 1000);
  ok(count >= 2);
  const { kept, moved } = ready("ledger.yaml", input, count, "ledger.jsonl");
  deepStrictEqual(kept, expected, "ledger.yaml: what goes on");
  const dropped = moved.map((line) => JSON.parse(line).kb.ledger.dropped);
  deepStrictEqual(
    dropped,
    Array.from({ length: count }, (_, i) => (i + 1) * 1000),
  );
  console.log(`ok ledger.yaml: ${kept.length} go on, ${count} ledger records elsewhere`);
}

/** Runs a filter section of a document or the page, in a folder with the module. */
function section(text, input) {
  ok(/^ {2}filters:$/m.test(text), text);
  copyFileSync(module, join(directory, "crypt32_filter.wasm"));
  const source = `service: ${inline(service)}
pipeline:
  inputs:
    - ${inline(tail(input, "win.application"))}
${text.replace("pipeline:\n", "").trimEnd()}
  outputs:
    - {name: stdout, match: "*", format: json_lines}
`;
  const [, fn] = /function_name: (\w+)/.exec(text);
  return { kept: start("shown.yaml", source).kept, options: FUNCTIONS[fn] };
}

/** Tests the configurations in the documents. */
export function documents({ input, lines }) {
  const shown = shownIn("fluent-bit");
  ok(shown.length > 0);
  const [path] = spawnSync("bash", ["-c", 'type -P "$0"', program], { encoding: "utf8" })
    .stdout.trim()
    .split("\n");
  const command = (text) => {
    const kept = typed(text, readFileSync(input), { "fluent-bit": resolve(path) });
    const records = kept.toString().trimEnd().split("\n");
    return { kept: records.map((line) => JSON.parse(line)), options: drop };
  };
  for (const { where, language, text } of shown) {
    const { kept, options } = (language === "sh" ? command : section)(text, input);
    const expected = natively(lines, options).map((line) => JSON.parse(line));
    deepStrictEqual(kept, expected, where);
    console.log(`ok ${where}: ${kept.length} go on: as natively`);
  }
}

/** Tests the page's filter. */
export async function page({ lines }) {
  if (!canGive()) {
    console.log("the page's filter: SKIPPED, no Chromium");
    return;
  }
  const written = join(directory, "written.ndjson");
  writeFileSync(written, `${lines.join("\n")}\n`);
  const browser = await browse();
  try {
    for (const cause of [false, true]) {
      const { text, filtered } = await given(browser, written, "Fluent Bit", cause);
      const { kept } = section(text, written);
      const expected = filtered.trimEnd().split("\n");
      deepStrictEqual(
        kept,
        expected.map((line) => JSON.parse(line)),
      );
      ok(kept.length < lines.length);
      strictEqual(filtered.includes('"basis":"cause"'), !cause);
      console.log(
        `ok the page's filter: ${lines.length} in, ${kept.length} kept: as the page writes`,
      );
    }
  } finally {
    await browser.stop();
  }
}
