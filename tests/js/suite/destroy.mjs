// Destroys createFilterStream at any moment, and passes invalid arguments. No exception may be
// uncaught, and the memory must be released.
import { once } from "node:events";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate, setTimeout } from "node:timers/promises";
import { assert } from "./assert.mjs";
import { concat, decode, encode } from "./bytes.mjs";
import { GONE, HOLD, NOT_DATA, OBJECTS } from "./hostile.mjs";

const MIB = 1024 * 1024;

/** Chunks below and above the step of the stream: short lines, one line, and text. */
const CHUNKS = {
  "one line": encode("a line\n"),
  "half a line": encode("half a line"),
  "64 KiB": encode("a line\n".repeat(9400)),
  "1 MiB and more": encode("a line\n".repeat(150_000 * 2)),
  "3 MiB in one line": new Uint8Array(3 * MIB).fill(65),
  "3 MiB of line ends": new Uint8Array(3 * MIB).fill(10),
  "3 MiB as text": "a line\n".repeat(450_000),
};

/**
 * The moments at which a stream is destroyed. Each function prepares one, and `act` then writes and
 * ends.
 */
const MOMENTS = {
  "before anything": (_, destroy) => destroy(),
  "after the writes": (_, destroy, act) => {
    act();
    destroy();
  },
  "in the next tick": (_, destroy) => process.nextTick(destroy),
  "in a promise": (_, destroy) => Promise.resolve().then(destroy),
  "a while after": (_, destroy) => setImmediate().then(destroy),
  "in a write callback": (stream, destroy) => stream.write("first\n", destroy),
  "in the callback of the end": (stream, destroy, act) => {
    act();
    stream.end(destroy);
  },
  "by a signal": (_, destroy) => destroy(),
};
for (const event of ["data", "readable", "drain", "prefinish", "finish", "end", "close", "error"]) {
  MOMENTS[`when it emits ${event}`] = (stream, destroy) => stream.on(event, destroy);
}
for (const event of ["data", "readable"]) {
  MOMENTS[`when it emits ${event} for the third time`] = (stream, destroy) => {
    let times = 0;
    stream.on(event, () => {
      times++;
      if (times === 3) destroy();
    });
  };
}
MOMENTS["when it is read"] = (stream, destroy) => {
  stream.on("readable", () => {
    while (stream.read(10) !== null) destroy();
  });
};
MOMENTS["between two reads"] = async (stream, destroy) => {
  stream.on("data", () => {
    stream.pause();
    setImmediate().then(() => {
      destroy();
      stream.resume();
    });
  });
};

export default function define({ library, kit, test }) {
  const { classify, createFilterStream, Filter } = library;
  const benign = kit.samples.find(({ id }) => id === "winlogbeat5").payload;
  const record = encode(`${benign}\n`);

  /** Runs a function, and returns the uncaught errors. */
  async function uncaught(run) {
    const out = [];
    const note = (error) => out.push(String(error?.stack ?? error));
    const events = ["uncaughtException", "unhandledRejection"];
    for (const event of events) process.on(event, note);
    try {
      await run();
      await setTimeout(1);
    } finally {
      for (const event of events) process.off(event, note);
    }
    return out;
  }

  function assertSound() {
    assert.equal(classify(benign).verdict, "benign");
    const filter = new Filter();
    assert.match(decode(filter.push(record)), /"verdict":"benign"/);
    filter.free();
  }

  const closed = (stream) => (stream.closed ? undefined : once(stream, "close").catch(() => {}));

  for (const [when, arrange] of Object.entries(MOMENTS)) {
    for (const [what, chunk] of Object.entries(CHUNKS)) {
      test(`destroyed ${when}: ${what}`, async () => {
        for (const error of [undefined, new Error("mine")]) {
          for (const highWaterMark of [1, 64 * 1024]) {
            const nobody = await uncaught(async () => {
              const abort = new AbortController();
              const stream = createFilterStream({ highWaterMark, signal: abort.signal });
              stream.on("error", () => {});
              const destroy = () =>
                when === "by a signal" ? abort.abort() : stream.destroy(error);
              const act = () => {
                for (let i = 0; i < 3; i++) stream.write(chunk, () => {});
              };
              await arrange(stream, destroy, act);
              act();
              await setImmediate();
              stream.write(chunk);
              stream.end(chunk);
              stream.resume();
              await setTimeout(2);
              // The stream is still open.
              stream.destroy();
              await closed(stream);
              stream.write(chunk);
              stream.end();
              stream.destroy(error);
              const { records, unrelated, oversized } = stream.ledger();
              assert.equal(records, unrelated + oversized);
            });
            assert.deepEqual(nobody, []);
          }
        }
        assertSound();
      });
    }
  }

  test("destroyed in a listener: no more output", async () => {
    const stream = createFilterStream({ highWaterMark: 1 });
    let length = 0;
    stream.on("data", (piece) => {
      length += piece.length;
      stream.destroy();
    });
    await setImmediate();
    stream.write(CHUNKS["3 MiB of line ends"]);
    await closed(stream);
    assert.equal(length, MIB / 4);
    assert.equal(stream.ledger().bytes_in, MIB);
  });

  test("destroyed in a pipeline, by its source, its reader, its signal and itself", async () => {
    for (const chunk of Object.values(CHUNKS)) {
      for (const end of ["source", "reader", "iterator", "signal", "itself"]) {
        const nobody = await uncaught(async () => {
          const abort = new AbortController();
          const stream = createFilterStream({ highWaterMark: 10 });
          let source = Readable.from([chunk, chunk, chunk, chunk], { objectMode: true });
          if (end === "source") {
            source = Readable.from(
              (async function* () {
                yield chunk;
                throw new Error("mine");
              })(),
            );
          }
          const stop = {
            source: () => {},
            reader: (reader) => reader.destroy(),
            signal: () => abort.abort(),
            itself: () => stream.destroy(),
          }[end];
          const reader =
            end === "iterator"
              ? async (pieces) => {
                  for await (const _ of pieces) break;
                }
              : new Writable({
                  write(_chunk, _encoding, done) {
                    stop(this);
                    done();
                  },
                });
          await pipeline(source, stream, reader, { signal: abort.signal }).catch(() => {});
          await closed(stream);
          assert.equal(stream.destroyed, true);
        });
        assert.deepEqual(nobody, []);
      }
    }
    assertSound();
  });

  test("destroyed in an async iterator over it", async () => {
    for (const chunk of Object.values(CHUNKS)) {
      const nobody = await uncaught(async () => {
        const stream = createFilterStream();
        stream.end(chunk);
        try {
          for await (const _ of stream) stream.destroy();
        } catch (error) {
          assert.equal(error.code, "ERR_STREAM_PREMATURE_CLOSE");
        }
      });
      assert.deepEqual(nobody, []);
    }
  });

  test("destroyed and written to from inside a record, in objectMode", async () => {
    for (const action of ["tag", "drop"]) {
      for (const inside of ["a getter", "toJSON", "a second look"]) {
        const nobody = await uncaught(async () => {
          const stream = createFilterStream({ objectMode: true, action });
          stream.on("error", () => {});
          stream.resume();
          let looks = 0;
          const destroy = () => {
            looks++;
            if (inside === "a second look" && looks < 2) return "mine";
            stream.write({ EventID: 1 });
            stream.destroy();
            return "mine";
          };
          const given = JSON.parse(benign);
          if (inside === "toJSON") given.toJSON = () => ({ ...JSON.parse(benign), x: destroy() });
          else Object.defineProperty(given, "mine", { enumerable: true, get: destroy });
          stream.write(given, () => {});
          await setImmediate();
          stream.destroy();
          await closed(stream);
          stream.ledger();
        });
        assert.deepEqual(nobody, []);
      }
    }
    assertSound();
  });

  test("a record whose getter throws the second time comes out tagged", async () => {
    let looks = 0;
    const given = Object.defineProperty(JSON.parse(benign), "mine", {
      enumerable: true,
      get() {
        looks++;
        if (looks > 1) throw new Error("not again");
        return 1;
      },
    });
    const stream = createFilterStream({ objectMode: true });
    stream.end(given);
    const [out] = await stream.toArray();
    assert.equal(out.kb.verdict, "benign");
    assert.equal(out.mine, 1);
  });

  test("a step of pino, destroyed at any time, and without a target", async () => {
    const { pinoFilter } = library;
    for (const when of ["at once", "after a line", "in a listener", "without a target"]) {
      const nobody = await uncaught(async () => {
        const step = pinoFilter({ action: "drop", $context: {} });
        let error;
        step.on("error", (thrown) => {
          error = thrown;
        });
        if (when === "at once") step.destroy();
        if (when === "in a listener") step.on("data", () => step.destroy());
        if (when === "after a line") step.resume();
        step.write(CHUNKS["1 MiB and more"]);
        await setImmediate();
        step.write(record, () => {});
        step.destroy();
        await closed(step);
        assert.equal(error?.code === "ERR_CRYPT32_STATE", when === "without a target");
        step.ledger();
      });
      assert.deepEqual(nobody, []);
    }
    assertSound();
  });

  test("destroyed from inside an option of another stream", async () => {
    const nobody = await uncaught(async () => {
      const first = createFilterStream();
      first.write(CHUNKS["half a line"]);
      const options = {
        get action() {
          first.destroy();
          return "drop";
        },
      };
      const second = createFilterStream(options);
      second.end(record);
      assert.equal((await second.toArray()).length, 0);
      assert.equal(first.destroyed, true);
    });
    assert.deepEqual(nobody, []);
  });

  test("the memory of destroyed streams is released at once", () => {
    // Each stream holds a line of almost a megabyte.
    const line = new Uint8Array(MIB - 1).fill(65);
    const before = kit.memory.buffer.byteLength;
    for (let i = 0; i < 200; i++) {
      const stream = createFilterStream();
      stream.write(line);
      stream.destroy();
      stream.destroy();
    }
    assert.ok(kit.memory.buffer.byteLength - before < 8 * MIB);
    assertSound();
  });

  /** The output of a stream for one chunk, or the error that ends it. */
  async function through(give, objectMode = false) {
    const stream = createFilterStream({ objectMode });
    const out = stream.toArray();
    out.catch(() => {});
    give(stream);
    return out;
  }
  const WAYS = {
    write: (chunk) => (stream) => {
      stream.write(chunk);
      stream.end();
    },
    "write with a callback": (chunk) => (stream) => {
      stream.write(chunk, "buffer", () => {});
      stream.end();
    },
    end: (chunk) => (stream) => stream.end(chunk),
  };
  for (const [way, give] of Object.entries(WAYS)) {
    for (const [what, hold] of Object.entries(HOLD)) {
      test(`${way}: ${what}`, async () => {
        const want = decode(concat(await through(give(record))));
        const nobody = await uncaught(async () => {
          assert.equal(decode(concat(await through(give(hold(record))))), want);
        });
        assert.deepEqual(nobody, []);
        assertSound();
      });
    }
    for (const [what, gone] of Object.entries(GONE)) {
      test(`${way}: ${what} ends the stream`, async () => {
        const nobody = await uncaught(async () => {
          await assert.rejects(through(give(gone(record))), { code: "ERR_CRYPT32_ARGUMENT" });
        });
        assert.deepEqual(nobody, []);
        assertSound();
      });
    }
  }

  test("values other than bytes and text are refused with a code, and in objectMode values other than objects", async () => {
    const objects = Object.entries(OBJECTS).map(([what, [value]]) => [what, value]);
    const all = Object.entries(NOT_DATA);
    // Nobody can tell what a revoked proxy was.
    const noObjects = all.filter(([what]) => what !== "a revoked list");
    for (const [objectMode, wrong] of [
      [false, [...all, ...objects]],
      [true, noObjects],
    ]) {
      for (const [what, value] of wrong) {
        const nobody = await uncaught(async () => {
          await assert.rejects(through(WAYS.write(value), objectMode), { code: /^ERR_/ });
        });
        assert.deepEqual(nobody, [], what);
      }
    }
    assertSound();
  });

  test("any object passes in objectMode", async () => {
    for (const [what, [value]] of Object.entries(OBJECTS)) {
      const nobody = await uncaught(async () => {
        const stream = createFilterStream({ objectMode: true });
        const out = [];
        stream.on("data", (object) => out.push(object)).end(value);
        await once(stream, "close");
        assert.ok(out.length === 1 && out[0] === value, what);
      });
      assert.deepEqual(nobody, [], what);
    }
    assertSound();
  });

  test("a chunk whose memory is transferred while it waits ends the stream", async () => {
    const stream = createFilterStream({ action: "drop", highWaterMark: 1 });
    const dropped = Array(Math.ceil(MIB / record.length)).fill(record);
    const chunk = concat([encode("a line\n"), ...dropped, record]);
    stream.write(chunk);
    assert.equal(stream.readableLength, 7);
    structuredClone(chunk.buffer, { transfer: [chunk.buffer] });
    await assert.rejects(stream.toArray(), { code: "ERR_CRYPT32_ARGUMENT" });
    assertSound();
  });

  test("an invalid signal is refused", () => {
    for (const signal of [null, {}, { aborted: false }, () => {}, 5]) {
      assert.throws(() => createFilterStream({ signal }), {
        code: "ERR_CRYPT32_OPTION",
        message: /"signal" takes an AbortSignal/,
      });
    }
  });
}
