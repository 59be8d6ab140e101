// Explains each record that needs review, for example for a mail to the computer's administrator.
//   node explain-reviews.mjs < app.ndjson
import { stdin } from "node:process";
import { createInterface } from "node:readline";
import { classify, explain } from "crypt32-filter";

for await (const line of createInterface({ input: stdin })) {
  if (classify(line).verdict === "review") console.log(explain(line));
}
