// Crypt32FilterStream: the filter as a stream of the web platform.
import { assert } from "./assert.mjs";
import { collect, concat, decode, encode, equalBytes, numbers, streamOf } from "./bytes.mjs";

export default function define({ library, kit, test }) {
  const { Crypt32FilterStream, Filter } = library;
  const { log } = kit;

  /** What the filter itself makes of the log. */
  function expected(options) {
    const filter = new Filter(options);
    const bytes = concat([filter.push(log), filter.finish()]);
    const ledger = filter.ledger();
    filter.free();
    return { bytes, ledger };
  }

  for (const action of ["tag", "drop", "observe"]) {
    test(`${action}: the same bytes and the same ledger as the filter`, async () => {
      const next = numbers(5);
      const stream = new Crypt32FilterStream({ action });
      assert.ok(stream instanceof TransformStream);
      const bytes = await collect(streamOf(log, () => next(100_000)).pipeThrough(stream));
      const { bytes: whole, ledger } = expected({ action });
      assert.ok(equalBytes(bytes, whole), "other bytes");
      assert.deepEqual(stream.ledger(), ledger);
    });
  }

  test("the body of a response goes through it", async () => {
    const filter = new Crypt32FilterStream({ action: "drop" });
    const { body } = new Response(log);
    const text = await new Response(body.pipeThrough(filter)).text();
    assert.equal(text, decode(expected({ action: "drop" }).bytes));
  });

  test("the ledger can be asked before, amid and after", async () => {
    const stream = new Crypt32FilterStream();
    assert.equal(stream.ledger().records, 0);
    const writer = stream.writable.getWriter();
    const reader = stream.readable.getReader();
    const first = reader.read();
    await writer.write(encode("a line\nhalf"));
    assert.equal(decode((await first).value), "a line\n");
    assert.equal(stream.ledger().records, 1);
    const rest = reader.read();
    await writer.close();
    assert.equal(decode((await rest).value), "half");
    assert.equal((await reader.read()).done, true);
    assert.equal(stream.ledger().records, 2);
  });

  test("what is not bytes ends the stream with a coded error", async () => {
    const stream = new Crypt32FilterStream();
    const writer = stream.writable.getWriter();
    const read = stream.readable.getReader().read();
    writer.closed.catch(() => {});
    const expected = { name: "TypeError", code: "ERR_CRYPT32_ARGUMENT" };
    await Promise.all([
      assert.rejects(writer.write("text"), expected),
      assert.rejects(read, expected),
    ]);
  });

  test("cancelled and aborted half-way: the ledger stays, and nothing is left to reject", async () => {
    for (const end of ["cancel", "abort"]) {
      const stream = new Crypt32FilterStream();
      const writer = stream.writable.getWriter();
      writer.closed.catch(() => {});
      const reader = stream.readable.getReader();
      reader.closed.catch(() => {});
      const read = reader.read();
      await writer.write(log.slice(0, 50_000));
      await read;
      const { records } = stream.ledger();
      assert.ok(records > 0);
      await (end === "cancel" ? reader.cancel() : writer.abort());
      assert.equal(stream.ledger().records, records);
    }
  });

  test("a reader that stops to read stops the writer", async () => {
    const stream = new Crypt32FilterStream({ action: "observe" });
    let pulled = 0;
    const source = new ReadableStream(
      {
        pull(controller) {
          pulled++;
          controller.enqueue(encode("a line\n"));
        },
      },
      { highWaterMark: 0 },
    );
    const reader = source.pipeThrough(stream).getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(pulled < 8, String(pulled));
    await reader.cancel();
  });
}
