// Each line of standard input is a JSON string that holds a record; each line of the output is the
// record as JSON.parse sees it.
import { readFileSync } from "node:fs";

const lines = readFileSync(0, "utf8").trimEnd().split("\n");
for (const line of lines)
  console.log(JSON.stringify([JSON.stringify(JSON.parse(JSON.parse(line)))]));
