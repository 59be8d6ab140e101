// `make page`: serves the built page on this computer only, and prints its address.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".gz": "application/gzip",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** The requested path, or `undefined` if the address is invalid, such as `/%`. */
function asked(address) {
  try {
    return normalize(decodeURIComponent(new URL(address, "http://x").pathname));
  } catch {
    return undefined;
  }
}

/** A server for one folder on 127.0.0.1. */
export function serve(folder, port = 0) {
  const server = createServer((request, response) => {
    const path = asked(request.url);
    if (path === undefined) {
      response.writeHead(400).end();
      return;
    }
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    // If the file cannot be read after all, only this response ends.
    createReadStream(file)
      .on("error", () => response.destroy())
      .pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(import.meta.dirname, "../dist/page");
  const port = Number(process.env.PORT ?? 8253);
  const server = await serve(folder, port).catch(() => serve(folder));
  const address = `http://127.0.0.1:${server.address().port}/`;
  process.stdout.write(`The triage page: ${address}\nThe guide: ${address}guide/\n`);
  process.stdout.write("One file, to open from disk: dist/crypt32-triage.html\nCtrl+C ends it.\n");
}
