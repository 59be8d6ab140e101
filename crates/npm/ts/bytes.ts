import { Crypt32ArgumentError, Crypt32ModuleError } from "./errors.js";

type Getter<T> = (this: unknown) => T;

/** A getter of the language's own, which no subclass, property or proxy can stand in front of. */
function getter<T>(prototype: object, name: PropertyKey): Getter<T> | undefined {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as Getter<T> | undefined;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
const kindOf = getter(typedArray, Symbol.toStringTag) as Getter<string | undefined>;
const bufferOf = getter(typedArray, "buffer") as Getter<ArrayBuffer>;
const offsetOf = getter(typedArray, "byteOffset") as Getter<number>;
const lengthOf = getter(typedArray, "length") as Getter<number>;
// Shared memory has neither of these; not every browser has the first.
const isResizable = (getter(ArrayBuffer.prototype, "resizable") ??
  getter(ArrayBuffer.prototype, "byteLength")) as Getter<unknown>;

/** Also true of a `Buffer`, and of an array from another realm, which `instanceof` would miss. @internal */
export function isBytes(value: unknown): value is Uint8Array {
  return kindOf.call(value) === "Uint8Array";
}

/**
 * A plain view of bytes, whatever a subclass says of their place and length. Memory that can change
 * its size, or that another thread may write to, is copied: so what is judged is what comes out.
 *
 * @throws Crypt32ArgumentError if there is no memory behind it any more
 * @internal
 */
export function plain(bytes: Uint8Array): Uint8Array {
  const buffer = bufferOf.call(bytes);
  const length = lengthOf.call(bytes);
  let view: Uint8Array;
  try {
    // An array whose memory is gone has no length, and refuses this.
    if (length === 0) typedArray.keys.call(bytes);
    view = new Uint8Array(buffer, offsetOf.call(bytes), length);
  } catch (cause) {
    const message = "the bytes are gone: their memory was detached, or became smaller";
    throw new Crypt32ArgumentError(message, { cause });
  }
  return isFixed(buffer) ? view : concat([view]);
}

/** Pieces in one array that shares memory with none of them. @internal */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const bytes = blank(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** An array to be written over from end to end. Where Node gives one without zeros, that saves a pass. */
function blank(length: number): Uint8Array {
  try {
    const memory = globalThis.Buffer?.allocUnsafeSlow?.(length).buffer;
    return memory?.byteLength === length ? new Uint8Array(memory) : new Uint8Array(length);
  } catch (cause) {
    throw new Crypt32ModuleError(`there is no memory for ${length} bytes in one array`, { cause });
  }
}

/** Whether memory is of one thread, and keeps its size. */
function isFixed(buffer: ArrayBuffer): boolean {
  try {
    return isResizable.call(buffer) !== true;
  } catch {
    return false;
  }
}
