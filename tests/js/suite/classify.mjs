// Tests the verdicts in JavaScript.
import { assert } from "./assert.mjs";
import { encode } from "./bytes.mjs";

export default function define({ library, kit, test }) {
  const { classify, explain } = library;
  const sample = (id) => kit.samples.find((sample) => sample.id === id).payload;
  const json = kit.samples.filter(({ family, required, payload }) => {
    return required && (family === "json" || family === "near-miss") && payload.startsWith("{");
  });

  test("there are samples", () => assert.ok(json.length > 30, String(json.length)));

  for (const { id, want, reasons = [], payload } of json) {
    test(`${id} is ${want}`, () => {
      const verdict = classify(payload);
      assert.equal(verdict.verdict, want);
      for (const reason of reasons) assert.ok(verdict.reasons.includes(reason), reason);
      assert.deepEqual(classify(encode(payload)), verdict, "bytes and text differ");
      const { time: _, ...object } = classify(JSON.parse(payload));
      const { time: __, ...text } = verdict;
      // An object cannot have duplicate members.
      if (!reasons.includes("integrity")) assert.deepEqual(object, text, "object and text differ");
    });
  }

  test("a verdict carries its evidence", () => {
    const verdict = classify(sample("winlogbeat5"));
    assert.equal(verdict.verdict, "benign");
    assert.equal(verdict.basis, "listed");
    assert.deepEqual(verdict.reasons, []);
    assert.equal(verdict.error, 12007);
    assert.equal(verdict.hresult, "0x80072EE7");
    assert.equal(verdict.computer, "SERVER1");
    assert.equal(verdict.time, "2010-03-15T11:27:57Z");
    assert.equal(verdict.related, null);
    assert.equal(verdict.events, undefined);
    assert.equal(verdict.evidence.length, 12);
    assert.deepEqual(verdict.evidence[0], { code: "source", state: "met", seen: "crypt32" });
  });

  test("an unrelated event of the same family is named", () => {
    const verdict = classify(sample("nm-id7"));
    assert.equal(verdict.verdict, "unrelated");
    assert.equal(verdict.related.source, "crypt32");
    assert.equal(verdict.related.id, 7);
    assert.equal(verdict.related.kind, "reached");
    assert.match(verdict.related.means, /Windows Update was in reach/);
    assert.deepEqual(verdict.evidence, []);
  });

  test("an envelope has the verdict that the filter acts on, and one for each event", () => {
    const benign = JSON.parse(sample("winlogbeat5"));
    const other = { ...benign, event_id: 11 };
    const push = (...all) => {
      const values = all.map((record, i) => [`${1268652477 + i}000000000`, JSON.stringify(record)]);
      return JSON.stringify({ streams: [{ stream: { job: "eventlog" }, values }] });
    };
    const mixed = classify(push(benign, other));
    assert.equal(mixed.verdict, "unrelated", "not all of it is benign");
    assert.deepEqual(
      mixed.events.map(({ verdict }) => verdict),
      ["benign", "unrelated"],
    );
    const both = classify(push(benign, benign));
    assert.equal(both.verdict, "benign");
    assert.equal(both.events.length, 2);
  });

  test("options influence the verdict", () => {
    const record = sample("winlogbeat5").replace('"Application"', '"Anwendung"');
    assert.deepEqual(classify(record).reasons, ["log"]);
    assert.equal(classify(record, { logs: ["Anwendung"] }).verdict, "benign");
    const strict = classify(sample("winlogbeat5"), { requireSystem: true });
    assert.deepEqual(strict.reasons, ["system"]);
  });

  test("a large record is read like a small one", () => {
    const record = sample("winlogbeat5");
    const large = record.replace("{", `{${" ".repeat(300_000)}`);
    assert.deepEqual(classify(large), classify(record));
    assert.equal(explain(large), explain(record));
  });

  test("text that is not a record does not throw", () => {
    const junk = Uint8Array.from({ length: 4096 }, (_, i) => (i * 89) & 255);
    for (const record of ["", "{", "null", "\ud800", "crypt32 8", "[".repeat(1e5), junk]) {
      assert.equal(classify(record).verdict, "unrelated");
    }
  });

  test("an object is read as its JSON.stringify output", () => {
    const record = JSON.parse(sample("winlogbeat5"));
    assert.equal(classify({ toJSON: () => record }).verdict, "benign");
    assert.equal(classify(Object.assign(Object.create(null), record)).verdict, "benign");
    const circular = { ...record };
    circular.self = circular;
    const expected = { name: "TypeError", code: "ERR_CRYPT32_ARGUMENT", message: /must be JSON/ };
    assert.throws(() => classify(circular), expected);
    assert.throws(() => classify({ ...record, big: 1n }), expected);
  });

  test("explain says in words what classify decides", () => {
    const benign = explain(sample("winlogbeat5"));
    assert.match(benign, /^benign \(listed: KB2253680\), from SERVER1/);
    for (const { code } of classify(sample("winlogbeat5")).evidence) {
      assert.ok(benign.includes(` ${code} `), code);
    }
    assert.equal(explain(JSON.parse(sample("winlogbeat5"))), benign);
    const review = explain({ SourceName: "crypt32", EventID: 8 });
    assert.match(review, /^review/);
    assert.match(review, /FAILED {2}url/);
    assert.match(explain(sample("nm-id7")), /A related event, not event 8 of crypt32: crypt32 7/);
    assert.match(explain("no record"), /^unrelated/);
    assert.match(explain({ SourceName: "crypt32", EventID: 8, Message: "\u001b[2J" }), /\\u\{1b\}/);
    const array = JSON.stringify([1, 2].map(() => JSON.parse(sample("winlogbeat5"))));
    assert.equal(explain(array).match(/^Event [12]: benign/gm).length, 2);
    assert.match(explain(sample("winlogbeat5"), { requireSystem: true }), /^review/);
  });
}
