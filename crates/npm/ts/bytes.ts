import { Crypt32ArgumentError, Crypt32ModuleError } from "./errors.js";

type Getter<T> = (this: unknown) => T;

/** A built-in getter, which no subclass, property or proxy can override. */
function getter<T>(prototype: object, name: PropertyKey): Getter<T> | undefined {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as Getter<T> | undefined;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
const kindOf = getter(typedArray, Symbol.toStringTag) as Getter<string | undefined>;
const bufferOf = getter(typedArray, "buffer") as Getter<ArrayBuffer>;
const offsetOf = getter(typedArray, "byteOffset") as Getter<number>;
const lengthOf = getter(typedArray, "length") as Getter<number>;
// Shared memory has neither of these, and some browsers lack the first.
const isResizable = (getter(ArrayBuffer.prototype, "resizable") ??
  getter(ArrayBuffer.prototype, "byteLength")) as Getter<unknown>;

/**
 * Whether a value is a `Uint8Array`. Unlike `instanceof`, this also detects arrays from another
 * realm. @internal
 */
export function isBytes(value: unknown): value is Uint8Array {
  return kindOf.call(value) === "Uint8Array";
}

/**
 * A plain view of the bytes, whatever a subclass reports as their position and length. Resizable or
 * shared memory is copied, so that nobody can change the bytes between the verdict and the output.
 *
 * @throws Crypt32ArgumentError if the array's memory was transferred
 * @internal
 */
export function plain(bytes: Uint8Array): Uint8Array {
  const buffer = bufferOf.call(bytes);
  const length = lengthOf.call(bytes);
  let view: Uint8Array;
  try {
    // This call throws if the array's memory was transferred.
    if (length === 0) typedArray.keys.call(bytes);
    view = new Uint8Array(buffer, offsetOf.call(bytes), length);
  } catch (cause) {
    const message = "the bytes are gone: their memory was detached, or became smaller";
    throw new Crypt32ArgumentError(message, { cause });
  }
  return isFixed(buffer) ? view : concat([view]);
}

/** Joins the pieces into one new array. @internal */
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

/**
 * An array that the caller overwrites completely. Node can allocate it without zeroing the memory.
 */
function blank(length: number): Uint8Array {
  try {
    const memory = globalThis.Buffer?.allocUnsafeSlow?.(length).buffer;
    return memory?.byteLength === length ? new Uint8Array(memory) : new Uint8Array(length);
  } catch (cause) {
    throw new Crypt32ModuleError(`not enough memory for ${length} bytes in one array`, { cause });
  }
}

/** Whether the memory belongs to one thread and keeps its size. */
function isFixed(buffer: ArrayBuffer): boolean {
  try {
    return isResizable.call(buffer) !== true;
  } catch {
    return false;
  }
}
