// Finds which parts of a module refer to which, from the relocations that the linker keeps with `--emit-relocs`.
// The format: https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md

/** Reads numbers and names from bytes. */
class Reader {
  constructor(bytes, at, end) {
    Object.assign(this, { bytes, at, end });
  }
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }
  *list(item) {
    for (let left = this.number(); left > 0; left--) yield item();
  }
}

const CUSTOM = 0;
export const IMPORT = 2;
const EXPORT = 7;
export const CODE = 10;
export const DATA = 11;

/** The sections of a module: the kind, the name of a custom section, and the offsets of section and content. */
export function sections(bytes) {
  const all = [];
  for (const reader = new Reader(bytes, 8, bytes.length); reader.at < bytes.length; ) {
    const from = reader.at;
    const id = bytes[reader.at++];
    const length = reader.number();
    const start = reader.at;
    const name = id === CUSTOM ? reader.text() : "";
    all.push({ id, name, from, start, content: reader.at, end: start + length });
    reader.at = start + length;
  }
  return all;
}

/** The data segments: the address in memory, the bytes, and their offset in the section. */
export function segments(bytes, parts) {
  const part = parts.find(({ id }) => id === DATA);
  const reader = new Reader(bytes, part.start, part.end);
  return [
    ...reader.list(() => {
      // Active, memory 0, `i32.const` (positive, below 2^27: the sign bit is no concern), `end`.
      if (bytes[reader.at] !== 0 || bytes[reader.at + 1] !== 0x41) {
        throw new Error("unknown kind of segment");
      }
      reader.at += 2;
      const address = reader.number();
      reader.at++;
      const length = reader.number();
      const offset = reader.at - part.start;
      reader.at += length;
      return { address, offset, content: bytes.subarray(reader.at - length, reader.at) };
    }),
  ];
}

/** The module without its relocations. */
export function withoutRelocations(bytes, parts) {
  const kept = parts.filter(({ name }) => name !== "linking" && !name.startsWith("reloc."));
  return Buffer.concat([bytes.subarray(0, 8), ...kept.map((s) => bytes.subarray(s.from, s.end))]);
}

/** The number of imported functions. They have the first function indices. */
export function importedFunctions(bytes, part) {
  if (!part) return 0;
  const reader = new Reader(bytes, part.start, part.end);
  let count = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.text();
    reader.text();
    if (bytes[reader.at++] !== 0) throw new Error("an import that is no function");
    reader.number();
    count++;
  }
  return count;
}

/** The range of each function's body in the code section. */
export function bodies(bytes, part) {
  const reader = new Reader(bytes, part.start, part.end);
  return [
    ...reader.list(() => {
      const length = reader.number();
      reader.at += length;
      return { from: reader.at - length - part.start, to: reader.at - part.start };
    }),
  ];
}

/** The names of functions by index. */
export function functionNames(bytes, part) {
  const names = new Map();
  const reader = new Reader(bytes, part.content, part.end);
  while (reader.at < part.end) {
    const kind = bytes[reader.at++];
    const length = reader.number();
    const next = reader.at + length;
    if (kind === 1)
      for (const [i, name] of reader.list(() => [reader.number(), reader.text()]))
        names.set(i, name);
    reader.at = next;
  }
  return names;
}

/** The linker's symbols: a function with its index, a piece of data with its range, or neither. */
function symbols(bytes, part) {
  const reader = new Reader(bytes, part.content, part.end);
  if (reader.number() !== 2) throw new Error("another version of the linking section");
  while (reader.at < part.end) {
    const kind = bytes[reader.at++];
    const length = reader.number();
    const next = reader.at + length;
    // WASM_SYMBOL_TABLE
    if (kind === 8) return [...reader.list(() => symbol(bytes, reader))];
    reader.at = next;
  }
  throw new Error("no symbols");
}

function symbol(bytes, reader) {
  const kind = bytes[reader.at++];
  const flags = reader.number();
  const [undefined_, named] = [flags & 0x10, flags & 0x40];
  if (kind === 1) {
    reader.text();
    if (undefined_) return {};
    return { segment: reader.number(), from: reader.number(), size: reader.number() };
  }
  const index = reader.number();
  // A section has no name here. An imported symbol has a name only if a flag says so.
  if (kind !== 3 && (!undefined_ || named)) reader.text();
  return kind === 0 ? { function: index } : {};
}

/** The references in a section: the offset and the symbol. */
function references(bytes, part) {
  if (!part) return [];
  const reader = new Reader(bytes, part.content, part.end);
  reader.number();
  const found = [...reader.list(() => reference(reader))];
  return found.filter(({ symbol }) => symbol !== undefined).sort((a, b) => a.at - b.at);
}

function reference(reader) {
  const kind = reader.bytes[reader.at++];
  const [at, symbol] = [reader.number(), reader.number()];
  // Addresses have an addend.
  if ([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 23].includes(kind)) reader.number();
  // The index of a type is not a symbol.
  return kind === 6 ? {} : { at, symbol };
}

/** The references from offset `from` up to, but not including, `to`. They must be sorted. */
function within(references, from, to) {
  let [low, high] = [0, references.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (references[middle].at < from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < references.length && references[end].at < to) end++;
  return references.slice(low, end);
}

/**
 * Finds the functions and the pieces of data that no export reaches. Functions have an index and a name, which need
 * not be unique; pieces of data have a range. `isDeadEnd` tells whether the references of a function are ignored.
 */
export function reachable(bytes, parts, data, isDeadEnd) {
  const part = (name) => parts.find((section) => section.name === name);
  const section = (id) => parts.find((section) => section.id === id);
  if (!part("linking")) throw new Error("no relocations: was it linked with --emit-relocs?");
  const imported = importedFunctions(bytes, section(IMPORT));
  const functions = bodies(bytes, section(CODE));
  const names = functionNames(bytes, part("name"));
  const known = symbols(bytes, part("linking"));
  const inCode = references(bytes, part("reloc.CODE"));
  const inData = references(bytes, part("reloc.DATA"));
  const pieces = known.filter(({ size }) => size > 0);
  const place = ({ segment, from, size }) => {
    const start = data[segment].offset + from;
    return [start, start + size];
  };

  const [seen, seenFunctions, todo] = [new Set(), new Set(), []];
  const come = (number) => {
    if (!seen.has(number)) todo.push(number);
    seen.add(number);
  };
  const comeToFunction = (index) => {
    const body = functions[index - imported];
    if (!body || seenFunctions.has(index)) return;
    seenFunctions.add(index);
    if (isDeadEnd(names.get(index) ?? "")) return;
    for (const { symbol } of within(inCode, body.from, body.to)) come(symbol);
  };
  const exported = new Reader(bytes, section(EXPORT).start, section(EXPORT).end);
  const exports = exported.list(() => [exported.text(), bytes[exported.at++], exported.number()]);
  for (const [, kind, index] of [...exports]) if (kind === 0) comeToFunction(index);
  // References in data without a symbol count as reachable, because that data is never removed.
  const places = pieces.map(place).sort((a, b) => a[0] - b[0]);
  for (const { at, symbol } of inData) {
    if (!places.some(([from, to]) => from <= at && at < to)) come(symbol);
  }
  while (todo.length > 0) {
    const symbol = known[todo.pop()];
    if (symbol.function !== undefined) comeToFunction(symbol.function);
    else if (symbol.size > 0) {
      for (const { symbol: next } of within(inData, ...place(symbol))) come(next);
    }
  }
  // Two symbols may name the same piece of data.
  const live = new Set();
  for (const number of seen) {
    const { segment, from, size } = known[number];
    for (let at = from; at < from + (size ?? 0); at++) live.add(`${segment} ${at}`);
  }
  const isDead = ({ segment, from, size }) => {
    for (let at = from; at < from + size; at++) if (live.has(`${segment} ${at}`)) return false;
    return true;
  };
  return {
    deadData: pieces.filter(isDead).map(({ segment, from, size }) => {
      return { content: data[segment].content, from, to: from + size };
    }),
    names,
    deadFunctions: new Set(
      functions.map((_, i) => i + imported).filter((index) => !seenFunctions.has(index)),
    ),
  };
}
