// Uses the filter without streams, in a program that has its own chunks: two calls for each chunk.
//   node chunks.mjs < app.ndjson > kept.ndjson
import { stderr, stdin, stdout } from "node:process";
import { Filter } from "crypt32-filter";

const filter = new Filter({ action: "drop", keepEvery: 100 });
try {
  for await (const chunk of stdin) stdout.write(filter.push(chunk));
  stdout.write(filter.finish());
  stderr.write(`${filter.ledger().dropped} dropped\n`);
} finally {
  filter.free();
}
