// native-packages.mjs BINARIES OUT: creates the packages of a release in OUT: one for each platform
// with its command, BINARIES/TARGET/crypt32-filter, and pkg with these as optional dependencies.
// npm installs only those that fit the computer, and bin.ts looks for the command there. Prints each
// target with the name of its package.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";

const root = join(import.meta.dirname, "..");

/** The targets of a release, with Node's names for the platform. The first binaries are static. */
export const TARGETS = {
  "x86_64-unknown-linux-musl": { os: "linux", cpu: "x64" },
  "aarch64-unknown-linux-musl": { os: "linux", cpu: "arm64" },
  "x86_64-apple-darwin": { os: "darwin", cpu: "x64" },
  "aarch64-apple-darwin": { os: "darwin", cpu: "arm64" },
  "x86_64-pc-windows-msvc": { os: "win32", cpu: "x64" },
};

/** The target for this computer; undefined if a release has none. */
export const ownTarget = () =>
  Object.keys(TARGETS).find(
    (target) => TARGETS[target].os === process.platform && TARGETS[target].cpu === process.arch,
  );

/** The name of the command's file. */
export const fileOf = (target) =>
  TARGETS[target].os === "win32" ? "crypt32-filter.exe" : "crypt32-filter";

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

function writeManifest(folder, manifest) {
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Creates the package of a platform in a folder named like it, and returns this name. */
export function platformPackage(target, binary, pkg, out) {
  const { os, cpu } = TARGETS[target];
  const file = fileOf(target);
  const { name: main, version, license, repository } = manifestOf(pkg);
  const name = `${main}-${os}-${cpu}`;
  const folder = join(out, name);
  mkdirSync(folder, { recursive: true });
  copyFileSync(binary, join(folder, file));
  // Artifacts of a workflow lose the permission.
  chmodSync(join(folder, file), 0o755);
  for (const file of ["LICENSE-MIT", "LICENSE-APACHE"])
    copyFileSync(join(pkg, file), join(folder, file));
  const description = `The native command of ${main} for ${os} on ${cpu}`;
  writeFileSync(join(folder, "README.md"), `# ${name}\n\n${description}. Install \`${main}\`.\n`);
  writeManifest(folder, {
    name,
    version,
    description,
    license,
    repository,
    os: [os],
    cpu: [cpu],
    // Yarn keeps other packages in archives, where nothing can be started.
    preferUnplugged: true,
    native: { file, bytes: statSync(binary).size },
  });
  return name;
}

/** Creates a copy of the package that depends on those of the platforms. */
export function mainPackage(pkg, platforms, out) {
  const manifest = manifestOf(pkg);
  const folder = join(out, manifest.name);
  cpSync(pkg, folder, { recursive: true });
  const pairs = platforms.map((name) => [name, manifest.version]);
  writeManifest(folder, { ...manifest, optionalDependencies: Object.fromEntries(pairs) });
}

if (process.argv[1] === import.meta.filename) {
  const [binaries, out] = process.argv.slice(2);
  const pkg = join(root, "pkg");
  const platforms = readdirSync(binaries).map((target) => {
    const name = platformPackage(target, join(binaries, target, fileOf(target)), pkg, out);
    process.stdout.write(`${target} ${name}\n`);
    return name;
  });
  mainPackage(pkg, platforms, out);
}
