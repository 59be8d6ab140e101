// In Bun. From a project that has the package (bun add crypt32-filter):
//   bun run bun.ts app.ndjson > kept.ndjson
import { Filter } from "crypt32-filter";

const filter = new Filter({ action: "drop" });
const out = Bun.stdout.writer();
for await (const chunk of Bun.file(Bun.argv[2]).stream()) out.write(filter.push(chunk));
out.write(filter.finish());
await out.end();
console.error(`${filter.ledger().dropped} dropped`);
