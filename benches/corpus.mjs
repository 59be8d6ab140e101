// The logs of the benchmark. They are generated once, always with the same bytes, for all
// contestants.
//
//   node benches/corpus.mjs NAME MEGABYTES   generates one and prints its path
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { argv, pid } from "node:process";
import { fileURLToPath } from "node:url";
import { Dice, near, other, ours, placed, script } from "./events.mjs";
import { cef, escaped, eventXml, JSON_SHAPES, snare, tiny } from "./shapes.mjs";

const FOLDER = fileURLToPath(new URL("../target/bench/corpus/", import.meta.url));

/** A text in which every other character must be escaped. */
function awkward(d) {
  let text = "";
  while (text.length < 420) {
    text += d.of([
      `"C:\\Programme\\Größe & Maß\\${d.hex(4)}.exe"\t`,
      `<Data Name="Übergabe">«${d.hex(6)}»</Data>\r\n`,
      `\\\\srv\\freigabe$\\Büro\\Prüfbericht “${d.hex(3)}”\r\n\t`,
    ]);
  }
  return text;
}

const short = (d) => ({
  source: d.of(["EventLog", "Print", "W32Time", "Dhcp", "Tcpip"]),
  id: d.under(7000) + 9,
  message: d.of(["Service started.", "Time was adjusted.", "Lease renewed.", "Printer is ready."]),
});

const long = (d) => ({
  ...other(d),
  source: "Microsoft-Windows-PowerShell",
  id: 4104,
  message: script(d, 56_000 + d.under(8000)),
});

/** Each log: description, share of event 8, share of near misses, other records, shapes. */
export const CORPORA = {
  sparse: { about: "1 % Crypt32 8, about 750 B a record", share: 0.01 },
  realistic: { about: "0.01 % Crypt32 8, 0.1 % near misses", share: 0.0001, near: 0.001 },
  dense: { about: "all Crypt32 8", share: 1 },
  escapes: {
    about: "1 %, texts full of JSON escapes",
    share: 0.01,
    rest: (d) => ({ ...other(d), message: awkward(d) }),
    shapes: escaped,
  },
  tiny: { about: "1 %, the others about 100 B", share: 0.01, rest: short, shapes: [tiny] },
  huge: { about: "1 %, the others about 64 KB", share: 0.01, rest: long },
  xml: { about: "1 %, an <Event> a line", share: 0.01, shapes: [eventXml], text: true },
  syslog: { about: "1 %, Snare over syslog", share: 0.01, shapes: [snare], text: true },
  cef: { about: "1 %, ArcSight CEF", share: 0.01, shapes: [cef], text: true },
};

/** An endless sequence of the log's lines. */
export function* lines({ share, near: misses = 0, rest = other, shapes = JSON_SHAPES }, seed = 8) {
  const d = new Dice(seed);
  for (let number = 0; ; number++) {
    const chance = d.next();
    const event = chance < share ? ours(d) : chance < share + misses ? near(d) : rest(d);
    yield d.of(shapes)(placed(event, d, number));
  }
}

/** The path of a log with at least that many bytes, which is generated if it does not exist. */
export function corpus(name, bytes, settings = CORPORA[name]) {
  const tools = ["sample-kit.mjs", "sample-shapes.mjs"].map((file) => `../scripts/${file}`);
  const sources = ["corpus.mjs", "events.mjs", "shapes.mjs", ...tools];
  const hash = createHash("sha256");
  for (const file of sources) hash.update(readFileSync(new URL(file, import.meta.url)));
  const path = `${FOLDER}${name}-${bytes / 1e6}MB-${hash.digest("hex").slice(0, 8)}.log`;
  if (existsSync(path)) return path;
  mkdirSync(FOLDER, { recursive: true });
  const temporary = `${path}.${pid}`;
  const file = openSync(temporary, "w");
  let written = 0;
  let block = [];
  for (const line of lines(settings)) {
    block.push(line);
    if (block.length % 1000 !== 0 && line.length < 10_000) continue;
    written += writeSync(file, `${block.join("\n")}\n`);
    block = [];
    if (written >= bytes) break;
  }
  closeSync(file);
  renameSync(temporary, path);
  return path;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [, , name, megabytes] = argv;
  console.log(corpus(name, Number(megabytes) * 1e6));
}
