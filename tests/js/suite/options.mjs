// Tests that wrong options are rejected by name, with the allowed values and a code.
import { assert } from "./assert.mjs";
import { decode, encode } from "./bytes.mjs";

export default function define({ library, test }) {
  const { classify, Crypt32FilterStream, explain, Filter } = library;
  const OPTION = { name: "TypeError", code: "ERR_CRYPT32_OPTION" };

  for (const [options, message] of [
    [{ action: "delete" }, /"action" takes tag, drop, observe/],
    [{ accept: ["listed", "all"] }, /"accept" takes .*listed, sibling, cause/],
    [{ accept: new Set(["listed"]) }, /"accept" takes/],
    [{ keepEvery: -1 }, /"keepEvery" takes/],
    [{ keepEvery: 1.5 }, /"keepEvery" takes/],
    [{ keepEvery: Number.NaN }, /"keepEvery" takes/],
    [{ keepEvery: 5n }, /"keepEvery" takes/],
    [{ requireSystem: "yes" }, /"requireSystem" takes true or false/],
    [{ tags: 1 }, /"tags" takes true or false/],
    [{ logs: [1] }, /"logs" takes/],
    [{ localised: [{ template: "no places", errors: {} }] }, /"localised" takes/],
    [{ key: "" }, /"key" takes/],
    [{ key: () => "kb" }, /"key" takes/],
    [{ key: "tags" }, /"key" takes/],
    [{ maxRecord: 0 }, /"maxRecord" takes/],
    [{ maxRecord: Number.POSITIVE_INFINITY }, /"maxRecord" takes/],
    [{ onlyComputers: 8 }, /"onlyComputers" takes a list of regular expressions/],
    [{ onlyComputers: ["a", "("] }, /computers, at least one: "\(" is not valid: /],
    [{ acton: "drop" }, /unknown option "acton"; the options are action, accept/],
    [{ acton: "drop" }, /; did you mean "action"\?$/],
    [{ keep_every: 5 }, /unknown option "keep_every"; .*, keepEvery, .*did you mean "keepEvery"\?/],
    [{ max_record: undefined, keepevery: 5 }, /unknown option "keepevery"; .*mean "keepEvery"\?/],
    [{ zzz: 1 }, /unknown option "zzz"; the options are [\w, ]*maxRecord$/],
    [{ accept: "listed" }, /"accept" takes a list of listed, sibling, cause: \["listed"\]$/],
    [{ logs: "Archive,Backup" }, /"logs" takes a list of log names/],
    [[], /"options" takes an object/],
    [null, /"options" takes an object/],
    ["drop", /"options" takes an object/],
  ]) {
    const name = typeof options === "object" ? Object.entries(options ?? {})[0] : [options];
    test(`refuses ${String(name)}`, () => {
      assert.throws(() => new Filter(options), { ...OPTION, message });
      assert.throws(() => classify("{}", options), { ...OPTION, message });
      assert.throws(() => explain("{}", options), { ...OPTION, message });
      assert.throws(() => new Crypt32FilterStream(options), { ...OPTION, message });
    });
  }

  test("undefined options keep their defaults", () => {
    for (const options of [undefined, {}, { action: undefined, accept: undefined }]) {
      new Filter(options).free();
    }
  });

  test("a chunk that is not bytes is refused, and the filter continues", () => {
    const filter = new Filter();
    for (const chunk of [
      "text",
      5,
      null,
      undefined,
      [1, 2],
      new ArrayBuffer(3),
      new Uint16Array(3),
    ]) {
      const expected = { name: "TypeError", code: "ERR_CRYPT32_ARGUMENT", message: /Uint8Array/ };
      assert.throws(() => filter.push(chunk), expected);
      assert.throws(() => filter.pieces(chunk), expected);
      if (typeof chunk !== "string") assert.throws(() => classify(chunk), expected);
      if (typeof chunk !== "string") assert.throws(() => explain(chunk), expected);
    }
    assert.equal(decode(filter.push(encode("x\n"))), "x\n");
    assert.equal(filter.ledger().bytes_in, 2);
  });

  test("a filter cannot be used after its end, and says so", () => {
    const state = { name: "Error", code: "ERR_CRYPT32_STATE" };
    const filter = new Filter();
    filter.push(encode("a line"));
    assert.equal(decode(filter.finish()), "a line");
    assert.throws(() => filter.push(encode("more")), state);
    assert.throws(() => filter.finish(), state);
    assert.equal(filter.ledger().records, 1, "the ledger can still be asked");
    filter.free();
    filter.free();
    if (Symbol.dispose) filter[Symbol.dispose]();
    assert.throws(() => filter.ledger(), state);
    assert.throws(() => filter.pieces(encode("more")), state);
  });

  test("every error is of a class that can be caught by itself", () => {
    const { Crypt32ArgumentError, Crypt32OptionError, Crypt32StateError } = library;
    const caught = (run) => {
      try {
        run();
      } catch (error) {
        return error;
      }
    };
    const filter = new Filter();
    filter.free();
    for (const [kind, base, run] of [
      [Crypt32OptionError, TypeError, () => new Filter({ action: "delete" })],
      [Crypt32ArgumentError, TypeError, () => classify(5)],
      [Crypt32StateError, Error, () => filter.ledger()],
    ]) {
      const error = caught(run);
      assert.ok(
        error instanceof kind && error instanceof base && error instanceof Error,
        kind.name,
      );
      assert.match(error.code, /^ERR_CRYPT32_/);
    }
  });
}
