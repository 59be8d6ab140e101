// Each input line is a JSON string that contains a record. Each output line is the record as parsed
// by JSON.parse.
import { readFileSync } from "node:fs";

const lines = readFileSync(0, "utf8").trimEnd().split("\n");
for (const line of lines)
  console.log(JSON.stringify([JSON.stringify(JSON.parse(JSON.parse(line)))]));
