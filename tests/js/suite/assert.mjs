// The parts of node:assert that the suite needs, for environments without Node.

class Failed extends Error {}

const show = (value) => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 600 ? `${text.slice(0, 600)}...` : text;
};

function fail(message, fallback) {
  throw new Failed(message === undefined ? fallback : `${message}: ${fallback}`);
}

/** Structural equality of JSON values, including undefined members. */
function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

function matches(error, expected) {
  for (const [key, value] of Object.entries(expected)) {
    if (value instanceof RegExp) assert.match(String(error?.[key]), value);
    else assert.equal(error?.[key], value, `${key} of ${error}`);
  }
}

export const assert = {
  ok(value, message) {
    if (!value) fail(message, "not so");
  },
  equal(actual, expected, message) {
    if (!Object.is(actual, expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
  },
  deepEqual(actual, expected, message) {
    if (!same(actual, expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
  },
  match(text, pattern, message) {
    if (!pattern.test(text)) fail(message, `${show(text)} is not ${pattern}`);
  },
  throws(run, expected) {
    try {
      run();
    } catch (error) {
      matches(error, expected);
      return;
    }
    fail(undefined, `did not throw ${show(String(expected.message ?? expected.code))}`);
  },
  async rejects(promise, expected) {
    try {
      await promise;
    } catch (error) {
      matches(error, expected);
      return;
    }
    fail(undefined, `did not reject with ${show(String(expected.message ?? expected.code))}`);
  },
};
