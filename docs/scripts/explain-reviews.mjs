// Explains each record that is to review, as a mail to whoever looks after the computer would.
//   node explain-reviews.mjs < app.ndjson
import { stdin } from "node:process";
import { createInterface } from "node:readline";
import { classify, explain } from "crypt32-filter";

for await (const line of createInterface({ input: stdin })) {
  if (classify(line).verdict === "review") console.log(explain(line));
}
