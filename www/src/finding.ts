// Finds the place in a file where the module stops. Runs in a separate worker, which is then
// discarded.
import { Triage } from "#wasm/crypt32_page.js";
import { chunks, LINE_END, OPEN, SHOWS } from "./chunks.ts";
import type { Ask, Place } from "./protocol.ts";
import { Reading, Stopped } from "./reading.ts";
import { Store } from "./store.ts";

/** How far around a place, in bytes, the line's ends are searched. */
const AROUND = 2 << 20;

/**
 * Reads only this file, line by line from a given place. Returns nothing if the module does not
 * stop.
 */
export async function find(ask: Extract<Ask, { ask: "find" }>): Promise<Place | null> {
  const { file, order, care, from } = ask;
  const [triage, store] = [new Triage("{}", order), new Store([file], [])];
  const reading = new Reading([{ file, broken: "" }], triage, store, [care], undefined, from);
  try {
    await reading.run(() => {});
    return null;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    const place = { at: error.at, to: null, line: null, object: false, why: String(error.why) };
    return line(file, place, reading.states[0]?.container ?? "");
  }
}

/** The line at a place, if the file has lines. At the end of the file, this is the last line. */
async function line(file: File, place: Place, container: string): Promise<Place> {
  const { at } = place;
  const first = Math.max(0, at - AROUND);
  const around = new Uint8Array(await file.slice(first, at + AROUND).arrayBuffer());
  // If the module could not identify the kind of the file, zero bytes mean that it is binary.
  if (container === "" ? around.includes(0) : container !== "plain") return place;
  const behind = at === file.size ? 2 : 1;
  const start = at > behind ? around.lastIndexOf(LINE_END, at - first - behind) + 1 : 0;
  const end = around.indexOf(LINE_END, at === 0 ? SHOWS : start);
  return {
    ...place,
    at: first + start,
    to: first + (end < 0 ? around.length : end),
    line: 1 + (await lineEnds(file.slice(0, first + start))),
    object: around[start] === OPEN,
  };
}

async function lineEnds(text: Blob): Promise<number> {
  let count = 0;
  for await (const chunk of chunks(text)) {
    for (let at = -1; ; count++) {
      at = chunk.indexOf(LINE_END, at + 1);
      if (at < 0) break;
    }
  }
  return count;
}
