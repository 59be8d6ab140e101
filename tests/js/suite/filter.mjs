// Tests the stream filter in WASM: the same bytes for all chunk sizes, and a ledger that adds up.
import { assert } from "./assert.mjs";
import { collect, concat, decode, encode, equalBytes, numbers, streamOf } from "./bytes.mjs";

/** First bytes of inputs that are not text. */
export const BEGINNINGS = {
  gzip: [0x1f, 0x8b, 8, 0],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  zip: [0x50, 0x4b, 3, 4],
  "UTF-16": [0xff, 0xfe, 10, 0],
  "UTF-16 without a mark": [..."Event Type\r\n".repeat(60)].flatMap((c) => [c.charCodeAt(0), 0]),
  "an .evt": [0x30, 0, 0, 0, 0x4c, 0x66, 0x4c, 0x65],
  tar: [...new Uint8Array(257), 0x75, 0x73, 0x74, 0x61, 0x72],
};

export default function define({ library, kit, test }) {
  const { Crypt32FilterStream, Filter } = library;
  const { log } = kit;

  /** Sends the input through a filter, in chunks of the lengths that `next` returns. */
  function through(input, options, next = () => input.length, method = "push") {
    const filter = new Filter(options);
    const out = [];
    for (let at = 0; at < input.length; ) {
      // A separate chunk, as in a stream, which is overwritten before the next one.
      const chunk = input.slice(at, at + Math.max(1, next()));
      at += chunk.length;
      const got = filter[method](chunk);
      out.push(...(method === "push" ? [got] : got.map((piece) => piece.slice())));
      if (method === "push") chunk.fill(0);
    }
    out.push(filter.finish());
    const ledger = filter.ledger();
    filter.free();
    return { bytes: concat(out), ledger };
  }

  function assertAddsUp(ledger, input, output) {
    const { records, unrelated, benign, review, oversized } = ledger;
    assert.equal(records, unrelated + benign + review + oversized);
    assert.equal(ledger.bytes_in, input.length);
    assert.equal(ledger.bytes_out, output.length);
    assert.equal(ledger.bytes_out, ledger.bytes_in - ledger.bytes_dropped + ledger.bytes_inserted);
    assert.ok(ledger.dropped <= benign);
    const rows = Object.values(ledger.computers);
    const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
    for (const key of ["benign", "review", "dropped"]) assert.equal(sum(key), ledger[key], key);
  }

  test("unjudged lines that mention the event are named, for all chunk sizes", () => {
    const input = encode(
      `{}\nsee crypt32 event 8\n{"a":"${"x".repeat(5000)} crypt32 8"}\n{"EventID":8,"SourceName":"crypt32`,
    );
    for (const size of [1, 7, 900, input.length]) {
      const filter = new Filter({ maxRecord: 4000 });
      for (let at = 0; at < input.length; at += size) {
        filter.push(input.slice(at, at + size));
        assert.equal(filter.ledger().unjudged, filter.unjudged().count);
      }
      filter.finish();
      assert.equal(filter.ledger().unjudged, 3);
      const note = "3 records mention the event and could not be judged (lines 2, 3, 4)";
      assert.deepEqual(filter.unjudged(), { count: 3, lines: [2, 3, 4], note, input: null });
      filter.free();
    }
    for (const [name, head] of Object.entries(BEGINNINGS)) {
      const filter = new Filter();
      filter.push(Uint8Array.from([...head, ...encode("\nsee crypt32 event 8\n")]));
      filter.finish();
      const { count, input } = filter.unjudged();
      assert.equal(count, 0, name);
      assert.ok(typeof input === "string" && input.length > 2, name);
      filter.free();
    }
  });

  test("only records of the chosen computers are dropped", () => {
    const { ledger } = through(log, { action: "drop", onlyComputers: ["[^-]*", "till-\\d+"] });
    assert.ok(ledger.dropped > 0);
    for (const [name, { benign, dropped }] of Object.entries(ledger.computers)) {
      const chosen = /^([^-]*|till-\d+)$/i.test(name);
      assert.ok(chosen ? dropped > 0 || benign === 0 : dropped === 0, name);
    }
    const names = Object.keys(ledger.computers);
    assert.ok(names.some((name) => name.includes("-")) && names.some((name) => !/-/.test(name)));
  });

  for (const action of ["tag", "drop", "observe"]) {
    test(`${action}: the same for all chunk sizes`, () => {
      const whole = through(log, { action });
      assertAddsUp(whole.ledger, log, whole.bytes);
      for (const [name, most] of [
        ["small", 40],
        ["middling", 3000],
        ["large", 400_000],
      ]) {
        const next = numbers(most);
        for (const method of ["push", "pieces"]) {
          const cut = through(log, { action }, () => next(most), method);
          assert.ok(equalBytes(cut.bytes, whole.bytes), `${name}, ${method}`);
          assert.deepEqual(cut.ledger, whole.ledger, `${name}, ${method}`);
        }
      }
    });
  }

  test("the log has everything in it", () => {
    const { ledger } = through(log, { action: "drop" });
    for (const key of ["unrelated", "benign", "review", "tagged", "dropped"]) {
      assert.ok(ledger[key] > 0, key);
    }
    assert.ok(ledger.dropped < ledger.benign, "the basis cause is not accepted");
  });

  test("observe is the identity, on anything", () => {
    const next = numbers(7);
    const junk = Uint8Array.from({ length: 300_000 }, () => next(256));
    const gzip = concat([Uint8Array.of(0x1f, 0x8b, 8, 0), junk.subarray(0, 999)]);
    const utf16 = Uint8Array.from([...log.subarray(0, 5000)].flatMap((byte) => [byte, 0]));
    for (const input of [
      log,
      junk,
      gzip,
      utf16,
      new Uint8Array(0),
      new Uint8Array(9),
      encode("\n\r\n"),
    ]) {
      const { bytes, ledger } = through(input, { action: "observe" }, () => next(5000));
      assert.ok(equalBytes(bytes, input));
      assertAddsUp(ledger, input, bytes);
      assert.equal(ledger.tagged + ledger.dropped, 0);
    }
  });

  for (const [name, head] of Object.entries(BEGINNINGS)) {
    test(`${name} passes unchanged, whatever it contains`, async () => {
      const input = concat([Uint8Array.from(head), encode("\n"), log.subarray(0, 20_000)]);
      for (const action of ["tag", "drop"]) {
        for (const most of [1, 300, 1024, 5000, input.length]) {
          for (const method of ["push", "pieces"]) {
            const { bytes, ledger } = through(input, { action }, () => most, method);
            assert.ok(equalBytes(bytes, input), `${action}, ${most}, ${method}`);
            assertAddsUp(ledger, input, bytes);
            assert.equal(ledger.records, 0);
          }
          const stream = new Crypt32FilterStream({ action });
          const bytes = await collect(streamOf(input, () => most).pipeThrough(stream));
          assert.ok(equalBytes(bytes, input), `${action}, ${most}, stream`);
        }
      }
    });
  }

  test("a tag is an insertion: without it the record is the original", () => {
    const { bytes } = through(log, { action: "tag" });
    const before = decode(log).split("\n");
    const after = decode(bytes).split("\n");
    assert.equal(after.length, before.length);
    let tagged = 0;
    after.forEach((line, i) => {
      if (line === before[i]) return;
      tagged++;
      const record = JSON.parse(line.slice(line.indexOf("{")));
      assert.equal(record.kb.id, "KB2253680");
      const kb = `,"kb":${JSON.stringify(record.kb)}`;
      assert.ok(line.includes(kb), line);
      const original = JSON.parse(before[i].slice(before[i].indexOf("{")));
      const words = record.tags.filter((word) => !original.tags?.includes(word));
      const quoted = words.map((word) => `"${word}"`).join(",");
      const tags = original.tags ? `,${quoted}` : `,"tags":[${quoted}]`;
      assert.equal(line.replace(kb, "").replace(tags, ""), before[i]);
    });
    assert.ok(tagged > 0);
  });

  test("filtering twice equals filtering once, and tagged records can be dropped", () => {
    const tagged = through(log, { action: "tag" }).bytes;
    assert.ok(equalBytes(through(tagged, { action: "tag" }).bytes, tagged));
    const dropped = through(log, { action: "drop" });
    const later = through(tagged, { action: "drop" });
    assert.equal(later.ledger.dropped, dropped.ledger.dropped);
    assert.ok(equalBytes(later.bytes, dropped.bytes));
  });

  test("pieces are slices of the chunk or new arrays, never memory of the module", () => {
    const filter = new Filter();
    const chunk = log.slice();
    const pieces = filter.pieces(chunk);
    const slices = pieces.filter((piece) => piece.buffer === chunk.buffer);
    assert.ok(slices.length > 0 && slices.length < pieces.length);
    const copies = pieces.map((piece) => piece.slice());
    // This work would overwrite or move memory of the module that is still in use.
    for (let i = 0; i < 20; i++)
      new Filter({ action: "drop" }).push(new Uint8Array(1 << 20).fill(123));
    filter.pieces(log.slice());
    for (const [i, piece] of pieces.entries()) assert.ok(equalBytes(copies[i], piece));
  });

  test("the result of push belongs to the caller", () => {
    const filter = new Filter({ action: "observe" });
    const chunk = encode("one line\n");
    const out = filter.push(chunk);
    chunk.fill(0);
    assert.equal(decode(out), "one line\n");
  });

  test("a large chunk does not grow the memory of the module by its size", () => {
    if (!kit.memory) return;
    const before = kit.memory.buffer.byteLength;
    const chunk = concat(Array.from({ length: 40 }, () => log.subarray(0, 1 << 20)));
    const filter = new Filter();
    assert.ok(filter.push(chunk).length >= chunk.length - (1 << 20));
    filter.free();
    const grown = kit.memory.buffer.byteLength - before;
    assert.ok(grown < 8 << 20, String(grown));
  });

  test("a line longer than maxRecord passes, and is counted", () => {
    const line = decode(log).split("\n")[0];
    const { bytes, ledger } = through(encode(`${line}\n`), { maxRecord: 64 });
    assert.equal(decode(bytes), `${line}\n`);
    assert.equal(ledger.oversized, 1);
  });
}
