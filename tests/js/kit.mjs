// The input of the suite.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sampleLog } from "../../scripts/sample-log.mjs";

const fixture = (path) => readFileSync(join(import.meta.dirname, "../fixtures", path));

const samples = fixture("records.jsonl").toString().trim().split("\n").map(JSON.parse);

/** The event in the format of Event Viewer's copy button, with an ambiguous date. */
const block = [
  "Event Type:\tError",
  "Event Source:\tcrypt32",
  "Event Category:\tNone",
  "Event ID:\t8",
  "Date:\t\t3/4/2010",
  "Time:\t\t11:27:57",
  "User:\t\tN/A",
  "Computer:\tSERVER1",
  "Description:",
  JSON.parse(samples.find(({ id }) => id === "winlogbeat5").payload).message,
].join("\r\n");

// A plain view instead of a Buffer, as in a browser.
const bytes = (buffer) => new Uint8Array(buffer);

/** @see runSuite */
export const kit = {
  log: bytes(Buffer.from(`${sampleLog(1).join("\n")}\nno line end`)),
  samples,
  block,
  files: {
    "clean.evt": bytes(fixture("evt/crypt32_event8_clean.evt")),
    "application.evtx": bytes(fixture("evtx/omerbenamram-Application_no_crc32.evtx")),
  },
};

/** The same as text, for a browser. */
export function kitText() {
  const base64 = (bytes) => Buffer.from(bytes).toString("base64");
  const files = Object.entries(kit.files).map(([name, bytes]) => [name, base64(bytes)]);
  return JSON.stringify({ ...kit, log: base64(kit.log), files: Object.fromEntries(files) });
}
