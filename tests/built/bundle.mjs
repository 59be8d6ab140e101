// Bundles the suite like an application, with each bundler's default configuration.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { tools } from "../js/project.mjs";

const HTML = (script) => `<!doctype html><meta charset="utf-8"><title>suite</title>
<script type="module" src="${script}"></script>
`;

function execute(command, args, cwd) {
  execFileSync(join(tools, ".bin", command), args, { cwd, stdio: "pipe" });
}

/** Each bundler writes its output to `dir` and returns the name of the main script. */
export const BUNDLERS = {
  vite(project, dir) {
    writeFileSync(join(project, "index.html"), HTML("./bundled.mjs"));
    execute("vite", ["build", "--outDir", dir, "--base", "./", "--logLevel", "warn"], project);
    const main = readdirSync(join(dir, "assets")).find((name) => /^index-.*\.js$/.test(name));
    return join("assets", main);
  },
  async webpack(project, dir) {
    const { default: webpack } = await import(join(tools, "webpack/lib/index.js"));
    const entry = { context: project, entry: "./bundled.mjs", mode: "production" };
    const stats = await promisify(webpack)({ ...entry, output: { path: dir } });
    // The only expected warnings are about the size of the modules.
    const { errors } = stats.toJson({ all: false, errors: true });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return "main.js";
  },
  esbuild(project, dir) {
    const flags = ["--bundle", "--format=esm", `--outfile=${join(dir, "main.js")}`];
    execute("esbuild", ["bundled.mjs", "--log-level=warning", ...flags], project);
    return "main.js";
  },
};

/** Bundles `bundled.mjs` of the project into `dir`, and returns the main script. */
export async function bundle(name, project, dir) {
  mkdirSync(dir, { recursive: true });
  const main = await BUNDLERS[name](project, dir);
  writeFileSync(join(dir, "suite.html"), HTML(`./${main}`));
  return join(dir, main);
}
