// A strict program for Node that uses everything, and marks the lines that must not compile.
import { createReadStream } from "node:fs";
import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  type Action,
  type Basis,
  type Condition,
  Crypt32ArgumentError,
  Crypt32FilterStream,
  Crypt32ModuleError,
  Crypt32OptionError,
  Crypt32StateError,
  classify,
  classifyFile,
  createFilterStream,
  type EventVerdict,
  explain,
  type FileVerdict,
  Filter,
  type FilterFileResult,
  type FilterOptions,
  type FilterStream,
  type FilterStreamOptions,
  filterFile,
  init,
  type Ledger,
  type Progress,
  type Report,
  report,
  reportFile,
  type Verdict,
  version,
} from "crypt32-filter";
import type { Filter as NodeFilter } from "crypt32-filter/node";
import step from "crypt32-filter/pino";

const options: FilterOptions = {
  action: "drop",
  accept: ["listed", "sibling"] as const,
  keepEvery: 10,
  requireSystem: true,
  logs: ["Anwendung"],
  localised: [{ template: "%1 %2", errors: { Zeit: 1460 } }],
  key: "kb",
  tags: false,
  maxRecord: 1024,
};

const verdict: Verdict = classify(Buffer.from("{}"), { logs: ["x"] });
const outcome: "benign" | "review" | "unrelated" = verdict.verdict;
const basis: Basis | null = verdict.basis;
const reasons: Condition[] = verdict.reasons;
const events: EventVerdict[] | undefined = verdict.events;
let listed: "listed" | "sibling" | "cause";
let first: Condition;
switch (verdict.verdict) {
  case "benign":
    // The union knows that a benign record has a basis.
    listed = verdict.basis;
    break;
  case "review":
    first = verdict.reasons[0];
    verdict.basis satisfies null;
    break;
  default:
    verdict.verdict satisfies "unrelated";
}
for (const event of events ?? []) if (event.verdict === "benign") listed = event.basis;
const aboutUrl: boolean = verdict.reasons.includes("url");
const text: string = explain({ EventID: 8 });
const action: Action = "observe";
const v: string = version;
await init();

using filter = new Filter(options);
const sameType: NodeFilter = filter;
const bytes: Uint8Array = filter.push(Buffer.from(text));
const pieces: Uint8Array[] = filter.pieces(bytes);
const room: Uint8Array = filter.reserve(1024);
const slices: Uint8Array[] = filter.commit(room.length);
const rest: Uint8Array = filter.finish();
const ledger: Ledger = filter.ledger();
const dropped: number | undefined = ledger.computers.SERVER1?.dropped;

const streamOptions: FilterStreamOptions = {
  ...options,
  objectMode: true,
  signal: AbortSignal.timeout(1000),
  highWaterMark: 16,
};
const stream: FilterStream = createFilterStream(streamOptions);
const transform: Transform = stream;
await pipeline(createReadStream("log"), createFilterStream(), process.stdout);
const tally: number = stream.ledger().records;
const asPino: FilterStream = step({ action });

const { body } = await fetch("http://localhost/");
const through: ReadableStream<Uint8Array> | undefined = body?.pipeThrough(
  new Crypt32FilterStream({ action: "tag" }),
);

const all: Report = await report(createReadStream("log"), { dateOrder: "day-first" });
const seconds: number | null | undefined = all.computers[0]?.interval.seconds;
const onProgress = ({ bytes, size }: Progress) => void (bytes / (size ?? 1));
const signal = AbortSignal.timeout(1000);
const done: FilterFileResult = await filterFile("in", new URL("file:///out"), {
  ...options,
  signal,
  onProgress,
});
const missed: number = done.unjudged.count + done.ledger.bytes_in;
const whole: Report = await reportFile("log", { format: "csv", signal, onProgress });
const lines: (number | undefined)[] = whole.reviews.map(({ line }) => line);
const verdicts = classifyFile(Buffer.from("log"), { only: ["review"], dateOrder: "day-first" });
for await (const found of verdicts) {
  const place: number = found.line ?? found.offset;
  const each: FileVerdict = found;
  if (each.verdict === "review") first = each.reasons[0];
  void place;
}
const notes: readonly string[] = verdicts.complete ? [] : verdicts.notes;
await report([{ EventID: 8 }, "text\n", bytes], { format: "json" });

const error: unknown = undefined;
if (error instanceof Crypt32OptionError) {
  const code: "ERR_CRYPT32_OPTION" = error.code;
  void code;
}
if (error instanceof Crypt32ArgumentError) void (error satisfies TypeError);
if (error instanceof Crypt32StateError) void (error satisfies Error);
if (error instanceof Crypt32ModuleError) void (error.code satisfies "ERR_CRYPT32_MODULE");

// @ts-expect-error: an action that does not exist
new Filter({ action: "delete" });
// @ts-expect-error: an option that does not exist
new Filter({ acton: "drop" });
// @ts-expect-error: a basis that does not exist
new Filter({ accept: ["all"] });
// @ts-expect-error: a list as text
new Filter({ accept: "listed" });
// @ts-expect-error: an option as the command line spells it
new Filter({ keep_every: 5 });
// @ts-expect-error: an option of the report does not influence the filter
filterFile("a", "b", { format: "csv" });
// @ts-expect-error: the output is missing
filterFile("a");
// @ts-expect-error: an outcome that does not exist
classifyFile("a", { only: ["bad"] });
// @ts-expect-error: only a benign record has a basis for sure
listed = verdict.basis;
// @ts-expect-error: a number as text
new Filter({ maxRecord: "1024" });
// @ts-expect-error: text is not a chunk
filter.push("text");
// @ts-expect-error: a number is not a record
classify(5);
// @ts-expect-error: the record is missing
explain();
// @ts-expect-error: an option of the filter does not influence a verdict
classify("{}", { action: "drop" });
// @ts-expect-error: text is not a boolean
createFilterStream({ objectMode: "yes" });
// @ts-expect-error: an option of the report is not an option of the stream
createFilterStream({ dateOrder: "day-first" });
// @ts-expect-error: an order that does not exist
report("x", { dateOrder: "year-first" });
// @ts-expect-error: a number is not a log
report(5);
// @ts-expect-error: a verdict is not text
const wrong: string = classify("{}");
// @ts-expect-error: some computers are missing in the ledger
ledger.computers.SERVER1.dropped;
// @ts-expect-error: pino's options are those of the filter
step({ destination: 1 });

export {
  aboutUrl,
  asPino,
  basis,
  dropped,
  events,
  first,
  lines,
  listed,
  missed,
  notes,
  outcome,
  pieces,
  reasons,
  rest,
  sameType,
  seconds,
  slices,
  tally,
  through,
  transform,
  v,
  wrong,
};
