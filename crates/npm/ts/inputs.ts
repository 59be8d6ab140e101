/**
 * Inputs that hold several logs, as in `crates/cli/src/native/inputs.rs`: folders and ZIP archives.
 *
 * @module
 */
import { type Dirent, fstatSync, readdirSync, readSync, statSync } from "node:fs";
import { sep } from "node:path";
import { visible, Zip, type ZippedFile } from "./crypt32_full.js";
import type { Path } from "./ledger-file.js";
import { type Ended, ended, reason } from "./output.js";

/**
 * The files below a folder, sorted by their paths; `undefined` if the path is no folder. Links to
 * folders are not followed. Pipes and devices are skipped. Adds what cannot be read to `errors`.
 */
export function filesBelow(folder: Path, errors: Ended[]): Buffer[] | undefined {
  if (!is(folder, "isDirectory")) return undefined;
  const files: Buffer[] = [];
  const before = errors.length;
  const folders = [Buffer.from(folder)];
  for (let path = folders.pop(); path; path = folders.pop()) {
    let entries: Dirent<Buffer>[];
    try {
      entries = readdirSync(path, { encoding: "buffer", withFileTypes: true });
    } catch (error) {
      errors.push(ended(`cannot read ${visible(path.toString())}: ${reason(error)}`));
      continue;
    }
    const within = path.toString("latin1").endsWith(sep) ? path : Buffer.concat([path, SEPARATOR]);
    for (const entry of entries) {
      const below = Buffer.concat([within, entry.name]);
      if (entry.isDirectory()) folders.push(below);
      else if (is(below, "isFile")) files.push(below);
    }
  }
  if (files.length === 0 && errors.length === before) {
    errors.push(ended(`cannot read ${visible(folder.toString())}: no file is in this folder`));
  }
  return files.sort(Buffer.compare);
}

const SEPARATOR = Buffer.from(sep);

/** Whether a path leads to a folder or to a file. */
function is(path: Path, kind: "isDirectory" | "isFile"): boolean {
  try {
    return statSync(path)[kind]();
  } catch {
    return false;
  }
}

/** Whether an open file begins like a ZIP archive. */
export function isArchive(file: number): boolean {
  const head = Buffer.alloc(4);
  const length = readSync(file, head, 0, 4, 0);
  return Zip.begins(head.subarray(0, length));
}

/** The files in a ZIP archive. They are unpacked while they are read. */
export class ZipFiles {
  readonly names: readonly string[];
  readonly #zip: Zip;

  /**
   * @param file the open archive
   * @throws Ended if the archive cannot be read
   */
  constructor(file: number, name: string) {
    const read = (at: number, length: number) => {
      const bytes = Buffer.allocUnsafe(length);
      try {
        return bytes.subarray(0, readSync(file, bytes, 0, length, at));
      } catch (error) {
        throw reason(error);
      }
    };
    this.#zip = said(name, () => new Zip({ size: fstatSync(file).size, read }));
    this.names = this.#zip.names();
  }

  /**
   * Opens a file, and returns its bytes in chunks.
   *
   * @throws Ended if nothing of the file can be read
   */
  open(place: number, name: string): Generator<Uint8Array, void> {
    return chunks(said(name, () => this.#zip.open(place)));
  }
}

function* chunks(file: ZippedFile): Generator<Uint8Array, void> {
  try {
    for (let bytes = file.chunk(); bytes.length > 0; bytes = file.chunk()) yield bytes;
  } catch (why) {
    throw typeof why === "string" ? new Error(why) : why;
  } finally {
    file.free();
  }
}

/** Runs a function of the module, which throws texts. */
function said<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (why) {
    if (typeof why !== "string") throw why;
    throw ended(`cannot read ${name}: ${why}`);
  }
}
