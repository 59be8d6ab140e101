// Reports on a log in any format (.evtx, .evt, JSON, text; compressed or not), and exits with 1 if
// a record needs review or contradicts the article.
//   node report-log.mjs Application.evtx
import process, { argv } from "node:process";
import { reportFile } from "crypt32-filter";

const { totals, computers, notes } = await reportFile(argv[2]);
console.log(`${totals.benign} benign, ${totals.review} to review, of ${totals.records} records`);
for (const { name, benign, interval, neighbours } of computers) {
  console.log(`${name}: ${benign} times, ${interval.words}`);
  for (const { contradicts, event, words } of neighbours) {
    if (!contradicts) continue;
    console.log(`  ${event}: ${words}`);
    process.exitCode = 1;
  }
}
for (const note of notes) console.error(`note: ${note}`);
if (totals.review > 0) process.exitCode = 1;
