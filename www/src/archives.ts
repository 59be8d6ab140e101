// Replaces ZIP archives by the files in them, as the command does. Runs in the worker.
import { Zip } from "#wasm/crypt32_page.js";
import { Parts, Turns } from "./chunks.ts";
import { MOST } from "./dropped.ts";
import type { Input } from "./protocol.ts";

/** Only workers have it, so the types of pages lack it. */
declare const FileReaderSync: new () => { readAsArrayBuffer(part: Blob): ArrayBuffer };

/** The number of bytes that identify an archive. */
const HEAD = 4;

/**
 * Unpacks the archives among the inputs. `after` gets the name of the current file and the number of
 * its bytes so far, and returns whether to stop.
 */
export async function unpacked(
  inputs: Input[],
  after: (name: string, size: number) => boolean,
): Promise<Input[]> {
  const out: Input[] = [];
  for (const input of inputs) {
    // A file in an archive is read as it is.
    const { file, broken } = input;
    if (broken === undefined && (await isArchive(file))) out.push(...(await filesIn(file, after)));
    else out.push(input);
  }
  return out;
}

async function isArchive(file: File): Promise<boolean> {
  try {
    return Zip.begins(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
  } catch {
    // The reader says what is wrong with the file.
    return false;
  }
}

async function filesIn(
  file: File,
  after: (name: string, size: number) => boolean,
): Promise<Input[]> {
  let zip: Zip;
  try {
    zip = new Zip(source(file));
  } catch (why) {
    return [unread(file.name, why)];
  }
  const out: Input[] = [];
  try {
    const names = zip.names();
    for (const [place, name] of names.slice(0, MOST).entries())
      out.push(await unpack(zip, place, `${file.name}/${name}`, after));
    const more = names.length - MOST;
    if (more > 0) out.push(unread(file.name, `${more} of its files are too many for this page`));
  } finally {
    zip.free();
  }
  return out;
}

/** Reads the archive at the places that the module asks for. */
function source(file: File) {
  const reader = new FileReaderSync();
  return {
    size: file.size,
    read(at: number, length: number): Uint8Array {
      try {
        return new Uint8Array(reader.readAsArrayBuffer(file.slice(at, at + length)));
      } catch {
        throw "the archive was changed, moved or removed while it was read";
      }
    },
  };
}

/** A file of the archive, up to the place where it cannot be unpacked. */
async function unpack(
  zip: Zip,
  place: number,
  name: string,
  after: (name: string, size: number) => boolean,
): Promise<Input> {
  const parts = new Parts();
  const turns = new Turns();
  let size = 0;
  const result = (broken: string) => ({ file: new File([parts.whole()], name), broken });
  try {
    const packed = zip.open(place);
    try {
      for (;;) {
        if (after(name, size)) return result(`stopped at byte ${size}, as you asked`);
        const chunk = packed.chunk() as Uint8Array<ArrayBuffer>;
        if (chunk.length === 0) return result("");
        parts.add(chunk);
        size += chunk.length;
        await turns.pause();
      }
    } finally {
      packed.free();
    }
  } catch (why) {
    return size > 0 ? result(`stopped at byte ${size}: ${texted(why)}`) : unread(name, why);
  }
}

const unread = (name: string, why: unknown): Input => ({
  file: new File([], name),
  broken: `not read: ${texted(why)}`,
});

/** The module throws texts. Everything else is a fault of the module. */
function texted(why: unknown): string {
  if (typeof why !== "string") throw why;
  return why;
}
