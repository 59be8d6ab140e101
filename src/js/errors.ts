/**
 * The `code` of what this package throws: that an option does not exist or does not take a value,
 * that an argument is of another type than the function takes, or that something was used before
 * `init()`, or after `finish()` or `free()`.
 */
export type ErrorCode = "ERR_CRYPT32_OPTION" | "ERR_CRYPT32_ARGUMENT" | "ERR_CRYPT32_STATE";

/** An option that does not exist, or a value that it does not take. The message names both. */
export class Crypt32OptionError extends TypeError {
  readonly code = "ERR_CRYPT32_OPTION" satisfies ErrorCode;
}

/** An argument that is not of the type that the function takes. */
export class Crypt32ArgumentError extends TypeError {
  readonly code = "ERR_CRYPT32_ARGUMENT" satisfies ErrorCode;
}

/** Something used before `init()`, or after `finish()` or `free()`. */
export class Crypt32StateError extends Error {
  readonly code = "ERR_CRYPT32_STATE" satisfies ErrorCode;
}

/** Runs what the module does with options. All that it throws are texts about them. @internal */
export function withOptions<T>(run: (json: string) => T, options: object | undefined): T {
  const json = optionsJson(options);
  try {
    return run(json);
  } catch (thrown) {
    throw new Crypt32OptionError(String(thrown));
  }
}

/** That an argument is of another type than the one that is taken. @internal */
export function argumentError(takes: string, given: unknown): Crypt32ArgumentError {
  const type = given === null ? "null" : typeof given;
  const name = type === "object" ? ((given as object).constructor?.name ?? "object") : type;
  return new Crypt32ArgumentError(`${takes}; got ${name}`);
}

/** Also true of a `Buffer`, and of an array from another realm, which `instanceof` would miss. @internal */
export function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/**
 * Options as the module reads them. What JSON would silently leave out or turn into `null`
 * becomes an object, which no option takes, so that the module refuses it by name.
 */
function optionsJson(options: object | undefined): string {
  if (options === undefined) return "{}";
  const json = JSON.stringify(options, (_, value: unknown) => {
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
  return json ?? "null";
}
