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
  createFilterStream,
  type EventVerdict,
  explain,
  Filter,
  type FilterOptions,
  type FilterStream,
  type FilterStreamOptions,
  init,
  type Ledger,
  type Report,
  report,
  type Verdict,
  version,
} from "crypt32-filter";
import type { Filter as NodeFilter } from "crypt32-filter/node";
import step from "crypt32-filter/pino";

const options: FilterOptions = {
  action: "drop",
  accept: ["listed", "sibling"] as const,
  keep_every: 10,
  require_system: true,
  logs: ["Anwendung"],
  localised: [{ template: "%1 %2", errors: { Zeit: 1460 } }],
  key: "kb",
  tags: false,
  max_record: 1024,
};

const verdict: Verdict = classify(Buffer.from("{}"), { logs: ["x"] });
const outcome: "benign" | "review" | "unrelated" = verdict.verdict;
const basis: Basis | null = verdict.basis;
const reasons: Condition[] = verdict.reasons;
const events: EventVerdict[] | undefined = verdict.events;
const text: string = explain({ EventID: 8 });
const action: Action = "observe";
const v: string = version;
await init();

using filter = new Filter(options);
const sameType: NodeFilter = filter;
const bytes: Uint8Array = filter.push(Buffer.from(text));
const pieces: Uint8Array[] = filter.pieces(bytes);
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

const all: Report = await report(createReadStream("log"), { date_order: "day-first" });
const seconds: number | null | undefined = all.computers[0]?.interval.seconds;
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
// @ts-expect-error: a number as text
new Filter({ max_record: "1024" });
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
createFilterStream({ date_order: "day-first" });
// @ts-expect-error: an order that does not exist
report("x", { date_order: "year-first" });
// @ts-expect-error: a number is not a log
report(5);
// @ts-expect-error: a verdict is not text
const wrong: string = classify("{}");
// @ts-expect-error: some computers are missing in the ledger
ledger.computers.SERVER1.dropped;
// @ts-expect-error: pino's options are those of the filter
step({ destination: 1 });

export {
  asPino,
  basis,
  dropped,
  events,
  outcome,
  pieces,
  reasons,
  rest,
  sameType,
  seconds,
  tally,
  through,
  transform,
  v,
  wrong,
};
