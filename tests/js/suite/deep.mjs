// Deeply nested records: the module reads them, and still gives correct verdicts for the next one.
import { assert } from "./assert.mjs";
import { concat, decode, encode } from "./bytes.mjs";

/** Nested arrays, objects and both, closed and open. */
function values(depth) {
  const kinds = [
    ["[", "]"],
    ['{"a":', "}"],
    ['[{"event":', "}]"],
    ['{"x":[', "]}"],
  ];
  return kinds.flatMap(([open, close]) => {
    const times = depth / open.match(/[[{]/g).length;
    return [`${open.repeat(times)}0${close.repeat(times)}`, open.repeat(times)];
  });
}

/** Records that mention the event and have deep content where a record may be nested. */
function hostile(depth) {
  const names = [
    "event",
    "message",
    "log",
    "body",
    "_source",
    "streams",
    "resourceLogs",
    "winlog",
    "x",
  ];
  return values(depth).flatMap((value) => [
    ...names.map((name) => `{"y":"crypt32","${name}":${value}}`),
    `{"y":"crypt32","hits":{"hits":${value}}}`,
    `{"y":"crypt32","streams":[{"values":[["1",${JSON.stringify(`${value}crypt32`)}]]}]}`,
    `{"message":${JSON.stringify(`[crypt32,${value}]`)}}`,
    `<13>Mar 15 11:27:57 A crypt32: {"a":${value}}`,
    `${value}crypt32`,
    `<Event>crypt32${"<Data>".repeat(depth)}${"</Data>".repeat(depth)}</Event>`,
  ]);
}

export default function define({ library, kit, test }) {
  const { Filter, classify, explain, report } = library;
  const sample = (id) => kit.samples.find((sample) => sample.id === id).payload;
  const event = JSON.parse(sample("winlogbeat5"));
  const benign = JSON.stringify(event);
  const review = JSON.stringify({ ...event, level: "Information" });
  const unrelated = JSON.stringify({ ...event, event_id: 9 });

  /** Checks that the module still gives correct verdicts. */
  function answersRight() {
    assert.equal(classify(benign).verdict, "benign");
    assert.equal(classify(review).verdict, "review");
    assert.equal(classify(unrelated).verdict, "unrelated");
  }

  test("an object may be deeper than JSON.stringify goes", async () => {
    const object = JSON.parse(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`);
    assert.equal(classify(object).verdict, "unrelated");
    assert.equal(classify(object).shape, "too-deep");
    explain(object);
    const { totals } = await report([event, object, event]);
    assert.equal(totals.benign, 2);
    answersRight();
  });

  for (const depth of [20, 60, 512, 514, 1000, 60_000]) {
    test(`${depth} levels: each record passes, and the next one is right`, async () => {
      // The deepest ones have some hundred kilobytes each, so fewer are tested.
      const records = hostile(depth).filter((_, i) => depth < 60_000 || i % 7 === 0);
      for (const record of records) {
        assert.ok(classify(record).verdict !== "benign", record.slice(0, 80));
        explain(record);
        answersRight();
      }
      const filter = new Filter({ action: "drop" });
      const log = records.map((record) => `${record}\n${benign}\n${unrelated}\n`).join("");
      const out = decode(concat([filter.push(encode(log)), filter.finish()]));
      const kept = records.map((record) => `${record}\n${unrelated}\n`).join("");
      assert.ok(out === kept, "what is benign goes, and nothing else");
      assert.equal(filter.ledger().dropped, records.length);
      filter.free();
      const { benign: counted } = (await report(encode(log))).totals;
      assert.equal(counted, records.length);
      answersRight();
    });
  }
}
