// Tests Crypt32FilterStream, the filter as a web stream.
import { assert } from "./assert.mjs";
import { collect, concat, decode, encode, equalBytes, numbers, streamOf } from "./bytes.mjs";

export default function define({ library, kit, test }) {
  const { Crypt32FilterStream, Filter } = library;
  const { log } = kit;

  /** The filter's own output for the log. */
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

  test("it filters the body of a response", async () => {
    const filter = new Crypt32FilterStream({ action: "drop" });
    const { body } = new Response(log);
    const text = await new Response(body.pipeThrough(filter)).text();
    assert.equal(text, decode(expected({ action: "drop" }).bytes));
  });

  test("the ledger is available before, during and after", async () => {
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

  test("a chunk that is not bytes ends the stream with a coded error", async () => {
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

  test("cancelled and aborted half-way: the ledger stays, and no rejection is left", async () => {
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

  /** Runs a function, and returns the unhandled rejections. */
  async function unhandled(run) {
    const out = [];
    const note = (event) => out.push(String((event?.reason ?? event)?.stack ?? event));
    const here = globalThis.process?.on;
    if (here) process.on("unhandledRejection", note);
    else addEventListener("unhandledrejection", note);
    try {
      await run();
      await new Promise((resolve) => setTimeout(resolve, 1));
    } finally {
      if (here) process.off("unhandledRejection", note);
      else removeEventListener("unhandledrejection", note);
    }
    return out;
  }

  const later = () => new Promise((resolve) => setTimeout(resolve));
  const quiet = (promise) => promise.catch(() => {});
  const MOMENTS = ["before a write", "during a write", "after a write", "during the end"];
  const ENDS = {
    "the reader cancels": ({ reader }) => reader.cancel(new Error("mine")),
    "the writer aborts": ({ writer }) => writer.abort(new Error("mine")),
    "both end it": ({ reader, writer }) => Promise.all([reader.cancel(), quiet(writer.abort())]),
    "it is given no bytes": ({ writer }) => writer.write("text"),
    "it is given what is gone": ({ writer }) => {
      const chunk = new Uint8Array(3);
      structuredClone(chunk.buffer, { transfer: [chunk.buffer] });
      return writer.write(chunk);
    },
  };
  for (const [what, end] of Object.entries(ENDS)) {
    for (const moment of MOMENTS) {
      test(`${what}, ${moment}: no rejection is left, and the next stream works as before`, async () => {
        for (const chunk of [
          log.slice(0, 9999),
          new Uint8Array(3 << 20).fill(10),
          encode("half"),
        ]) {
          const left = await unhandled(async () => {
            const stream = new Crypt32FilterStream({ action: "drop" });
            const writer = stream.writable.getWriter();
            const reader = stream.readable.getReader();
            quiet(writer.closed);
            quiet(reader.closed);
            const now = () => quiet((async () => end({ reader, writer }))());
            let ended;
            if (moment === "before a write") ended = now();
            const written = quiet(writer.write(chunk));
            if (moment === "during a write") ended = now();
            const read = quiet(reader.read());
            await later();
            if (moment === "after a write") ended = now();
            const closed = quiet(writer.close());
            if (moment === "during the end") ended = now();
            // Nobody reads this stream, so its content does not matter.
            quiet(reader.cancel());
            await Promise.all([ended, written, read, closed]);
            stream.ledger();
          });
          assert.deepEqual(left, []);
        }
        const whole = new Crypt32FilterStream({ action: "drop" });
        const bytes = await collect(streamOf(log).pipeThrough(whole));
        assert.ok(equalBytes(bytes, expected({ action: "drop" }).bytes));
      });
    }
  }

  test("a source, a sink and a signal that fail in the middle", async () => {
    for (const fails of ["source", "sink", "signal"]) {
      const left = await unhandled(async () => {
        const stream = new Crypt32FilterStream();
        const abort = new AbortController();
        let pulled = 0;
        const source = new ReadableStream({
          pull(controller) {
            pulled++;
            if (fails === "source" && pulled === 3) throw new Error("mine");
            if (fails === "signal" && pulled === 3) abort.abort(new Error("mine"));
            controller.enqueue(log.slice(0, 5000));
          },
        });
        const sink = new WritableStream({
          write() {
            if (fails === "sink" && pulled > 2) throw new Error("mine");
          },
        });
        const { signal } = abort;
        const piped = source.pipeThrough(stream).pipeTo(sink, { signal });
        await assert.rejects(piped, { message: /mine/ });
        assert.ok(stream.ledger().records > 0);
      });
      assert.deepEqual(left, []);
    }
  });

  test("an error releases the memory at once", async () => {
    if (!kit.memory) return;
    const line = new Uint8Array((1 << 20) - 1).fill(65);
    const before = kit.memory.buffer.byteLength;
    for (let i = 0; i < 100; i++) {
      const stream = new Crypt32FilterStream();
      const writer = stream.writable.getWriter();
      quiet(writer.closed);
      const read = quiet(stream.readable.getReader().read());
      await writer.write(line);
      await quiet(writer.write("text"));
      await read;
    }
    assert.ok(kit.memory.buffer.byteLength - before < 8 << 20);
  });

  test("a reader that stops also stops the writer", async () => {
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
