import { Crypt32OptionError, said } from "./errors.js";

/**
 * The own options of an object, each read once.
 *
 * @throws Crypt32OptionError if it is not a plain object: the contents of a `Map` or of a class
 *   instance would otherwise be ignored silently
 * @internal
 */
export function ownOptions(options: unknown): Record<string, unknown> {
  if (options === undefined) return {};
  try {
    if (isPlain(options)) return { ...options };
  } catch (cause) {
    throw unreadable(cause);
  }
  throw new Crypt32OptionError('option "options" takes an object: a plain one, such as {}');
}

/**
 * The options as JSON for the module. A value that JSON would omit or change to `null` becomes an
 * object. No option takes an object, so the module rejects the option by name.
 *
 * @internal
 */
export function optionsJson(options: unknown): string {
  const members: string[] = [];
  for (const [name, value] of Object.entries(ownOptions(options))) {
    const json = valueJson(value);
    if (json !== undefined) members.push(`${JSON.stringify(name)}:${json}`);
  }
  return `{${members.join()}}`;
}

function valueJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_, value: unknown) => {
      switch (typeof value) {
        case "number":
          return Number.isFinite(value) ? value : {};
        case "bigint":
        case "function":
        case "symbol":
          return {};
        default:
          return value;
      }
    });
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): Crypt32OptionError {
  return new Crypt32OptionError(`the options cannot be read: ${said(cause)}`, { cause });
}

/** Whether the value is an object without a class, from this realm or another. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty");
}
