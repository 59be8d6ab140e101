// Tests the packages of a release as people install them, from a registry that this test serves:
// npm installs the native command for the platform, and npx runs it, or else the one in WASM.
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { promisify } from "node:util";
import {
  fileOf,
  mainPackage,
  ownTarget,
  platformPackage,
  TARGETS,
} from "../../scripts/native-packages.mjs";
import { launcher, pkg, root } from "../js/project.mjs";

const NATIVE = join(root, "target/release/crypt32-filter");
const LOG = join(root, "tests/fixtures/evt/crypt32_event8_clean.evt");
const own = ownTarget();
const needsOwn = {
  skip: own === undefined && "a release has no command for this platform",
  timeout: 60_000,
};
const json = (path) => JSON.parse(readFileSync(path, "utf8"));

const dir = mkdtempSync(join(tmpdir(), "crypt32-native-"));
after(() => rmSync(dir, { recursive: true }));

const npm = async (args, cwd, registry) => {
  const env = {
    ...process.env,
    npm_config_cache: join(dir, "cache"),
    npm_config_registry: registry,
    npm_config_noproxy: "127.0.0.1",
    npm_config_update_notifier: "false",
  };
  const { stdout } = await promisify(execFile)("npm", args, { cwd, env, encoding: "utf8" });
  return stdout;
};

/** Packs the packages of a release. For other platforms, the command is only a text. */
async function release() {
  const out = join(dir, "out");
  const [text, packed] = [join(dir, "text"), join(dir, "packed")];
  writeFileSync(text, "not for this platform");
  mkdirSync(packed);
  const platforms = Object.keys(TARGETS).map((target) =>
    platformPackage(target, target === own ? NATIVE : text, pkg, out),
  );
  mainPackage(pkg, platforms, out);
  const folders = readdirSync(out);
  await npm(["pack", "--pack-destination", packed, ...folders.map((name) => `./${name}`)], out);
  return new Map(folders.map((name) => [name, json(join(out, name, "package.json"))]));
}

const manifests = await release();
const server = createServer(({ url }, response) => {
  const name = basename(url);
  if (name.endsWith(".tgz")) return response.end(readFileSync(join(dir, "packed", name)));
  const manifest = manifests.get(name);
  if (manifest === undefined) return response.writeHead(404).end();
  const { version } = manifest;
  const dist = { tarball: `${registry}${name}-${version}.tgz` };
  const versions = { [version]: { ...manifest, dist } };
  response.end(JSON.stringify({ name, "dist-tags": { latest: version }, versions }));
}).listen(0, "127.0.0.1");
await once(server, "listening");
const registry = `http://127.0.0.1:${server.address().port}/`;
after(() => server.close());

for (const { os, cpu } of [...Object.values(TARGETS), { os: "linux", cpu: "riscv64" }]) {
  test(`npm installs the packages for ${os} on ${cpu}`, async () => {
    const folder = join(dir, `${os}-${cpu}`);
    mkdirSync(folder);
    await npm(["install", "--os", os, "--cpu", cpu, "crypt32-filter"], folder, registry);
    const native = `crypt32-filter-${os}-${cpu}`;
    const all = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
    assert.deepEqual(all, ["crypt32-filter", ...(manifests.has(native) ? [native] : [])]);
  });
}

test("npx of a package that is not installed yet runs the command", async () => {
  const args = ["exec", "--yes", "--", "crypt32-filter", "report", "--output", "json", LOG];
  const { stdout } = spawnSync(NATIVE, args.slice(4));
  assert.equal(await npm(args, dir, registry), stdout.toString());
});

test("the workflow builds each target on a machine", () => {
  const workflow = readFileSync(join(root, ".github/workflows/release.yml"), "utf8");
  const built = [...workflow.matchAll(/\{ target: (\S+), machine: \S+ \}/g)];
  assert.deepEqual(
    built.map(([, target]) => target),
    Object.keys(TARGETS),
  );
});

/** Runs the launcher after a change of the installed native package. */
function changed(change, args = ["report", LOG], env = {}) {
  const { command, modules, platforms, remove } = launcher();
  const folder = join(modules, platforms[0]);
  const rewrite = (keys) => {
    const manifest = json(join(folder, "package.json"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, ...keys(manifest) }));
  };
  const file = join(folder, fileOf(own));
  const script = (text) => {
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    rewrite(({ native }) => ({ native: { ...native, bytes: readFileSync(file).length } }));
  };
  change({ folder, file, rewrite, script, modules });
  const [node, ...rest] = [...command, ...args];
  const child = spawn(node, rest, { env: { ...process.env, ...env } });
  return { child, remove };
}

async function outcome({ child, remove }) {
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  const [code, signal] = await once(child, "close");
  remove();
  return { stdout, stderr, code, signal };
}

const wrong = ({ script }) => script("echo wrong; exit 7");

test("the native command runs without the module, and ends npx as it ended", needsOwn, async () => {
  const bare = ({ modules }) => rmSync(join(modules, "crypt32-filter/crypt32_full_bg.wasm"));
  const native = spawnSync(NATIVE, ["report", LOG]);
  const { stdout, stderr, code } = await outcome(changed(bare));
  assert.equal(stderr, "");
  assert.equal(stdout, native.stdout.toString());
  assert.equal(code, 0);
  assert.equal((await outcome(changed(wrong))).code, 7);
  const killed = await outcome(changed(({ script }) => script("kill -KILL $$")));
  assert.equal(killed.signal, "SIGKILL");
});

test("a signal reaches the native command, which decides how to end", needsOwn, async () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    const waits =
      'trap "echo trapped; exit 3" INT TERM HUP; echo ready; while :; do sleep 0.1; done';
    const run = changed(({ script }) => script(waits));
    run.child.stdout.once("data", () => run.child.kill(signal));
    const { stdout, code } = await outcome(run);
    assert.deepEqual([stdout, code], ["ready\ntrapped\n", 3]);
  }
  const run = changed(() => {}, ["filter", "-"]);
  run.child.stdin.write("text\n");
  run.child.stdout.once("data", () => run.child.kill("SIGINT"));
  assert.equal((await outcome(run)).signal, "SIGINT");
});

for (const [why, change, env] of [
  ["is not installed", ({ folder }) => rmSync(folder, { recursive: true })],
  ["may not be run", ({ file }) => chmodSync(file, 0o644)],
  ["is empty", ({ file }) => truncateSync(file)],
  ["is incomplete", ({ file }) => truncateSync(file, 1 << 20)],
  [
    "has another interpreter",
    ({ script, file }) => {
      script("");
      const text = readFileSync(file, "utf8");
      writeFileSync(file, text.replace("/bin/sh", "/no/sh"));
    },
  ],
  [
    "has another version",
    (it) => {
      wrong(it);
      it.rewrite(() => ({ version: "0.0.0" }));
    },
  ],
  ["is not wanted", wrong, { CRYPT32_FILTER_WASM: "1" }],
]) {
  test(`npx runs WASM if the native command ${why}`, needsOwn, async () => {
    const { stdout } = spawnSync(NATIVE, ["report", LOG]);
    const run = await outcome(changed(change, ["report", LOG], env));
    assert.deepEqual(run, { stdout: stdout.toString(), stderr: "", code: 0, signal: null });
  });
}
