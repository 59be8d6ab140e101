import { argumentError, Crypt32ArgumentError, isBytes } from "./errors.js";

const encoder = new TextEncoder();

/**
 * One record: a JSON object or a line as text or as bytes, or an object, which is read as what
 * `JSON.stringify` writes of it.
 */
export type LogRecord = string | Uint8Array | object;

/** Whether a value is an object that can be a record, and not bytes or a list. @internal */
export function isObject(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value))
  );
}

/** The bytes of a text. @internal */
export function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The bytes of one record. @internal */
export function recordBytes(record: unknown): Uint8Array {
  if (isBytes(record)) return record;
  if (typeof record === "string") return encode(record);
  if (!isObject(record)) {
    throw argumentError("a record is a string, bytes (Uint8Array or Buffer) or an object", record);
  }
  return encode(objectText(record));
}

/** An object as JSON. @internal */
export function objectText(object: object): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(object);
  } catch (cause) {
    throw new Crypt32ArgumentError(`a record that is an object must be JSON: ${cause}`, { cause });
  }
  if (text === undefined) throw new Crypt32ArgumentError("a record's toJSON() gave nothing");
  return text;
}
