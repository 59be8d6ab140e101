// Returns uploaded logs filtered, as a stream: nothing is held in memory.
//   node express-upload.mjs 8080
//   curl --data-binary @app.ndjson http://localhost:8080/filter
import { argv } from "node:process";
import { pipeline } from "node:stream/promises";
import { createFilterStream, report } from "crypt32-filter";
import express from "express";

const app = express();

app.post("/filter", async (request, response) => {
  const filter = createFilterStream({ action: request.query.action });
  response.type("application/x-ndjson");
  await pipeline(request, filter, response);
});

app.post("/report", async (request, response) => {
  response.json(await report(request));
});

// A wrong option is the client's mistake, and the message says which values are allowed.
app.use((error, _request, response, next) => {
  if (error.code === "ERR_CRYPT32_OPTION") response.status(400).send(error.message);
  else next(error);
});

const server = app.listen(Number(argv[2] ?? 8080), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/filter`);
});
