// Compares the built modules in the real Redpanda Connect and Bento with the native command and
// Fluent Bit's functions, byte for byte.
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import binaryen from "../../../www/node_modules/binaryen/index.js";
import { shownIn } from "../../documents/shown.mjs";
import { hostile } from "../fluent-bit/hostile.mjs";
import { typed } from "../typed.mjs";
import { CLEAR, DROP, dist, lint, pipe, pipeText, processor, program } from "./engines.mjs";
import { fluentBit, native, numbered, root, sample, samples } from "./records.mjs";

/** For an action, each combination of engine and processors. */
const ways = (action) => ({
  connect: ["connect", [processor.connect, ...(action === "drop" ? [DROP] : [])]],
  bento: ["bento", [processor.bento, ...(action === "drop" ? [DROP] : [])]],
  "data transform": ["connect", [processor.transform(action)]],
});

const benign = sample("fluentbit-winlog");
/**
 * Escapes that the engines must decode. Fluent Bit's functions pass them, because Fluent Bit never
 * writes them.
 */
const escaped = [benign.replace("crypt32", "\\u0063rypt32"), benign.replaceAll("r", "\\u0072")];
/** Invalid or unusual records. */
const odd = [
  "",
  " ",
  "{",
  "not JSON, but crypt32",
  '{"SourceName":"crypt32","EventID":8',
  benign.replace("{", '{"kb":1,'),
  benign.replace("{", '{"tags":["a"],'),
  `${benign} `,
  `<11>1 2010-03-15T11:27:57Z SERVER1 crypt32 - - - ${benign}`,
  Buffer.from([0xff, 0xfe, 0, 1, 0xc3]),
  Buffer.concat([Buffer.from(benign), Buffer.from([0xc3])]),
  benign.replace("{", `{"x":"${"y".repeat(256 << 10)}",`),
  "z".repeat(5 << 20),
  benign.replace("{", `{"x":"${"y".repeat(5 << 20)}",`),
].map((record) => Buffer.from(record));
const records = [...samples.map((row) => row.payload), ...numbered(3000)].map((text) =>
  Buffer.from(text),
);
const lines = (all) => Buffer.concat(all.flatMap((record) => [record, Buffer.from("\n")]));

for (const action of ["tag", "drop"]) {
  test(`${action}: the native command, Fluent Bit's functions and every engine write the same bytes`, async () => {
    const plain = lines([...records, ...odd]);
    const expected = native(action, plain);
    notStrictEqual(Buffer.compare(expected, plain), 0);
    const filtered = fluentBit(`crypt32_${action}`, [
      ...records,
      ...odd.filter((record) => !record.includes(0)),
    ]);
    const withoutNul = lines([...records, ...odd.filter((record) => !record.includes(0))]);
    ok(lines(filtered).equals(native(action, withoutNul)), "Fluent Bit's functions");
    const all = lines([...records, ...odd, ...escaped.map((text) => Buffer.from(text))]);
    const expectedAll = native(action, all);
    for (const [name, [engine, processors]] of Object.entries(ways(action))) {
      const { status, stdout, stderr } = await pipe(engine, processors, all);
      strictEqual(status, 0, `${name}: ${stderr}`);
      ok(
        stdout.equals(expectedAll),
        `${name} differs: ${stdout.length} bytes for ${expectedAll.length}`,
      );
      strictEqual(stderr, "", name);
    }
  });
}

test("hostile records stop no module, and later ones are judged", async () => {
  const input = hostile();
  const expected = native("drop", input);
  for (const [name, [engine, processors]] of Object.entries(ways("drop"))) {
    const { status, stdout, stderr } = await pipe(engine, processors, input);
    strictEqual(status, 0, `${name}: ${stderr}`);
    strictEqual(stderr, "", name);
    ok(stdout.equals(expected), `${name}: ${stdout.length} bytes for ${expected.length}`);
  }
});

test("the processors that documents show drop what the native command drops", async () => {
  const shown = shownIn("processors");
  ok(shown.length > 0);
  const input = lines(records);
  const expected = native("drop", input);
  for (const { where, text } of shown) {
    for (const engine of ["connect", "bento"]) {
      const processors = text.replace("crypt32_connect.wasm", dist(`crypt32_${engine}.wasm`));
      const pipeline = `pipeline:\n  threads: 1\n  processors:\n${processors}`;
      const { status, stdout, stderr } = await pipeText(engine, pipeline, input);
      strictEqual(status, 0, `${where}: ${stderr}`);
      ok(stdout.equals(expected), `${where}, in ${engine}`);
    }
  }
});

test("the commands that documents show keep what the native command keeps", () => {
  const shown = shownIn("engines");
  ok(shown.length > 0);
  const input = lines(records);
  const programs = { "redpanda-connect": program("connect"), bento: program("bento") };
  for (const { where, text } of shown) {
    ok(typed(text, input, programs).equals(native("drop", input)), where);
  }
});

test("several threads with separate instances write the same records", async () => {
  const input = numbered(20_000).map((text) => Buffer.from(text));
  const sorted = (bytes) => bytes.toString().split("\n").sort().join("\n");
  const expected = sorted(native("tag", lines(input)));
  for (const [name, [engine, processors]] of Object.entries(ways("tag"))) {
    const { stdout } = await pipe(engine, processors, lines(input), 4);
    ok(sorted(stdout) === expected, name);
  }
});

/** Claims of a sender about a record, and the final metadata. */
const forge = {
  mapping:
    'meta kb_verdict = "benign"\nmeta kb_basis = "listed"\nmeta kb_id = "1"\nmeta mine = "1"',
};
const show = {
  mapping:
    'root = [@kb_verdict, @kb_id, @kb_basis, @mine].map_each(if this == null { "" } else { this.string() }).string()',
};
const said = (stdout) =>
  stdout
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

test("metadata and headers have the verdict, and forged ones are removed", async () => {
  const headers = {
    input_headers: { include_patterns: [".*"] },
    output_metadata: { include_patterns: [".*"] },
  };
  const transform = (action) => ({
    redpanda_data_transform: { ...processor.transform(action).redpanda_data_transform, ...headers },
  });
  const input = lines(
    [benign, benign.replace("authrootseq", "other"), "disk failure"].map((text) =>
      Buffer.from(text),
    ),
  );
  for (const [engine, tag, drop] of [
    ["connect", [processor.connect], [processor.connect, DROP]],
    ["bento", [processor.bento], [processor.bento, DROP]],
    ["connect", [transform("tag")], [transform("drop")]],
  ]) {
    const { stdout } = await pipe(engine, [forge, ...tag, show], input);
    deepStrictEqual(said(stdout), [
      ["benign", "KB2253680", "listed", "1"],
      ["review", "KB2253680", "", "1"],
      ["", "", "", "1"],
    ]);
    const { stdout: kept } = await pipe(engine, [forge, ...drop], input);
    strictEqual(kept.toString().trimEnd().split("\n").length, 2, "only the benign one goes");
  }
});

test("a failing module passes every record, without forged metadata", async () => {
  const directory = mkdtempSync(join(tmpdir(), "crypt32-failing-"));
  try {
    const path = join(directory, "failing.wasm");
    const text = `(module (memory (export "memory") 1)
      (func (export "allocate") (param i32) (result i32) (i32.const 8))
      (func (export "process") (unreachable)))`;
    writeFileSync(path, binaryen.parseText(text).emitBinary());
    const failing = { wasm: { module_path: path } };
    for (const engine of ["connect", "bento"]) {
      const run = async (...processors) =>
        (await pipe(engine, [forge, ...processors], "disk failure\nanother\n")).stdout;
      deepStrictEqual(said(await run(CLEAR, failing, DROP, show)), [
        ["", "", "", "1"],
        ["", "", "", "1"],
      ]);
      strictEqual((await run(CLEAR, failing, DROP)).toString(), "disk failure\nanother\n");
      strictEqual(
        (await run(failing, DROP)).toString(),
        "",
        "without the first step they are lost",
      );
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a module that cannot be loaded stops the pipeline before it reads a record", async () => {
  const directory = mkdtempSync(join(tmpdir(), "crypt32-modules-"));
  try {
    const whole = readFileSync(dist("crypt32_connect.wasm"));
    const files = {
      "missing.wasm": [null, /no such file/],
      "empty.wasm": [Buffer.alloc(0), /invalid magic number|EOF|invalid/],
      "cut.wasm": [whole.subarray(0, whole.length / 2), /EOF|invalid|section|code/],
      "text.wasm": [Buffer.from("not found"), /invalid magic number|invalid/],
      "other.wasm": [
        readFileSync(dist("crypt32_bento.wasm")),
        /bento_wasm|redpanda_transform|_start/,
      ],
    };
    for (const [name, [bytes, message]] of Object.entries(files)) {
      const path = join(directory, name);
      if (bytes) writeFileSync(path, bytes);
      for (const kind of ["wasm", "redpanda_data_transform"]) {
        const { status, stdout, stderr } = await pipe(
          "connect",
          [{ [kind]: { module_path: path } }],
          `${benign}\n`,
        );
        strictEqual(status, 1, `${kind} with ${name}: ${stderr}`);
        strictEqual(stdout.length, 0, `${kind} with ${name} ran without the filter`);
        match(stderr, /failed to init processor/);
        match(stderr, message);
      }
    }
    const connect = { wasm: { module_path: dist("crypt32_connect.wasm") } };
    const { status, stdout, stderr } = await pipe("bento", [connect], `${benign}\n`);
    deepStrictEqual([status, stdout.length], [1, 0]);
    match(stderr, /benthos_wasm/);
    // If a function does not exist, the engines detect it at the first record and exit.
    for (const engine of ["connect", "bento"]) {
      const wrong = { wasm: { ...processor[engine].wasm, function: "crypt32_tag" } };
      const { status, stdout } = await pipe(engine, [wrong], `${benign}\n`);
      notStrictEqual(status, 0);
      strictEqual(stdout.length, 0);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("every file to copy is accepted by its program", () => {
  const host = join(root, "crates/hosts");
  const files = ["connect", "bento"].flatMap((engine) =>
    readdirSync(join(host, "benthos", engine)).map((name) => [
      engine,
      join(host, "benthos", engine, name),
    ]),
  );
  files.push(["connect", join(host, "redpanda/connect.yaml")]);
  strictEqual(files.length, 9);
  for (const [engine, file] of files) {
    const { status, text } = lint(engine, file);
    strictEqual(status, 0, `${file}: ${text}`);
    strictEqual(text, "", file);
  }
  // Checks that the shipped pipelines have the tested processors, in this order.
  const indented = CLEAR.mapping.replaceAll(/^/gm, "        ").trimEnd();
  for (const [, file] of files) {
    const text = readFileSync(file, "utf8");
    ok(text.includes(indented), file);
    ok(text.indexOf(indented) < text.indexOf("module_path"), file);
  }
  for (const [engine, file] of files.filter(([, file]) => /(drop|review|try)\.yaml$/.test(file))) {
    ok(readFileSync(file, "utf8").includes(DROP.mapping), `${engine}: ${file}`);
  }
  const wrong = spawnSync("sed", ["s/threads: 1/thread: 1/", files[0][1]]).stdout;
  const broken = join(mkdtempSync(join(tmpdir(), "crypt32-lint-")), "broken.yaml");
  writeFileSync(broken, wrong);
  strictEqual(lint("connect", broken).status, 1, "lint must see a wrong field");
  rmSync(join(broken, ".."), { recursive: true });
});

test("the unit, the manifest and the transform are well-formed and name files that exist", async (t) => {
  const host = join(root, "crates/hosts");
  const read = async (file) => {
    const text = readFileSync(join(host, file), "utf8");
    const parse = { mapping: "root = this.text.parse_yaml()" };
    const { status, stdout, stderr } = await pipe(
      "connect",
      [parse],
      `${JSON.stringify({ text })}\n`,
    );
    strictEqual(status, 0, stderr);
    strictEqual(stderr, "", file);
    return JSON.parse(stdout);
  };
  const { kind, spec } = await read("benthos/kubernetes.yaml");
  strictEqual(kind, "Deployment");
  const [worker] = spec.template.spec.containers;
  deepStrictEqual(worker.args, ["run", "/filter/drop.yaml"]);
  deepStrictEqual(spec.selector.matchLabels, spec.template.metadata.labels);
  const set = Object.fromEntries(worker.env.map(({ name, value }) => [name, value]));
  strictEqual(set.MODULE, "/filter/crypt32_connect.wasm");
  const drop = readFileSync(join(host, "benthos/connect/drop.yaml"), "utf8");
  for (const name of Object.keys(set))
    ok(name === "GOMAXPROCS" || drop.includes(`\${${name}:`), name);
  const transform = await read("redpanda/transform.yaml");
  deepStrictEqual(Object.keys(transform).sort(), [
    "description",
    "input-topic",
    "name",
    "output-topics",
  ]);
  const unit = readFileSync(join(host, "benthos/crypt32-filter@.service"), "utf8");
  for (const [, name] of unit.matchAll(/^Environment=(?!GOMAXPROCS)(.*)$/gm)) {
    for (const pair of name.split(" ")) ok(drop.includes(`\${${pair.split("=")[0]}:`), pair);
  }
  if (spawnSync("systemd-analyze", ["--version"]).error) {
    t.diagnostic("no systemd-analyze here: the unit was not verified");
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), "crypt32-unit-"));
  const verify = (text) => {
    const file = join(directory, "crypt32-filter@4195.service");
    writeFileSync(file, text);
    const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", file], {
      encoding: "utf8",
    });
    return status === 0 ? stdout + stderr : `${status}: ${stdout}${stderr}`;
  };
  const said = verify(unit);
  const wrong = verify(unit.replace("Restart=always", "Restart=alway"));
  rmSync(directory, { recursive: true });
  strictEqual(said, "");
  match(wrong, /Failed to parse service restart specifier/);
});

test("a data transform does not start in another runtime of wazero 1.12.0", () => {
  const cwd = join(root, "tests/hosts/streams/wazero");
  const { status, stdout } = spawnSync("go", ["test", "."], { cwd, encoding: "utf8" });
  strictEqual(status, 0, stdout);
});
