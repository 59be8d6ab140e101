import { Crypt32ModuleError, Crypt32OptionError, said } from "./errors.js";

/** What the initialisation of the bindings returns. @internal */
export interface Exports {
  memory: WebAssembly.Memory;
}

/** The functions that scripts/pack.mjs adds to the bindings of wasm-bindgen. */
interface Again {
  /** The same bindings, without an instance. */
  bindings(): unknown;
  /** The module of the instance. */
  compiled(): WebAssembly.Module;
  /** Releases the instance. */
  lose(): void;
  initSync(source: { module: WebAssembly.Module }): Exports;
}

/**
 * One instance of a WASM module. If it stops in the middle of a call, its memory is in an unknown
 * state. It is then not called again, and its filters are lost.
 *
 * @internal
 */
export class Instance<Glue> {
  #lost = false;
  readonly #glue: Glue & Again;
  readonly #memory: WebAssembly.Memory;

  /** @param glue bindings with an instance, which has these exports */
  constructor(glue: Glue, { memory }: Exports) {
    this.#glue = glue as Glue & Again;
    this.#memory = memory;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Another instance of the same module. */
  again(): Instance<Glue> {
    return instantiate(this.#glue, this.#glue.compiled());
  }

  /** Detaches all views of the module's memory, and returns its buffer for new ones. */
  detach(): ArrayBuffer {
    this.#memory.grow(0);
    return this.#memory.buffer;
  }

  /**
   * Runs a function in the module.
   *
   * @throws Crypt32OptionError if the module returns an error, which is always about options
   * @throws Crypt32ModuleError if the module stops, and for every later call
   */
  run<T>(work: (glue: Glue) => T): T {
    if (this.#lost) {
      throw new Crypt32ModuleError(
        "the module stopped in an earlier call, and this object was lost",
      );
    }
    try {
      return work(this.#glue);
    } catch (cause) {
      if (typeof cause === "string") throw new Crypt32OptionError(cause);
      this.#lost = true;
      this.#glue.lose();
      throw new Crypt32ModuleError(
        `the module stopped, as it does when an input takes more memory than there is: ${said(cause)}`,
        { cause },
      );
    }
  }
}

/** A new instance of a module, with its own bindings. @internal */
export function instantiate<Glue>(glue: Glue, module: WebAssembly.Module): Instance<Glue> {
  const own = (glue as Glue & Again).bindings() as Glue & Again;
  try {
    return new Instance<Glue>(own, own.initSync({ module }));
  } catch (cause) {
    throw new Crypt32ModuleError(`the module cannot be started: ${said(cause)}`, { cause });
  }
}
