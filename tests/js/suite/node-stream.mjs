// Tests createFilterStream, the filter as a Node stream.
import { getEventListeners, once } from "node:events";
import { PassThrough, Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import { assert } from "./assert.mjs";
import { concat, decode, encode, equalBytes, numbers } from "./bytes.mjs";
import { BEGINNINGS } from "./filter.mjs";

export default function define({ library, kit, test }) {
  const { createFilterStream, Filter } = library;
  const { log } = kit;
  const record = JSON.parse(kit.samples.find(({ id }) => id === "winlogbeat5").payload);

  function expected(options) {
    const filter = new Filter(options);
    const bytes = concat([filter.push(log), filter.finish()]);
    return { bytes, ledger: filter.ledger() };
  }

  function* cut(bytes, most) {
    const next = numbers(most);
    for (let at = 0; at < bytes.length; ) {
      const chunk = bytes.slice(at, at + 1 + next(most));
      at += chunk.length;
      yield chunk;
    }
  }

  const gather = async (stream) => concat(await stream.toArray());

  for (const action of ["tag", "drop", "observe"]) {
    test(`${action}: pipeline gives the bytes and the ledger of the filter`, async () => {
      const stream = createFilterStream({ action });
      const out = [];
      await pipeline(cut(log, 90_000), stream, async (source) => {
        for await (const chunk of source) out.push(chunk);
      });
      const { bytes, ledger } = expected({ action });
      assert.ok(equalBytes(concat(out), bytes), "other bytes");
      assert.deepEqual(stream.ledger(), ledger);
      assert.equal(stream.destroyed, true);
    });
  }

  test("input that is not text passes unchanged", async () => {
    for (const [name, head] of Object.entries(BEGINNINGS)) {
      const input = concat([Uint8Array.from(head), encode("\n"), log.subarray(0, 20_000)]);
      for (const most of [1, 700, 30_000]) {
        const stream = createFilterStream({ action: "drop" });
        const bytes = await gather(Readable.from(cut(input, most)).pipe(stream));
        assert.ok(equalBytes(bytes, input), `${name}, ${most}`);
      }
    }
  });

  test("for await, pipe, and strings in", async () => {
    const { bytes } = expected({ action: "drop" });
    const text = [decode(log.subarray(0, 9999)), decode(log.subarray(9999))];
    const piped = Readable.from(text, { objectMode: false }).pipe(
      createFilterStream({ action: "drop" }),
    );
    assert.ok(equalBytes(await gather(piped), bytes));
    const stream = createFilterStream();
    stream.write("ab", "latin1");
    stream.end("6364", "hex");
    assert.equal(decode(await gather(stream)), "abcd");
  });

  test("a slow reader slows the writer, also inside a large chunk", async () => {
    const stream = createFilterStream({ highWaterMark: 1000 });
    const copies = Math.ceil((24 << 20) / log.length);
    const large = concat(Array.from({ length: copies }, () => log));
    let written = false;
    stream.write(large, () => {
      written = true;
    });
    await setTimeout(5);
    assert.equal(written, false);
    assert.ok(stream.readableLength < 4 << 20, String(stream.readableLength));
    stream.end();
    let length = 0;
    for await (const chunk of stream) length += chunk.length;
    assert.equal(length, stream.ledger().bytes_out);
    assert.equal(stream.ledger().bytes_in, large.length);
  });

  test("an AbortSignal ends it", async () => {
    const abort = new AbortController();
    const stream = createFilterStream({ signal: abort.signal });
    stream.write(log.slice(0, 10_000));
    const failed = once(stream, "error");
    abort.abort();
    const [error] = await failed;
    assert.equal(error.name, "AbortError");
    assert.equal(error.code, "ABORT_ERR");
    assert.equal(stream.destroyed, true);
    assert.ok(stream.ledger().bytes_in > 0);
    const early = createFilterStream({ signal: AbortSignal.abort() });
    const [too] = await once(early, "error");
    assert.equal(too.name, "AbortError");
  });

  test("destroyed half-way: freed, with its ledger, and no rejection is left", async () => {
    const rejections = [];
    const note = (reason) => rejections.push(reason);
    process.on("unhandledRejection", note);
    const stream = createFilterStream({ highWaterMark: 10 });
    stream.write(log.slice(0, 100_000), () => {});
    stream.destroy();
    await once(stream, "close");
    assert.ok(stream.ledger().records > 0);
    const error = new Error("downstream");
    const failing = createFilterStream();
    const sink = new Writable({ write: (_chunk, _encoding, done) => done(error) });
    await assert.rejects(pipeline(cut(log, 9000), failing, sink), { message: /downstream/ });
    assert.equal(failing.destroyed, true);
    for await (const _ of Readable.from(cut(log, 9000)).pipe(createFilterStream())) break;
    await setTimeout(10);
    process.off("unhandledRejection", note);
    assert.deepEqual(rejections, []);
  });

  test("flush: the last line without an end comes out at the end", async () => {
    const stream = createFilterStream({ action: "tag" });
    const out = gather(stream);
    stream.write(JSON.stringify(record).slice(0, 100));
    stream.end(JSON.stringify(record).slice(100));
    assert.equal(JSON.parse(decode(await out)).kb.basis, "listed");
  });

  test("objects in, objects out", async () => {
    const other = { SourceName: "MsiInstaller", EventID: 1033, at: new Date(0) };
    const stream = createFilterStream({ objectMode: true, key: "why" });
    const frozen = Object.freeze({ ...record, extra: other, tags: ["mine"] });
    const out = await Readable.from([other, frozen]).pipe(stream).toArray();
    assert.equal(out.length, 2);
    assert.ok(out[0] === other, "what passes is the object that came");
    const { why, tags, ...rest } = out[1];
    assert.equal(why.id, "KB2253680");
    assert.deepEqual(tags, ["mine", "benign", "KB2253680"]);
    assert.ok(rest.extra === other, "a shallow copy");
    assert.deepEqual({ ...rest, tags: ["mine"] }, { ...frozen });
    const { records, benign, tagged } = stream.ledger();
    assert.deepEqual([records, benign, tagged], [2, 1, 1]);

    const drop = createFilterStream({ objectMode: true, action: "drop" });
    assert.deepEqual(await Readable.from([record, other, record]).pipe(drop).toArray(), [other]);
    assert.equal(drop.ledger().dropped, 2);
  });

  test("an object that is not JSON passes; another value ends the stream", async () => {
    const circular = { SourceName: "crypt32" };
    circular.self = circular;
    const big = { EventID: 8n };
    const stream = createFilterStream({ objectMode: true, action: "drop" });
    const out = await Readable.from([circular, big]).pipe(stream).toArray();
    assert.ok(out[0] === circular && out[1] === big);
    assert.equal(stream.ledger().records, 2);
    for (const wrong of ["text", 5, encode("bytes"), [record]]) {
      const failing = createFilterStream({ objectMode: true });
      const failed = once(failing, "error");
      failing.write(wrong);
      const [error] = await failed;
      assert.equal(error.code, "ERR_CRYPT32_ARGUMENT");
      assert.ok(error instanceof TypeError);
    }
  });

  test("values other than bytes and text are refused", async () => {
    const stream = createFilterStream();
    assert.throws(() => stream.write(5), { name: "TypeError", code: /ERR_/ });
    stream.destroy();
    // A stream of objects may be piped here, where nothing could catch an exception.
    for (const wrong of [{}, [1]]) {
      const stream = createFilterStream();
      assert.equal(stream.write(wrong), false);
      const [error] = await once(stream, "error");
      assert.equal(error.code, "ERR_CRYPT32_ARGUMENT");
      assert.ok(stream.destroyed);
    }
  });

  test("wrong options are named", () => {
    const option = { name: "TypeError", code: "ERR_CRYPT32_OPTION" };
    for (const [options, message] of [
      [{ objectMode: "yes" }, /"objectMode" takes true or false/],
      [{ signal: {} }, /"signal" takes an AbortSignal/],
      [{ signal: null }, /"signal" takes an AbortSignal/],
      [{ highWaterMark: -1 }, /"highWaterMark" takes a whole number from 0/],
      [{ action: "delete" }, /"action" takes tag, drop, observe/],
      [{ acton: "drop" }, /unknown option "acton"; .*maxRecord, objectMode, signal, highWaterMark/],
      [null, /"options" takes an object/],
      [[], /"options" takes an object/],
      ["drop", /"options" takes an object/],
    ]) {
      assert.throws(() => createFilterStream(options), { ...option, message });
    }
  });

  test("it keeps no listeners on a signal, and waits for nothing", async () => {
    const { signal } = new AbortController();
    for (let i = 0; i < 20; i++) {
      const stream = createFilterStream({ signal });
      stream.end("x\n");
      await gather(stream);
    }
    assert.equal(getEventListeners(signal, "abort").length, 0);
    const through = new PassThrough();
    through.end(log);
    assert.ok((await gather(through.pipe(createFilterStream()))).length > log.length);
  });
}
