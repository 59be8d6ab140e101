// Tests the bills of materials: they list the contents of each build, without dependencies of
// tests.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BUILDS, sbom } from "../../scripts/sbom.mjs";

const root = join(import.meta.dirname, "../..");
const manifest = join(root, "Cargo.toml");
const lock = readFileSync(join(root, "Cargo.lock"), "utf8");

/** The names under a heading of Cargo.toml: optional dependencies, and those of every build. */
function named(heading) {
  const table = readFileSync(manifest, "utf8").split(`\n[${heading}]\n`)[1].split("\n[")[0];
  const lines = [...table.matchAll(/^([\w-]+)(?:\.workspace)? = (.*)$/gm)];
  const of = (wanted) => lines.filter(([, , at]) => at.includes("optional") === wanted);
  return { always: of(false).map(([, name]) => name), optional: of(true).map(([, name]) => name) };
}

const { always, optional } = named("dependencies");
const tests = named("dev-dependencies").always;

test("each build has the crates that its features ask for, and none of the tests", () => {
  const has = Object.fromEntries(
    Object.keys(BUILDS).map((kind) => [kind, sbom(kind, []).components.map(({ name }) => name)]),
  );
  assert.ok(always.length > 3 && optional.length > 2 && tests.length > 2);
  for (const [kind, names] of Object.entries(has)) {
    for (const name of always) assert.ok(names.includes(name), `${kind} lacks ${name}`);
    for (const name of tests) assert.ok(!names.includes(name), `${kind} has ${name}`);
  }
  // A module for a host has no optional feature of the others.
  for (const name of optional) assert.ok(!has.filter.includes(name), name);
  for (const [name, kinds] of [
    ["clap", ["command", "npm"]],
    ["wasm-bindgen", ["npm", "page"]],
    ["evtx", ["command", "npm", "page"]],
    ["ctrlc", ["command"]],
  ]) {
    assert.deepEqual(
      Object.keys(has).filter((kind) => has[kind].includes(name)),
      kinds,
      name,
    );
  }
});

for (const kind of Object.keys(BUILDS)) {
  test(`${kind}: each crate with its sum and its licence, and a whole graph`, () => {
    const bill = sbom(kind, [manifest]);
    assert.equal(bill.bomFormat, "CycloneDX");
    for (const { name, version, hashes, licenses, purl } of bill.components) {
      const entry = `name = "${name}"\nversion = "${version}"\n`;
      const sum = lock.split(entry)[1]?.split("\n\n")[0];
      assert.ok(sum?.includes(`checksum = "${hashes[0].content}"`), name);
      assert.doesNotMatch(licenses[0].expression, /\//, name);
      assert.match(purl, /^pkg:cargo\/[\w-]+@\d+\.\d+\.\d+/);
    }
    // Each reference in the graph is a component.
    const refs = new Set(bill.components.map((each) => each["bom-ref"]));
    refs.add(bill.metadata.component["bom-ref"]);
    assert.deepEqual(new Set(bill.dependencies.map(({ ref }) => ref)), refs);
    for (const { dependsOn } of bill.dependencies) {
      for (const ref of dependsOn) assert.ok(refs.has(ref), ref);
    }
    const [file] = bill.metadata.component.components;
    const sum = createHash("sha256").update(readFileSync(manifest)).digest("hex");
    assert.deepEqual(file, {
      type: "file",
      name: "Cargo.toml",
      hashes: [{ alg: "SHA-256", content: sum }],
    });
    assert.equal(JSON.stringify(sbom(kind, [manifest])), JSON.stringify(bill));
  });
}
