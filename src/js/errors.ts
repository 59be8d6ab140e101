/** The `code` of what this package throws. */
export type ErrorCode =
  /** An option that does not exist, or a value that it does not take. */
  | "ERR_CRYPT32_OPTION"
  /** An argument that is not of the type that the function takes. */
  | "ERR_CRYPT32_ARGUMENT"
  /** A filter used after `finish()` or `free()`. */
  | "ERR_CRYPT32_STATE";

function coded<E extends Error>(error: E, code: ErrorCode): E & { code: ErrorCode } {
  return Object.assign(error, { code });
}

/** Wraps what the module says about an option. */
export function optionError(thrown: unknown): TypeError {
  return coded(new TypeError(String(thrown)), "ERR_CRYPT32_OPTION");
}

export function argumentError(takes: string, given: unknown): TypeError {
  const type = given === null ? "null" : typeof given;
  const name = type === "object" ? ((given as object).constructor?.name ?? "object") : type;
  return coded(new TypeError(`${takes}; got ${name}`), "ERR_CRYPT32_ARGUMENT");
}

export function stateError(message: string): Error {
  return coded(new Error(message), "ERR_CRYPT32_STATE");
}

/** Also true of a `Buffer`, and of an array from another realm, which `instanceof` would miss. */
export function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/**
 * Options as the module reads them. What JSON would silently leave out or turn into `null`
 * becomes an object, which no option takes, so that the module refuses it by name.
 */
export function optionsJson(options: object | undefined): string {
  if (options === undefined) return "{}";
  return JSON.stringify(options, (_, value: unknown) => {
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
}
