// sbom.mjs KIND[:TARGET] FILE...: prints a bill of materials (CycloneDX 1.6) for files of ours: the
// crates of the build that made them, as cargo resolved them. KIND is one of `BUILDS`.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";

const root = join(import.meta.dirname, "..");
const WASM = "wasm32-unknown-unknown";

/**
 * The build of each kind of file: its crate, its target (otherwise given, or this machine), and a
 * description.
 */
export const BUILDS = {
  command: { crate: "cli", type: "application" },
  filter: { crate: "hosts/functions", target: WASM, type: "library" },
  connect: { crate: "hosts/benthos", target: WASM, type: "library" },
  bento: { crate: "hosts/benthos", features: "bento", target: WASM, type: "library" },
  redpanda: { crate: "hosts/redpanda", target: WASM, type: "library" },
  debezium: { crate: "hosts/debezium", target: WASM, type: "library" },
  plain: { crate: "hosts/plain", target: WASM, type: "library" },
  npm: { crate: "npm", features: "full", target: WASM, type: "library" },
  page: { crate: "page", target: WASM, type: "application" },
};

const run = (command, ...args) =>
  execFileSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });

/** The target triple of this machine. */
const here = () => /^host: (.*)$/m.exec(run("rustc", "-vV"))[1];

/** The cargo arguments that resolve the contents of a build. */
const resolution = ({ crate, features }) => [
  ...["--manifest-path", `crates/${crate}/Cargo.toml`],
  ...(features ? ["--features", features] : []),
];

/** The checksum of each crate, from Cargo.lock. */
function sums() {
  const text = readFileSync(join(root, "Cargo.lock"), "utf8");
  const found = new Map();
  for (const block of text.split("[[package]]")) {
    const get = (key) => new RegExp(`^${key} = "(.*)"$`, "m").exec(block)?.[1];
    found.set(`${get("name")}@${get("version")}`, get("checksum"));
  }
  return found;
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const hashes = (content) => [{ alg: "SHA-256", content }];
const purl = (type, { name, version }) => `pkg:${type}/${name}@${version}`;
/** Old manifests use a slash for "or". */
const licenses = ({ license }) =>
  license ? [{ expression: license.replaceAll(/\s*\/\s*/g, " OR ") }] : undefined;

/**
 * The contents of a build, as `name@version`: linked or expanded crates, without those that only
 * tests or build scripts need. Cargo's metadata alone is not enough, because it also lists optional
 * dependencies that no chosen feature enables.
 */
function built(of, target) {
  const args = ["--locked", "--prefix", "none", "--edges", "normal", "--target", target];
  const lines = run("cargo", "tree", ...args, ...of)
    .trim()
    .split("\n");
  return new Set(lines.map((line) => line.split(" ").slice(0, 2).join("@").replace("@v", "@")));
}

/** The packages of a build by id, each with the ids of its dependencies. */
function linked(metadata, has) {
  const packages = new Map(metadata.packages.map((each) => [each.id, each]));
  const isIn = (id) => has.has(`${packages.get(id).name}@${packages.get(id).version}`);
  const needed = ({ deps }) =>
    deps.filter(({ dep_kinds }) => dep_kinds.some(({ kind }) => kind === null));
  const nodes = metadata.resolve.nodes.filter(({ id }) => isIn(id));
  return new Map(
    nodes.map((node) => [
      node.id,
      needed(node)
        .map(({ pkg }) => pkg)
        .filter(isIn),
    ]),
  );
}

/** Combines the crates of this workspace into one, with the dependencies of all of them. */
function asOne(own, packages, edges) {
  const isOurs = (id) => packages.get(id).source === null;
  const all = [...edges].flatMap(([id, needed]) => (isOurs(id) ? needed : []));
  const others = [...edges].filter(([id]) => !isOurs(id));
  return new Map([[own, all.filter((id) => !isOurs(id))], ...others]);
}

/** The complete document for the built `files`. */
export function sbom(kind, files, target = BUILDS[kind]?.target ?? here()) {
  const build = BUILDS[kind];
  if (!build) throw new Error(`${kind} is none of ${Object.keys(BUILDS).join(", ")}`);
  const of = resolution(build);
  const format = ["metadata", "--format-version", "1", "--locked"];
  const metadata = JSON.parse(run("cargo", ...format, "--filter-platform", target, ...of));
  const packages = new Map(metadata.packages.map((each) => [each.id, each]));
  const checksums = sums();
  const own = metadata.packages.find(({ name }) => name === "crypt32-filter");
  const edges = asOne(own.id, packages, linked(metadata, built(of, target)));
  const ref = (id) => purl(id === own.id && kind === "npm" ? "npm" : "cargo", packages.get(id));
  const crates = [...edges.keys()].filter((id) => id !== own.id).map((id) => packages.get(id));
  const seconds = process.env.SOURCE_DATE_EPOCH ?? run("git", "log", "-1", "--format=%ct").trim();
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: new Date(Number(seconds) * 1000).toISOString(),
      component: {
        type: build.type,
        "bom-ref": ref(own.id),
        name: own.name,
        version: own.version,
        description: own.description,
        licenses: licenses(own),
        purl: ref(own.id),
        properties: [
          { name: "cargo:crate", value: build.crate },
          { name: "cargo:target", value: target },
        ],
        components: files.map((file) => {
          const bytes = readFileSync(file);
          return { type: "file", name: basename(file), hashes: hashes(sha256(bytes)) };
        }),
      },
    },
    components: crates
      .map((each) => ({
        type: "library",
        "bom-ref": ref(each.id),
        name: each.name,
        version: each.version,
        description: each.description?.trim(),
        hashes: hashes(checksums.get(`${each.name}@${each.version}`)),
        licenses: licenses(each),
        purl: ref(each.id),
      }))
      .sort((a, b) => (a.purl < b.purl ? -1 : 1)),
    dependencies: [...edges]
      .map(([id, needed]) => ({ ref: ref(id), dependsOn: [...new Set(needed.map(ref))].sort() }))
      .sort((a, b) => (a.ref < b.ref ? -1 : 1)),
  };
}

if (process.argv[1] === import.meta.filename) {
  const [build, ...files] = process.argv.slice(2);
  const [kind, target] = build.split(":");
  process.stdout.write(`${JSON.stringify(sbom(kind, files, target), null, 2)}\n`);
}
