// Follows a growing log file and prints the records that need review. Stop it with Ctrl+C.
//   node tail-file.mjs app.ndjson
import { createReadStream, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { argv } from "node:process";
import { classify } from "crypt32-filter";

const [, , file] = argv;
let at = 0;
let rest = "";

async function readOn() {
  const { size } = await stat(file);
  // A rotated log begins again.
  if (size < at) [at, rest] = [0, ""];
  if (size === at) return;
  const chunks = createReadStream(file, { start: at, end: size - 1, encoding: "utf8" });
  at = size;
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const { verdict, computer, reasons } = classify(line);
      if (verdict === "review") console.log(`${computer}: ${reasons.join(", ")}`);
    }
  }
}

// Reads one after another, however fast the file grows.
let reading = readOn();
watch(file, () => {
  reading = reading.then(readOn);
});
