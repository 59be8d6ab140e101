/**
 * Inputs that hold several logs, as in `crates/cli/src/native/inputs.rs`: folders and ZIP archives.
 *
 * @module
 */
import { type Dirent, readdirSync, readSync, statSync } from "node:fs";
import { sep } from "node:path";
import { visible, Zip } from "./crypt32_full.js";
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

/** The files in a ZIP archive. */
export class ZipFiles {
  readonly names: readonly string[];
  readonly #zip: Zip;

  /** @throws Ended if the archive cannot be read */
  constructor(archive: Uint8Array, name: string) {
    this.#zip = said(name, () => new Zip(archive));
    this.names = this.#zip.names();
    if (this.names.length === 0) throw ended(`cannot read ${name}: no file is in this zip archive`);
  }

  /**
   * Unpacks a file, up to its end or to a fault.
   *
   * @throws Ended if nothing of the file can be read
   */
  read(place: number, name: string): Uint8Array {
    return said(name, () => this.#zip.read(place));
  }

  /** The bytes of the last file in chunks, and then its fault as an error. */
  async *chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    if (this.#zip.fault !== undefined) throw new Error(this.#zip.fault);
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
