// Passes arguments that lie, throw, or change while they are read, to each function of the package.
// Each is read correctly or rejected with a code, and later calls give the same results as before.
import { assert } from "./assert.mjs";
import { collect, concat, decode, encode } from "./bytes.mjs";

const ARGUMENT = { name: "TypeError", code: "ERR_CRYPT32_ARGUMENT" };
const OPTION = { name: "TypeError", code: "ERR_CRYPT32_OPTION" };

/** A value without text, name or members. */
const raise = () => {
  throw Object.create(null);
};

const TRAPS = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect)
    .filter((name) => typeof Reflect[name] === "function")
    .map((name) => [name, raise]),
);

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** Lies of an array about its length, position and methods. */
const LIES = {
  ...Object.fromEntries(
    [0, 3, -1, 0.5, 1e9, 2 ** 32 + 3, Number.NaN, "3", null, undefined].map((value) => [
      `${value}`,
      Object.fromEntries(
        ["length", "byteLength", "byteOffset"].map((name) => [name, { get: () => value }]),
      ),
    ]),
  ),
  "an error": Object.fromEntries(
    ["length", "byteLength", "byteOffset", "buffer"].map((name) => [name, { get: raise }]),
  ),
  "another buffer": { buffer: { get: () => new ArrayBuffer(1) } },
  "other methods": Object.fromEntries(
    ["subarray", "slice", "set", "fill", "keys", "at", Symbol.iterator].map((name) => [
      name,
      { value: raise },
    ]),
  ),
  "another kind": { [Symbol.toStringTag]: { value: "Uint16Array" } },
  "another class": { constructor: { get: raise } },
};

/** Functions that return arrays with given bytes and false properties. */
export const HOLD = {
  "a view amid a buffer": (bytes) => concat([encode("{}"), bytes, encode("{}")]).subarray(2, -2),
  "no prototype": (bytes) => Object.setPrototypeOf(bytes.slice(), null),
  "the prototype of a list": (bytes) => Object.setPrototypeOf(bytes.slice(), Array.prototype),
  "another species": (bytes) => {
    class Other extends Uint8Array {
      static get [Symbol.species]() {
        return Array;
      }
    }
    return Other.from(bytes);
  },
};
for (const [name, members] of Object.entries(LIES)) {
  HOLD[`a class that says: ${name}`] = (bytes) => {
    class Lying extends Uint8Array {}
    const lying = new Lying(bytes);
    Object.defineProperties(Lying.prototype, members);
    return lying;
  };
  HOLD[`an array that says: ${name}`] = (bytes) => Object.defineProperties(bytes.slice(), members);
}

function fill(buffer, bytes) {
  const array = new Uint8Array(buffer);
  array.set(bytes);
  return array;
}

try {
  const pages = { initial: 1, maximum: 2, shared: true };
  HOLD["shared memory"] = (bytes) =>
    fill(new WebAssembly.Memory(pages).buffer, bytes).subarray(0, bytes.length);
  HOLD["shared memory"](new Uint8Array(1));
} catch {
  // Shared memory may be unavailable in a page.
  delete HOLD["shared memory"];
}

const canResize = "resizable" in ArrayBuffer.prototype;
const growing = (bytes) => {
  const { length } = bytes;
  return fill(new ArrayBuffer(length, { maxByteLength: 2 * length }), bytes);
};
if (canResize) HOLD["a buffer that can grow"] = growing;
if (globalThis.Buffer) HOLD["a Buffer"] = (bytes) => Buffer.from(bytes);

/** Arrays whose memory was transferred. */
export const GONE = {
  "a detached array": (bytes) => {
    const array = bytes.slice();
    structuredClone(array.buffer, { transfer: [array.buffer] });
    return array;
  },
};
if (canResize) {
  GONE["a view beyond the end of its buffer"] = (bytes) => {
    const { buffer } = growing(bytes);
    const view = new Uint8Array(buffer, 1, 5);
    buffer.resize(3);
    return view;
  };
}

/** Values that are neither bytes nor text nor an object. */
export const NOT_DATA = {
  nothing: undefined,
  null: null,
  "a number": 5,
  "a big number": 8n,
  true: true,
  "a symbol": Symbol("crypt32"),
  "a function": () => 1,
  "a list": [1, 2],
  "a DataView": new DataView(new ArrayBuffer(3)),
  "an array of 16 bits": new Uint16Array(3),
  "a clamped array": new Uint8ClampedArray(3),
  "an ArrayBuffer": new ArrayBuffer(3),
  "a revoked list": revoked([]),
};

const circle = {};
circle.circle = circle;

/** Objects that are not bytes, and whether they are records. */
export const OBJECTS = {
  "what calls itself an array": [{ [Symbol.toStringTag]: "Uint8Array", length: 1e9 }, true],
  "a proxy of an array": [new Proxy(new Uint8Array(3), {}), true],
  "a proxy that refuses": [new Proxy({}, TRAPS), false],
  "a revoked proxy": [revoked({}), false],
  "a getter that throws": [
    Object.defineProperty({}, "EventID", { enumerable: true, get: raise }),
    false,
  ],
  "a toJSON that throws": [{ toJSON: raise }, false],
  "a toJSON of nothing": [{ toJSON() {} }, false],
  "a circle": [circle, false],
  "a big number in it": [{ EventID: 8n }, false],
  "what is deep": [JSON.parse(`${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`), true],
  "a date without a time": [new Date(Number.NaN), true],
  "a Map": [new Map([["SourceName", "crypt32"]]), true],
  "what has no prototype": [Object.assign(Object.create(null), { EventID: 8 }), true],
  "a boxed text": [Object("crypt32"), true],
  "an iterator that is none": [{ [Symbol.iterator]: () => 5 }, true],
  "an iterator that throws": [{ [Symbol.asyncIterator]: raise }, true],
};

class Options {
  action = "drop";
}

/** Values that look like options, but cannot be read or do not have own properties. */
const NOT_OPTIONS = {
  null: null,
  "a number": 5,
  "a text": "drop",
  "a symbol": Symbol("drop"),
  "a function": () => 1,
  "a class": Options,
  "an instance of a class": new Options(),
  "an object that inherits": Object.create({ action: "drop" }),
  "a list": ["drop"],
  "a Map": new Map([["action", "drop"]]),
  "a Set": new Set(["drop"]),
  "a promise": Promise.resolve({ action: "drop" }),
  bytes: new Uint8Array(3),
  "a proxy that refuses": new Proxy({}, TRAPS),
  "a proxy that refuses to list": new Proxy({}, { ownKeys: raise }),
  "a proxy that refuses to tell": new Proxy({ logs: [] }, { get: raise }),
  "a revoked proxy": revoked({}),
  "a getter that throws": Object.defineProperty({}, "logs", { enumerable: true, get: raise }),
  "a toJSON": { toJSON: () => ({}) },
  "a circle": { logs: [circle] },
  "what is deep": { logs: JSON.parse(`${"[".repeat(3000)}${"]".repeat(3000)}`) },
  "half a character": { logs: ["\ud800"] },
  "a member that refuses": { logs: new Proxy([], TRAPS) },
};

/** Objects with options that are not literals. */
const OPTIONS = {
  "without a prototype": (options) => Object.assign(Object.create(null), options),
  frozen: (options) => Object.freeze({ ...options }),
  "a proxy": (options) => new Proxy({ ...options }, {}),
  getters: (options) => {
    const all = {};
    for (const [name, value] of Object.entries(options)) {
      Object.defineProperty(all, name, { enumerable: true, get: () => value });
    }
    return all;
  },
  "with a symbol": (options) => ({ ...options, [Symbol("mine")]: 1, undefined: undefined }),
};

const TEXTS = ["", "\ud800", '{"SourceName":"\udc00crypt32"}', "\0\r\n\u2028", "[".repeat(1e5)];

export default function define({ library, kit, test }) {
  const { classify, Crypt32FilterStream, createFilterStream, explain, Filter, report } = library;
  const sample = (id) => kit.samples.find((sample) => sample.id === id).payload;
  const benign = sample("winlogbeat5");
  const RECORDS = {
    benign,
    review: benign.replace("could not be resolved", "could not be reached"),
    unrelated: sample("nm-id7"),
  };
  const lines = encode(`${Object.values(RECORDS).join("\n")}\n`);
  const record = encode(benign);

  async function through(value) {
    const stream = new Crypt32FilterStream();
    const writer = stream.writable.getWriter();
    writer.closed.catch(() => {});
    // A browser's Response replaces the error of the stream by another.
    const reading = collect(stream.readable);
    reading.catch(() => {});
    await writer.write(value);
    await writer.close();
    return decode(await reading);
  }

  function filtered(method, value) {
    const filter = new Filter();
    try {
      const out = filter[method](value);
      return decode(concat([...(method === "push" ? [out] : out), filter.finish()]));
    } finally {
      filter.free();
    }
  }

  /** An iterable of one value. Awaiting the value, as for a list's values, would inspect it. */
  const each = (value) => {
    let done = true;
    const next = async () => {
      done = !done;
      return { done, value };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  };

  /** The functions that take bytes, with their results. */
  const TAKE_BYTES = {
    classify: (value) => classify(value),
    explain: (value) => explain(value),
    push: (value) => filtered("push", value),
    pieces: (value) => filtered("pieces", value),
    "the web stream": through,
    "a report": async (value) => (await report(value)).totals,
    "a report of pieces": async (value) => (await report(each(value))).totals,
  };

  /** Checks that each record still gets the correct verdict, also from a new filter. */
  async function assertSound() {
    for (const [verdict, text] of Object.entries(RECORDS)) {
      assert.equal(classify(text).verdict, verdict);
    }
    assert.match(explain(benign), /KB2253680/);
    const filter = new Filter({ action: "drop" });
    const kept = decode(filter.push(lines)).split("\n");
    const { records, dropped, review, unrelated } = filter.ledger();
    filter.free();
    assert.deepEqual(
      { records, dropped, review, unrelated },
      { records: 3, dropped: 1, review: 1, unrelated: 1 },
    );
    assert.equal(kept[1], RECORDS.unrelated);
    const { totals } = await report(lines);
    assert.deepEqual([totals.benign, totals.review], [1, 1]);
  }

  for (const [name, take] of Object.entries(TAKE_BYTES)) {
    const taken = async (value) => take(value);
    for (const [what, hold] of Object.entries(HOLD)) {
      test(`${name}: ${what}`, async () => {
        assert.deepEqual(await taken(hold(record)), await taken(record));
        await assertSound();
      });
    }
    for (const [what, gone] of Object.entries(GONE)) {
      test(`${name}: ${what} is refused`, async () => {
        await assert.rejects(taken(gone(record)), ARGUMENT);
        await assertSound();
      });
    }
    for (const [what, value] of Object.entries(NOT_DATA)) {
      test(`${name}: ${what} is refused`, async () => {
        await assert.rejects(taken(value), ARGUMENT);
        await assertSound();
      });
    }
    const takesObjects = ["classify", "explain", "a report of pieces"].includes(name);
    for (const [what, [value, isRecord]] of Object.entries(OBJECTS)) {
      test(`${name}: ${what} does not crash`, async () => {
        if (takesObjects && isRecord) await taken(value);
        else if (name === "a report" && what === "a boxed text") await taken(value);
        else await assert.rejects(taken(value), ARGUMENT);
        await assertSound();
      });
    }
  }

  test("any text is a record, and a log", async () => {
    for (const text of TEXTS) {
      assert.ok(classify(text).verdict !== "benign", text.slice(0, 9));
      assert.ok(explain(text).length > 0);
      await report(text);
      await assertSound();
    }
  });

  /** The functions that take options; each frees what it created. */
  const TAKE_OPTIONS = {
    Filter: (options) => new Filter(options).free(),
    classify: (options) => classify("{}", options),
    explain: (options) => explain("{}", options),
    Crypt32FilterStream: (options) => new Crypt32FilterStream(options),
    report: (options) => report("{}", options),
    ...(createFilterStream && {
      createFilterStream: (options) => createFilterStream(options).destroy(),
    }),
    ...(library.pinoFilter && { pino: (options) => library.pinoFilter(options).destroy() }),
  };
  for (const [name, take] of Object.entries(TAKE_OPTIONS)) {
    const taken = async (value) => take(value);
    for (const [what, options] of Object.entries(NOT_OPTIONS)) {
      test(`${name}: options that are ${what} are refused`, async () => {
        await assert.rejects(taken(options), OPTION);
        await assertSound();
      });
    }
    for (const [what, options] of Object.entries(OPTIONS)) {
      test(`${name}: options that are ${what} count`, async () => {
        await taken(options({}));
        await taken(options({ logs: ["Anwendung"] }));
        await assert.rejects(taken(options({ logs: 5 })), OPTION);
        await assertSound();
      });
    }
  }

  test("a getter of an option can use the package, and is asked once", async () => {
    let asked = 0;
    const options = {
      get logs() {
        asked++;
        new Filter({ logs: ["Anwendung"] }).push(lines);
        return [classify(benign).verdict];
      },
    };
    for (const take of Object.values(TAKE_OPTIONS)) {
      asked = 0;
      await take(options);
      assert.equal(asked, 1);
    }
    await assertSound();
  });

  test("a getter of an option that takes the record's memory away", async () => {
    for (const ask of [classify, explain]) {
      const bytes = record.slice();
      const options = {
        get logs() {
          structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
          return [];
        },
      };
      assert.throws(() => ask(bytes, options), ARGUMENT);
    }
    await assertSound();
  });

  test("output from memory that others can change is a copy", () => {
    for (const name of ["shared memory", "a buffer that can grow"]) {
      const chunk = HOLD[name]?.(lines);
      if (!chunk) continue;
      const filter = new Filter({ action: "observe" });
      const [piece] = filter.pieces(chunk);
      chunk.fill(0);
      assert.equal(decode(piece), decode(lines));
    }
  });

  test("a report whose pieces are made by the package, and changed while it reads", async () => {
    async function* pieces() {
      const filter = new Filter({ action: "observe" });
      yield* filter.pieces(lines);
      await report(lines);
      const piece = lines.slice();
      yield piece;
      piece.fill(0);
      yield filter.finish();
      classify(benign);
      yield lines;
    }
    const { totals } = await report(pieces());
    assert.deepEqual([totals.benign, totals.review], [3, 3]);
  });

  test("an error of a source is passed on unchanged", async () => {
    const failure = new RangeError("the disk is on fire");
    async function* pieces() {
      yield lines;
      throw failure;
    }
    let caught;
    await report(pieces()).catch((error) => {
      caught = error;
    });
    assert.ok(caught === failure);
    await assertSound();
  });

  test("a finished or freed filter says so in every call", () => {
    const state = { name: "Error", code: "ERR_CRYPT32_STATE" };
    const filter = new Filter();
    filter.finish();
    for (const hold of Object.values(HOLD)) {
      assert.throws(() => filter.push(hold(record)), state);
      assert.throws(() => filter.pieces(hold(record)), state);
    }
    filter.free();
    for (const ask of ["push", "pieces", "finish", "ledger"]) {
      assert.throws(() => filter[ask](record), state);
    }
    filter.free();
  });
}
