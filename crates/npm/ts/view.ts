import { Crypt32StateError } from "./errors.js";

/**
 * A view of the module's memory. Once that memory was given to the next chunk, or moved because it
 * grew, the view is detached, and Node would read or write zero bytes without an error. So asking a
 * detached view for its length is an error.
 *
 * @internal
 */
export class ModuleView extends Uint8Array {
  readonly #size: number;

  constructor(buffer: ArrayBuffer, offset?: number, length?: number) {
    super(buffer, offset, length);
    this.#size = super.length;
  }

  /** Whether the view still has its bytes. */
  get attached(): boolean {
    return super.length === this.#size;
  }

  #checked(): number {
    if (this.attached) return this.#size;
    throw new Crypt32StateError(
      "this memory of the module is no longer valid; use it before the next call of its filter",
    );
  }

  static {
    // Accessors that override properties of the type, which TypeScript allows only in this form.
    for (const name of ["length", "byteLength"]) {
      Object.defineProperty(ModuleView.prototype, name, {
        get(this: ModuleView) {
          return this.#checked();
        },
      });
    }
  }
}
