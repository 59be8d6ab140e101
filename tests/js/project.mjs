// A project with the package installed in the form that npm publishes.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { mainPackage, ownTarget, platformPackage } from "../../scripts/native-packages.mjs";

export const root = join(import.meta.dirname, "../..");
export const pkg = join(root, "pkg");
export const tools = join(root, "www/node_modules");

const npm = (args, cwd) =>
  execFileSync("npm", [...args, "--no-audit", "--no-fund", "--no-update-notifier"], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });

/** Packs the package into `dir` like npm, and returns the file names and the archive. */
export function pack(dir) {
  const listed = JSON.parse(npm(["pack", "--json", "--pack-destination", dir], pkg));
  const [{ filename, files }] = Array.isArray(listed) ? listed : Object.values(listed);
  return { archive: join(dir, filename), files };
}

/** The native command, as npm starts it, if a release has a package for this platform. */
export function launcher() {
  const dir = mkdtempSync(join(tmpdir(), "crypt32-launcher-"));
  const modules = join(dir, "node_modules");
  const target = ownTarget();
  const native = join(root, "target/release/crypt32-filter");
  const platforms = target ? [platformPackage(target, native, pkg, modules)] : [];
  mainPackage(pkg, platforms, modules);
  return {
    command: [process.execPath, join(modules, "crypt32-filter/bin.js")],
    modules,
    platforms,
    remove: () => rmSync(dir, { recursive: true }),
  };
}

/** Creates a folder with the package installed, and with `others` of the tools. */
export function project(...others) {
  // Node resolves links, so the test compares real paths.
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "crypt32-project-")));
  const { archive, files } = pack(dir);
  writeFileSync(join(dir, "package.json"), '{"private":true,"type":"module"}');
  npm(["install", "--offline", "--ignore-scripts", archive], dir);
  for (const name of others) symlinkSync(join(tools, name), join(dir, "node_modules", name));
  return {
    dir,
    files,
    archive,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Creates such a project with the suite and the scripts that run it. */
export function suiteProject() {
  const installed = project();
  const copy = (name, to) => cpSync(join(import.meta.dirname, name), to, { recursive: true });
  copy("entries", installed.dir);
  copy("suite", join(installed.dir, "suite"));
  return installed;
}

/** Runs a script of a project with the kit, and returns the result of the suite. */
export function suiteResult(dir, script) {
  const out = execFileSync(process.execPath, [script], {
    cwd: dir,
    env: { ...process.env, KIT: pathToFileURL(join(import.meta.dirname, "kit.mjs")).href },
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return JSON.parse(out.trim().split("\n").at(-1));
}
