import { isBytes, plain } from "./bytes.js";
import { argumentError, Crypt32ArgumentError, said } from "./errors.js";

const encoder = new TextEncoder();

/**
 * One record: a JSON object or a line as text or as bytes, or an object, which is read as its
 * `JSON.stringify` output.
 */
export type LogRecord = string | Uint8Array | object;

/**
 * Whether a value is an object that can be a record, and not bytes, a list or a promise, which has
 * no members. @internal
 */
export function isObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  try {
    return !/^\[object (Array|Promise|(Shared)?ArrayBuffer)\]$/.test(
      Object.prototype.toString.call(value),
    );
  } catch {
    // A proxy is an object, whatever it claims to be.
    return true;
  }
}

/** A text as UTF-8 bytes. @internal */
export function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

/** One record as bytes. @internal */
export function recordBytes(record: unknown): Uint8Array {
  if (isBytes(record)) return plain(record);
  if (typeof record === "string") return encode(record);
  if (!isObject(record)) {
    throw argumentError("a record is a string, bytes (Uint8Array or Buffer) or an object", record);
  }
  return encode(objectText(record));
}

/**
 * The replacement for an object that is too deep to be written as JSON. It is also too deep to be
 * read.
 */
const TOO_DEEP = `{"":${"[".repeat(512)}${"]".repeat(512)}}`;

/** An object as JSON. @internal */
export function objectText(object: object): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(object);
  } catch (cause) {
    if (/call stack|recursion/i.test(said(cause))) return TOO_DEEP;
    const message = `a record that is an object must be JSON: ${said(cause)}`;
    throw new Crypt32ArgumentError(message, { cause });
  }
  if (text === undefined) throw new Crypt32ArgumentError("a record's toJSON() returned nothing");
  return text;
}
