// Byte functions without Node's Buffer.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const encode = (text) => encoder.encode(text);
export const decode = (bytes) => decoder.decode(bytes);

export function concat(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const equalBytes = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** A generator of numbers below `limit`, always the same for a seed. */
export function numbers(seed) {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Joins the chunks of a web stream. */
export async function collect(stream) {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A web stream of the bytes, in chunks of the lengths that `next` returns. */
export function streamOf(bytes, next = () => bytes.length) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const length = Math.max(1, next());
      controller.enqueue(bytes.slice(at, at + length));
      at += length;
    },
  });
}
