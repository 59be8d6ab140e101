// `make run`: streams a log through the WASM module and shows what happened to it.
//
//   node scripts/run.mjs [--log FILE] [--action tag|drop|observe] [--out FILE]
import { closeSync, createReadStream, openSync, statSync, writeSync } from "node:fs";
import { join, relative } from "node:path";
import process, { cwd, exit, stderr, stdout } from "node:process";
import { parseArgs } from "node:util";
import { writeSampleLog } from "./sample-log.mjs";
import {
  bold,
  cyan,
  dim,
  green,
  heading,
  middle,
  minute,
  number,
  plural,
  print,
  red,
  size,
  table,
  visible,
  width,
  wrap,
  yellow,
} from "./terminal.mjs";

/** How many records to review are kept for the list, and how many of them are shown. */
const KEEP = 200;
const SHOW = 12;
const BLOCK = 256 * 1024;

const root = join(import.meta.dirname, "..");
const here = (path) => relative(cwd(), path) || ".";

/** Whole lines of a file, in blocks: { bytes, line } with the number of the first line. */
async function* blocks(path) {
  let held = Buffer.alloc(0);
  let line = 1;
  for await (const chunk of createReadStream(path, { highWaterMark: BLOCK })) {
    const bytes = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
    // A line that never ends must not fill the memory: the filter takes it in parts.
    const end = bytes.length > 64 * BLOCK ? bytes.length : bytes.lastIndexOf(10) + 1;
    held = bytes.subarray(end);
    if (end === 0) continue;
    const block = bytes.subarray(0, end);
    yield { bytes: block, line };
    for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) line++;
  }
  if (held.length > 0) yield { bytes: held, line };
}

/** The lines of a block, each with its number, as text. */
function* lines({ bytes, line }) {
  let number = line;
  for (let at = 0; at < bytes.length; number++) {
    const end = bytes.indexOf(10, at) < 0 ? bytes.length : bytes.indexOf(10, at);
    yield { number, bytes: bytes.subarray(at, end) };
    at = end + 1;
  }
}

/**
 * The empty lines of a block. The filter counts lines, also empty ones; the page and `report` count
 * what can be an event, so whoever compares them wants to know.
 */
function emptyLines(bytes) {
  let count = 0;
  for (let from = 0, at = bytes.indexOf(10); at >= 0; from = at + 1, at = bytes.indexOf(10, from))
    if (at === from || (at === from + 1 && bytes[from] === 13)) count++;
  return count;
}

/** Filters the file; gives the ledger, times, and the records worth showing. */
async function stream(library, path, options, out) {
  const filter = new library.Filter(options);
  const seen = { errors: new Map(), examples: new Map(), review: [], empty: 0 };
  let busy = 0;
  let last = { benign: 0, review: 0, errors: 0 };
  const timed = (work) => {
    const start = performance.now();
    const result = work();
    busy += performance.now() - start;
    return result;
  };
  for await (const block of blocks(path)) {
    for (const piece of timed(() => filter.pieces(block.bytes))) write(out, piece);
    seen.empty += emptyLines(block.bytes);
    const ledger = filter.ledger();
    const now = { benign: ledger.benign, review: ledger.review, errors: codes(ledger).length };
    const news =
      (now.review > last.review && seen.review.length < KEEP) ||
      (now.benign > last.benign && !seen.examples.has("benign")) ||
      now.errors > last.errors;
    if (news) look(library, block, seen);
    last = now;
    if (stderr.isTTY) stderr.write(`\r${plural(ledger.records, "record")} `);
  }
  write(
    out,
    timed(() => filter.finish()),
  );
  if (stderr.isTTY) stderr.write("\r\x1b[K");
  return { ledger: filter.ledger(), left: filter.unjudged(), busy, seen };
}

/** Classifies the records of a block, and keeps what the report shows. */
function look(library, block, seen) {
  for (const { number, bytes } of lines(block)) {
    const verdict = library.classify(bytes);
    const found = { number, bytes, verdict };
    if (
      !seen.examples.has(verdict.verdict) &&
      (verdict.verdict !== "unrelated" || verdict.related)
    ) {
      seen.examples.set(verdict.verdict, found);
    }
    if (verdict.verdict === "review" && seen.review.length < KEEP) seen.review.push(found);
    if (verdict.hresult !== null) {
      const text = verdict.evidence.find(({ code }) => code === "error")?.seen;
      const code = String(verdict.error ?? verdict.hresult);
      const basis = verdict.basis ?? seen.errors.get(code)?.basis ?? "review";
      seen.errors.set(code, { basis, text });
    }
  }
}

/** The name of the event of the same family that it is, such as `crypt32 7`. */
const related = ({ related: event }) => event && `${event.source} ${event.id}`;

const codes = (ledger) => [
  ...new Set(Object.values(ledger.computers).flatMap(({ errors }) => Object.keys(errors))),
];

function write(out, bytes) {
  for (let at = 0; out !== null && at < bytes.length; ) at += writeSync(out, bytes, at);
}

function showTotals(ledger, options, busy, empty) {
  const rate = ledger.bytes_in / 1e6 / (busy / 1000);
  print(
    `  ${bold(number(ledger.records))} ${ledger.records === 1 ? "record" : "records"}, ${size(ledger.bytes_in)}, in ${bold(`${busy.toFixed(1)} ms`)}` +
      ` of WebAssembly (${number(Math.round(rate))} MB/s)`,
    "",
  );
  const done = { tag: "tagged", drop: "dropped, where accepted", observe: "counted" };
  const rows = [
    ["benign", ledger.benign, green, done[options.action]],
    [
      "review",
      ledger.review,
      yellow,
      options.action === "observe" ? "counted" : "tagged with the reasons",
    ],
    [
      "unrelated",
      ledger.unrelated,
      dim,
      empty > 0
        ? `untouched; ${plural(empty, "is an empty line", "are empty lines")}`
        : "untouched",
    ],
    ["oversized", ledger.oversized, red, "passed unread"],
  ];
  const bar = width - 62;
  for (const [word, count, paint, what] of rows) {
    if (count === 0 && word === "oversized") continue;
    const share = ledger.records > 0 ? count / ledger.records : 0;
    const blocks = count > 0 ? Math.max(1, Math.round(share * bar)) : 0;
    print(
      `  ${word.padEnd(9)} ${number(count).padStart(9)} ${`${(share * 100).toFixed(1)} %`.padStart(7)}  ` +
        `${paint("█".repeat(blocks))} ${dim(what)}`,
    );
  }
}

/**
 * What the filter could not judge by its lines, and what `report` makes of it, which reads packed and
 * binary logs and records that span lines.
 */
async function showLeft(library, path, { count, lines, input }) {
  if (input) print("", `  It is ${input}: a filter takes lines of text, and passes it as it is.`);
  if (count > 0) {
    const more = count > lines.length ? ", ..." : "";
    print(
      "",
      `  ${yellow(plural(count, "line mentions", "lines mention"))} the event and could not be judged alone:` +
        ` line ${lines.join(", ")}${more}.`,
    );
  }
  const { totals, computers, notes } = await library.report(createReadStream(path));
  const { benign, review, unjudged = 0 } = totals;
  print(
    `  ${cyan("report")} finds in the whole file: ${green(`${number(benign)} benign`)},` +
      ` ${yellow(`${number(review)} to review`)}, ${number(unjudged)} unjudged.`,
  );
  for (const row of computers.filter((row) => row.benign + row.review > 0).slice(0, SHOW)) {
    print(`    ${bold(visible(row.name))}  ${row.benign} benign, ${row.review} to review`);
  }
  for (const note of notes) print(`    ${dim(visible(note))}`);
}

/** One record before and after, with what was inserted in colour. */
function showExample(library, options, { number: line, bytes, verdict }) {
  const why = verdict.basis ?? (verdict.reasons.join(", ") || related(verdict));
  const paint = { benign: green, review: yellow, unrelated: dim }[verdict.verdict];
  const title = [`line ${number(line)}`, verdict.computer, verdict.shape]
    .filter(Boolean)
    .join(" · ");
  print(`  ${title}: ${paint(`${verdict.verdict}${why ? ` (${why})` : ""}`)}`);
  const columns = width - 12;
  print(`    ${dim("before")}  ${middle(visible(bytes.toString()), columns)}`);

  // With its line end the record is decided at once, so that what passes comes back as slices.
  const input = Buffer.concat([bytes, Buffer.from("\n")]);
  const filter = new library.Filter(options);
  const pieces = [...filter.pieces(input), filter.finish()].filter(({ length }) => length > 0);
  const { tagged, dropped } = filter.ledger();
  filter.free();
  if (tagged === 0) {
    const what = dropped > 0 ? red("dropped, and entered in the ledger") : dim("the same bytes");
    print(`    ${dim("after ")}  ${what}`, "");
    return;
  }
  let text = "";
  const inserted = [];
  pieces.forEach((piece, i) => {
    const fresh = piece.buffer !== input.buffer;
    const part = visible(Buffer.from(piece).toString().trimEnd());
    const shown = fresh ? part : i === 0 ? `… ${part.slice(-40)}` : middle(part, 40);
    for (let at = 0; at < shown.length; at++) inserted.push(fresh);
    text += shown;
  });
  let at = 0;
  for (const part of wrap(text, columns)) {
    const runs = [...part].reduce((runs, character) => {
      const fresh = inserted[at++];
      if (runs.at(-1)?.fresh === fresh) runs.at(-1).text += character;
      else runs.push({ fresh, text: character });
      return runs;
    }, []);
    const painted = runs.map((run) => (run.fresh ? paint(run.text) : run.text)).join("");
    print(`    ${dim(at === part.length ? "after " : "      ")}  ${painted}`);
  }
  print("");
}

/** The ledger by computer and error. */
function showLedger(ledger, errors, options) {
  const computers = Object.entries(ledger.computers)
    .map(([name, entry]) => ({ name, ...entry, all: entry.benign + entry.review }))
    .sort((a, b) => b.all - a.all || (a.name < b.name ? -1 : 1));
  if (computers.length === 0) return;
  heading("The ledger: records by computer and error");
  // From the strongest basis to the weakest, and by number within one.
  const rank = (code) => ["listed", "sibling", "cause"].indexOf(errors.get(code)?.basis) >>> 0;
  const columns = codes(ledger).sort((a, b) => rank(a) - rank(b) || Number(a) - Number(b));
  const drop = options.action === "drop";
  const cell = (count) => (count ? number(count) : "·");
  const sum = (get) => cell(computers.reduce((total, entry) => total + (get(entry) ?? 0), 0));
  const shown = computers.slice(0, 30);
  // The year goes into the head of the columns where it is the same everywhere.
  const years = new Set(
    computers.flatMap(({ first, last }) => [first, last].map((t) => t?.slice(0, 4))),
  );
  const year = years.size === 1 ? [...years][0] : undefined;
  const when = (time) => minute(time).slice(year ? 5 : 0);
  table(
    [
      "computer",
      ...columns,
      "benign",
      ...(drop ? ["dropped"] : []),
      "review",
      ...["first", "last"].map((word) => (year ? `${word} ${year}` : word)),
    ],
    shown.map((entry) => [
      middle(visible(entry.name), 24),
      ...columns.map((code) => cell(entry.errors[code])),
      cell(entry.benign),
      ...(drop ? [cell(entry.dropped)] : []),
      cell(entry.review),
      when(entry.first),
      when(entry.last),
    ]),
    [
      plural(computers.length, "computer"),
      ...columns.map((code) => sum(({ errors }) => errors[code])),
      sum(({ benign }) => benign),
      ...(drop ? [sum(({ dropped }) => dropped)] : []),
      sum(({ review }) => review),
      "",
      "",
    ],
  );
  if (shown.length < computers.length) {
    print(dim(`  and ${plural(computers.length - shown.length, "more computer")}`));
  }
  print("");
  for (const code of columns) {
    const { basis, text } = errors.get(code) ?? {};
    const kept = drop && basis === "cause" ? yellow(" (kept: not in accept)") : "";
    if (text)
      print(`  ${code.padStart(5)}  ${basis.padEnd(7)}  ${dim(visible(text.trim()))}${kept}`);
  }
  print(
    "",
    `  ${dim("bytes")}  ${number(ledger.bytes_in)} in - ${number(ledger.bytes_dropped)} dropped` +
      ` + ${number(ledger.bytes_inserted)} inserted = ${number(ledger.bytes_out)} out`,
  );
}

/** The records that a person should look at: which condition failed, and on what. */
function showReview({ review }, total) {
  if (total === 0) return;
  heading("To review: the same source and id, but the article does not excuse them");
  for (const { number: line, verdict } of review.slice(0, SHOW)) {
    const when = minute(verdict.time);
    print(
      `  ${yellow(`line ${number(line)}`)}  ${bold(visible(verdict.computer ?? "-"))}  ${dim(when)}`,
    );
    for (const { code, seen } of verdict.evidence.filter(({ state }) => state === "failed")) {
      print(
        `      ${code.padEnd(9)}  ${seen ? middle(visible(seen), width - 19) : dim("not said")}`,
      );
    }
  }
  if (total > SHOW) print(dim(`  and ${number(total - Math.min(SHOW, review.length))} more`));
}

function showNext(path, own, options, out, { review }, unsure) {
  heading("What to try next");
  const rows = [];
  if (own && options.action !== "drop")
    rows.push([`make run LOG=${path} ACTION=drop`, "drop instead"]);
  if (!own && options.action !== "drop") {
    rows.push(["make run ACTION=drop", "drop the accepted benign records"]);
  }
  if (!own) rows.push(["make run LOG=/path/to/my.log", "your own log; the file stays as it is"]);
  const example = review[0];
  if (example) {
    rows.push([
      `sed -n ${example.number}p ${path} | node pkg/bin.js explain`,
      "one record, condition by condition",
    ]);
  }
  if (unsure) rows.push([`node pkg/bin.js report ${path}`, "all that can be read in it"]);
  if (out) rows.push([`diff ${path} ${out} | less`, "every change, nothing else"]);
  else rows.push([`node pkg/bin.js filter --action drop ${path} > kept.log`, "the command itself"]);
  const widest = Math.max(...rows.map(([command]) => command.length));
  for (const [command, what] of rows) print(`  ${cyan(command.padEnd(widest))}   ${dim(what)}`);
  print("");
}

async function main() {
  const { values } = parseArgs({
    options: { log: { type: "string" }, action: { type: "string" }, out: { type: "string" } },
  });
  const options = { action: values.action ?? "tag" };
  const own = values.log !== undefined;
  const path = own ? values.log : here(join(root, "target/run/sample.ndjson"));
  if (!own) writeSampleLog(path);
  if (statSync(path).isDirectory()) throw new Error(`${path} is a directory, not a log`);

  const start = performance.now();
  const library = await import("../pkg/node.js");
  const ready = performance.now() - start;
  new library.Filter(options).free();

  const wasm = statSync(join(root, "pkg/crypt32_filter_bg.wasm")).size;
  print(
    "",
    `${bold(`crypt32-filter ${library.version}`)}  ${dim("·")}  ${path}  ${dim("·")}  action ${bold(options.action)}`,
    dim(
      `WASM module of ${size(wasm)}, ready in ${ready.toFixed(1)} ms, in Node ${process.version}`,
    ),
    "",
  );
  const target =
    values.out ?? (own ? undefined : here(join(root, `target/run/${options.action}.ndjson`)));
  const out = target === undefined ? null : openSync(target, "w");
  const { ledger, left, busy, seen } = await stream(library, path, options, out);
  if (out !== null) closeSync(out);

  showTotals(ledger, options, busy, seen.empty);
  const unsure = left.count > 0 || left.input !== null;
  if (ledger.benign + ledger.review === 0 && !unsure) {
    print("", "  No Crypt32 event 8 in it: every byte passes as it came.");
  }
  if (unsure) await showLeft(library, path, left);
  const examples = ["benign", "review", "unrelated"].filter((word) => seen.examples.has(word));
  if (examples.length > 0) heading("Before and after");
  for (const word of examples) showExample(library, options, seen.examples.get(word));
  showLedger(ledger, seen.errors, options);
  showReview(seen, ledger.review);
  showNext(path, own, options, target, seen, unsure);
}

// `make run | head` closes the pipe: that is no error.
stdout.on("error", (error) => exit(error.code === "EPIPE" ? 0 : 2));

main().catch((error) => {
  stderr.write(`make run: ${error.message}\n`);
  process.exitCode = 2;
});
