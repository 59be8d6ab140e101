import { Crypt32ModuleError, Crypt32OptionError, said } from "./errors.js";

/** What scripts/pack.mjs makes of the bindings that wasm-bindgen writes. */
interface Again {
  /** The same bindings, without an instance. */
  bindings(): unknown;
  /** The module that the instance is of. */
  compiled(): WebAssembly.Module;
  /** Lets the instance go. */
  lose(): void;
  initSync(source: { module: WebAssembly.Module }): unknown;
}

/**
 * One instance of a WASM module. Where it stopped in the middle of a call, its memory is in no
 * known state: it is not called again, and what lived in it is lost.
 *
 * @internal
 */
export class Instance<Glue> {
  #lost = false;
  readonly #glue: Glue & Again;

  /** @param glue bindings that have an instance */
  constructor(glue: Glue) {
    this.#glue = glue as Glue & Again;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Another instance of the module. */
  again(): Instance<Glue> {
    return instantiate(this.#glue, this.#glue.compiled());
  }

  /**
   * Runs something in the module.
   *
   * @throws Crypt32OptionError where the module returns an error: all of these are about options
   * @throws Crypt32ModuleError where it stops, and from then on
   */
  run<T>(work: (glue: Glue) => T): T {
    if (this.#lost) {
      throw new Crypt32ModuleError("the module stopped in another call, and this was lost with it");
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

/** An instance of a module, with bindings of its own. @internal */
export function instantiate<Glue>(glue: Glue, module: WebAssembly.Module): Instance<Glue> {
  const own = (glue as Glue & Again).bindings() as Glue & Again;
  try {
    own.initSync({ module });
  } catch (cause) {
    throw new Crypt32ModuleError(`the module cannot be started: ${said(cause)}`, { cause });
  }
  return new Instance<Glue>(own);
}
