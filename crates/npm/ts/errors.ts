/**
 * The `code` of each error of this package: an unknown option or option value, an argument of the
 * wrong type, a call before `init()` or after `finish()` or `free()`, or a failure of the module.
 */
export type ErrorCode =
  | "ERR_CRYPT32_OPTION"
  | "ERR_CRYPT32_ARGUMENT"
  | "ERR_CRYPT32_STATE"
  | "ERR_CRYPT32_MODULE";

/** An unknown option, or a value that the option does not take. The message names both. */
export class Crypt32OptionError extends TypeError {
  readonly code = "ERR_CRYPT32_OPTION" satisfies ErrorCode;
}

/** An argument of the wrong type, or one that cannot be read. */
export class Crypt32ArgumentError extends TypeError {
  readonly code = "ERR_CRYPT32_ARGUMENT" satisfies ErrorCode;
}

/** A call before `init()`, or after `finish()` or `free()`. */
export class Crypt32StateError extends Error {
  readonly code = "ERR_CRYPT32_STATE" satisfies ErrorCode;
}

/**
 * The module failed: an input or the answer needs more memory than is available. The failed call
 * gives no result. If it happens in a filter, this filter and the others of the same instance are
 * lost. Later calls and new filters work.
 */
export class Crypt32ModuleError extends Error {
  readonly code = "ERR_CRYPT32_MODULE" satisfies ErrorCode;
}

/** The error for an argument of the wrong type. @internal */
export function argumentError(takes: string, given: unknown): Crypt32ArgumentError {
  return new Crypt32ArgumentError(`${takes}; got ${nameOf(given)}`);
}

/** The type of a value, in one word. */
function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  try {
    const name: unknown = value.constructor.name;
    if (typeof name === "string") return name;
  } catch {
    // The value has no constructor, or hides it.
  }
  return "object";
}

/** A thrown value, which can be anything, as text. @internal */
export function said(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return typeof thrown;
  }
}
