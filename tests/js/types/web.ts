// A strict program for browsers, as a user of a bundler writes it. Node's types are not available.
import {
  Crypt32FilterStream,
  Crypt32StateError,
  classify,
  Filter,
  init,
  type Ledger,
  report,
} from "crypt32-filter/web";

await init();
await init(fetch("/crypt32_filter.wasm"));
await init(new URL("/crypt32_filter.wasm", location.href));
await init(new Uint8Array(4));

const { body } = await fetch("/app.ndjson");
const filter = new Crypt32FilterStream({ action: "drop" });
const kept: ReadableStream<Uint8Array> | undefined = body?.pipeThrough(filter);
const ledger: Ledger = filter.ledger();
const file = new File([], "log");
const { totals } = await report(file.stream());
const benign: boolean = classify({ EventID: 8 }).verdict === "benign";
{
  using scoped = new Filter();
  scoped.push(new Uint8Array(await file.arrayBuffer()));
}
try {
  new Filter();
} catch (error) {
  if (error instanceof Crypt32StateError) await init();
}

// @ts-expect-error: an action that does not exist
new Crypt32FilterStream({ action: "delete" });
// @ts-expect-error: an option of Node's streams
new Crypt32FilterStream({ objectMode: true });
// @ts-expect-error: text is not a chunk
new Filter().push("text");
// @ts-expect-error: only Node has it
import("crypt32-filter/web").then(({ createFilterStream }) => createFilterStream);

export { benign, kept, ledger, totals };
