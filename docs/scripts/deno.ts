// In Deno. From a project that has the package (deno add npm:crypt32-filter):
//   deno run --allow-read deno.ts app.ndjson > kept.ndjson
import { Crypt32FilterStream } from "crypt32-filter";

const file = await Deno.open(Deno.args[0]);
const filter = new Crypt32FilterStream({ action: "drop" });
await file.readable.pipeThrough(filter).pipeTo(Deno.stdout.writable);
console.error(`${filter.ledger().dropped} dropped`);
