// A WASM module with little memory, which runs out of memory like a normal one at four gigabytes.

/** Reads a WASM number (LEB128), and returns its value and end. */
function read(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function written(value) {
  const out = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) + 128);
  }
}

const MEMORY = 5;

/** The same module with at most so many pages of 64 KiB in addition to its initial ones. */
export function limited(module, pages) {
  for (let at = 8; at < module.length; ) {
    const id = module[at];
    const [size, start] = read(module, at + 1);
    if (id === MEMORY) {
      // The module has one memory with an initial size and no maximum.
      const [first] = read(module, start + 2);
      const memory = [1, 1, ...written(first), ...written(first + pages)];
      const head = [id, ...written(memory.length), ...memory];
      return Buffer.concat([
        module.subarray(0, at),
        Buffer.from(head),
        module.subarray(start + size),
      ]);
    }
    at = start + size;
  }
  throw new Error("the module has no memory of its own");
}
