// Tests reserve() and commit(): chunks in the module's memory, and views that are kept too long.
import { assert } from "./assert.mjs";
import { concat, decode, encode, equalBytes, numbers } from "./bytes.mjs";

const STATE = { name: "Error", code: "ERR_CRYPT32_STATE" };
const ARGUMENT = { name: "TypeError", code: "ERR_CRYPT32_ARGUMENT" };

export default function define({ library, kit, test }) {
  const { Filter } = library;
  const { log } = kit;

  /** Copies the bytes into the module's memory and filters them. */
  function commit(filter, bytes, room = bytes.length) {
    filter.reserve(room).set(bytes);
    return filter.commit(bytes.length);
  }

  for (const action of ["tag", "drop", "observe"]) {
    test(`${action}: the same bytes and ledger as push, for all chunk sizes`, () => {
      const pushed = new Filter({ action });
      const whole = concat([pushed.push(log), pushed.finish()]);
      const next = numbers(action.length);
      for (const most of [70, 5000, 400_000, 3_000_000]) {
        const filter = new Filter({ action });
        const parts = [];
        for (let at = 0; at < log.length; ) {
          const chunk = log.subarray(at, at + 1 + next(most));
          at += chunk.length;
          // Copies, because the next call ends the slices.
          parts.push(
            ...commit(filter, chunk, chunk.length + next(9)).map((piece) => piece.slice()),
          );
        }
        parts.push(filter.finish());
        assert.ok(equalBytes(concat(parts), whole), `chunks of up to ${most} bytes`);
        assert.deepEqual(filter.ledger(), pushed.ledger());
        filter.free();
      }
      pushed.free();
    });
  }

  test("what passes is a slice of the module's memory", () => {
    const filter = new Filter();
    const [piece, ...more] = commit(filter, encode("a line\nanother\n"));
    assert.equal(more.length, 0);
    assert.equal(decode(piece.slice()), "a line\nanother\n");
    assert.equal(piece.buffer.byteLength % 65536, 0);
    filter.free();
  });

  test("a view that is kept after its call is an error", () => {
    const filter = new Filter();
    const view = filter.reserve(100);
    view.set(encode("a line\n"));
    const part = view.subarray(2, 5);
    const [piece] = filter.commit(7);
    assert.throws(() => view.length, STATE);
    assert.throws(() => part.byteLength, STATE);
    assert.throws(() => view.set(encode("more")), { name: "TypeError" });
    assert.equal(piece.length, 7);
    filter.reserve(100);
    assert.throws(() => piece.length, STATE);
    assert.throws(() => piece.slice(), { name: "TypeError" });
    const [last] = filter.commit(0);
    assert.equal(last, undefined);
    const kept = filter.reserve(10);
    filter.finish();
    assert.throws(() => kept.length, STATE);
    filter.free();
  });

  test("free() ends the views too", () => {
    const filter = new Filter();
    const view = filter.reserve(10);
    filter.free();
    assert.throws(() => view.length, STATE);
    assert.throws(() => filter.commit(0), STATE);
    assert.throws(() => filter.reserve(1), STATE);
  });

  test("each commit needs a reserve, and takes no more bytes than that", () => {
    const filter = new Filter();
    assert.throws(() => filter.commit(0), STATE);
    filter.reserve(10).set(encode("a line\n"));
    for (const wrong of [11, -1, 1.5, Number.NaN, "7", undefined, null, 2 ** 32 + 7]) {
      assert.throws(() => filter.commit(wrong), ARGUMENT);
    }
    assert.equal(filter.commit(7).length, 1);
    assert.throws(() => filter.commit(7), STATE);
    assert.equal(filter.ledger().bytes_in, 7);
    filter.free();
  });

  test("a length that cannot be reserved is refused, and the filter continues", () => {
    const filter = new Filter();
    for (const wrong of [0, -1, 1.5, Number.NaN, "10", undefined, null, 2 ** 30 + 1, 2 ** 32 + 1]) {
      assert.throws(() => filter.reserve(wrong), ARGUMENT);
    }
    assert.equal(commit(filter, encode("x\n")).length, 1);
    filter.free();
  });

  test("memory that moved since reserve() is an error, and no bytes are lost or doubled", () => {
    const filter = new Filter();
    const view = filter.reserve(20);
    view.set(encode("lost if committed\n"));
    // The held line takes more memory than there is.
    const line = new Uint8Array(8_000_000).fill(120);
    const parts = [filter.push(line)];
    assert.throws(() => view.length, STATE);
    assert.throws(() => filter.commit(18), STATE);
    parts.push(...commit(filter, encode("\nnext\n")).map((piece) => piece.slice()));
    parts.push(filter.finish());
    assert.equal(concat(parts).length, line.length + 6);
    assert.equal(filter.ledger().records, 2);
    filter.free();
  });

  test("other filters do not move the memory", () => {
    const filter = new Filter();
    const view = filter.reserve(20);
    const other = new Filter({ maxRecord: 2 ** 30 });
    other.push(new Uint8Array(8_000_000).fill(120));
    view.set(encode("a line\n"));
    assert.equal(decode(filter.commit(7)[0].slice()), "a line\n");
    other.free();
    filter.free();
  });

  test("a filter that was given chunks cannot reserve", () => {
    const filter = new Filter();
    filter.push(encode("first\n"));
    assert.throws(() => filter.reserve(10), STATE);
    assert.equal(decode(filter.push(encode("second\n"))), "second\n");
    filter.free();
  });

  test("the options are those of the filter", () => {
    const filter = new Filter({ action: "observe", maxRecord: 5 });
    commit(filter, encode("123456789\n"));
    assert.equal(filter.ledger().oversized, 1);
    filter.free();
  });
}
