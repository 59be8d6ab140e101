// Tests report() on whole logs of any format, with the second module.
import { assert } from "./assert.mjs";
import { decode, encode, numbers, streamOf } from "./bytes.mjs";

export default function define({ library, kit, test }) {
  const { Filter, report } = library;
  const { log, files } = kit;

  test("counts what the filter counts", async () => {
    const filter = new Filter({ action: "observe" });
    filter.push(log);
    filter.finish();
    const ledger = filter.ledger();
    const { totals, complete, notes } = await report(log);
    assert.equal(totals.benign, ledger.benign);
    assert.equal(totals.review, ledger.review);
    assert.equal(complete, true);
    assert.equal(notes.length, 2);
    assert.match(notes[0], /^\d+ records mention the event and could not be judged \(lines \d/);
    assert.match(notes[1], /^\d+ records are in an unrecognised format/);
    assert.deepEqual(totals.unjudged, filter.unjudged().count);
  });

  test("the same for a text, for bytes, for streams and for lists, for all chunk sizes", async () => {
    const whole = await report(log);
    assert.ok(whole.computers.length > 1 && whole.errors.length > 1);
    const next = numbers(3);
    for (const [name, other] of [
      ["text", decode(log)],
      ["a web stream", streamOf(log, () => next(90_000))],
      ["a list", [log.subarray(0, 7), decode(log.subarray(7))]],
      [
        "a generator",
        (async function* () {
          for (let at = 0; at < log.length; at += 77_777) yield log.subarray(at, at + 77_777);
        })(),
      ],
    ]) {
      assert.deepEqual(await report(other), whole, name);
    }
  });

  test("objects are records", async () => {
    const lines = decode(log).split("\n");
    const objects = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    const text = objects.map((object) => `${JSON.stringify(object)}\n`).join("");
    assert.deepEqual(await report(objects), await report(text));
  });

  test("reads what the core module cannot: .evt, .evtx and packed logs", async () => {
    const evt = await report(files["clean.evt"]);
    assert.equal(evt.totals.benign, 2);
    assert.equal(evt.totals.related, 2);
    assert.equal(
      (await report(streamOf(files["application.evtx"], () => 5000))).totals.records,
      17,
    );
    const packed = new Blob([log]).stream().pipeThrough(new CompressionStream("gzip"));
    const { totals } = await report(packed);
    assert.deepEqual(totals, (await report(log)).totals);
  });

  test("says what could not be read", async () => {
    const packed = new Blob([log]).stream().pipeThrough(new CompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
    const half = await report(bytes.subarray(0, bytes.length >> 1));
    assert.equal(half.complete, false);
    assert.match(half.notes.join("\n"), /^stopped /m);
    assert.ok(half.totals.benign > 0);
  });

  test("options change the result, and wrong ones are named", async () => {
    const { totals } = await report(log, { requireSystem: true });
    assert.ok(totals.review > (await report(log)).totals.review);
    const option = { name: "TypeError", code: "ERR_CRYPT32_OPTION" };
    for (const [options, message] of [
      [{ format: "yaml" }, /"format" takes auto, json, syslog, text, xml, csv/],
      [{ dateOrder: "year" }, /"dateOrder" takes month-first, day-first/],
      [{ dateorder: 1 }, /unknown option "dateorder"; .*did you mean "dateOrder"\?/],
      [{ acton: 1 }, /unknown option "acton"; the options are .*format, dateOrder/],
    ]) {
      await assert.rejects(report(log, options), { ...option, message });
    }
    const date = (order) => report(encode(kit.block), { dateOrder: order });
    assert.match((await date("month-first")).totals.first, /-03-04T/);
    assert.match((await date("day-first")).totals.first, /-04-03T/);
    assert.equal((await date(undefined)).totals.first, null);
  });

  test("a value that is not a log is refused", async () => {
    const expected = { name: "TypeError", code: "ERR_CRYPT32_ARGUMENT" };
    for (const wrong of [5, null, undefined, {}, new Uint16Array(2), [5], [null], [[1]]]) {
      await assert.rejects(report(wrong), expected);
    }
  });

  test("an error of the log itself is passed on", async () => {
    const failing = (async function* () {
      yield "a line\n";
      throw new Error("unplugged");
    })();
    await assert.rejects(report(failing), { message: /unplugged/ });
  });
}
