// Filters a compressed log in an object store into another object, without a temporary file. It
// works with presigned S3 addresses and with any other HTTP server.
//   node s3-stream.mjs GET-ADDRESS PUT-ADDRESS
import { argv } from "node:process";
import { Crypt32FilterStream } from "crypt32-filter";

const [, , from, to] = argv;
const filter = new Crypt32FilterStream({ action: "drop" });
const source = await fetch(from);
if (!source.ok) throw new Error(`${from}: ${source.status}`);
const body = source.body
  .pipeThrough(new DecompressionStream("gzip"))
  .pipeThrough(filter)
  .pipeThrough(new CompressionStream("gzip"));
const put = await fetch(to, { method: "PUT", body, duplex: "half" });
if (!put.ok) throw new Error(`${to}: ${put.status}`);
console.log(`${filter.ledger().dropped} of ${filter.ledger().records} records dropped`);
