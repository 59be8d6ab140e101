/**
 * The `code` of what this package throws: that an option does not exist or does not take a value,
 * that an argument is of another type than the function takes, that something was used before
 * `init()`, or after `finish()` or `free()`, or that the module could not do its work.
 */
export type ErrorCode =
  | "ERR_CRYPT32_OPTION"
  | "ERR_CRYPT32_ARGUMENT"
  | "ERR_CRYPT32_STATE"
  | "ERR_CRYPT32_MODULE";

/** An option that does not exist, or a value that it does not take. The message names both. */
export class Crypt32OptionError extends TypeError {
  readonly code = "ERR_CRYPT32_OPTION" satisfies ErrorCode;
}

/** An argument that is not of the type that the function takes, or cannot be read. */
export class Crypt32ArgumentError extends TypeError {
  readonly code = "ERR_CRYPT32_ARGUMENT" satisfies ErrorCode;
}

/** Something used before `init()`, or after `finish()` or `free()`. */
export class Crypt32StateError extends Error {
  readonly code = "ERR_CRYPT32_STATE" satisfies ErrorCode;
}

/**
 * The module could not do its work: an input, or the answer, takes more memory than there is. What
 * was called gives no answer. A filter in which it happens is lost, and those beside it are; what is
 * called or made afterwards works.
 */
export class Crypt32ModuleError extends Error {
  readonly code = "ERR_CRYPT32_MODULE" satisfies ErrorCode;
}

/** That an argument is of another type than the one that is taken. @internal */
export function argumentError(takes: string, given: unknown): Crypt32ArgumentError {
  return new Crypt32ArgumentError(`${takes}; got ${nameOf(given)}`);
}

/** What a value is, in a word. */
function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  try {
    const name: unknown = value.constructor.name;
    if (typeof name === "string") return name;
  } catch {
    // It has no constructor, or hides it.
  }
  return "object";
}

/** What was thrown, which can be anything, as text. @internal */
export function said(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return typeof thrown;
  }
}
