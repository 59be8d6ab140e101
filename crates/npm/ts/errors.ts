/**
 * The `code` of each error of this package: an unknown option or option value, an argument of the
 * wrong type, a call at the wrong time, or a failure of the module.
 */
export type ErrorCode =
  | "ERR_CRYPT32_OPTION"
  | "ERR_CRYPT32_ARGUMENT"
  | "ERR_CRYPT32_STATE"
  | "ERR_CRYPT32_MODULE";

/**
 * An unknown option, or a value that the option does not take. The message names both, and the most
 * similar option.
 *
 * @example
 * ```js
 * try {
 *   new Filter(JSON.parse('{ "acton": "drop" }'));
 * } catch (error) {
 *   console.log(error instanceof Crypt32OptionError); // true
 * }
 * ```
 */
export class Crypt32OptionError extends TypeError {
  readonly code = "ERR_CRYPT32_OPTION" satisfies ErrorCode;
}

/**
 * An argument of the wrong type, or one that cannot be read.
 *
 * @example
 * ```js
 * try {
 *   classify(Promise.resolve("{}"));
 * } catch (error) {
 *   console.log(error.message.slice(-11)); // got Promise
 * }
 * ```
 */
export class Crypt32ArgumentError extends TypeError {
  readonly code = "ERR_CRYPT32_ARGUMENT" satisfies ErrorCode;
}

/**
 * A call before `init()`, or after `finish()` or `free()`; or memory of the module that is used
 * after the next call of its filter.
 *
 * @example
 * ```js
 * const filter = new Filter();
 * filter.finish();
 * try {
 *   filter.push(new Uint8Array(1));
 * } catch (error) {
 *   console.log(error.code); // ERR_CRYPT32_STATE
 * }
 * ```
 */
export class Crypt32StateError extends Error {
  readonly code = "ERR_CRYPT32_STATE" satisfies ErrorCode;
}

/**
 * The module failed: an input or the answer needs more memory than is available. The failed call
 * gives no result. If it happens in a filter, this filter and the others of the same instance are
 * lost. Later calls and new filters work.
 *
 * @example
 * ```js
 * try {
 *   classify(`[${"{},".repeat(500_000)}{}]`);
 * } catch (error) {
 *   console.log(error.code); // ERR_CRYPT32_MODULE
 * }
 * ```
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
