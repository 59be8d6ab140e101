import type { Ledger } from "./answers.js";
import { Filter, joined } from "./filter.js";
import type { FilterOptions } from "./types.js";

/**
 * A filter as a web stream with bytes in and bytes out, for `pipeThrough` in a page, in a worker
 * and in every runtime that has `TransformStream`. The stream frees the filter's memory when it
 * ends or is cancelled.
 *
 * @example
 * ```js
 * const response = await fetch("/app.ndjson");
 * const filter = new Crypt32FilterStream({ action: "drop" });
 * const kept = await new Response(response.body.pipeThrough(filter)).text();
 * console.log(kept.length, filter.ledger().dropped);
 * ```
 */
export class Crypt32FilterStream extends TransformStream<Uint8Array, Uint8Array> {
  #filter: Filter;
  #final: Ledger | undefined;

  /**
   * @param options the filter's options; see {@link FilterOptions}
   * @throws Crypt32OptionError for an unknown option or value; the message names the option and the
   *   allowed values
   * @throws Crypt32StateError before `init()`, in the entry that has it
   */
  constructor(options?: FilterOptions) {
    const filter = new Filter(options);
    const end = () => {
      try {
        this.#final ??= filter.ledger();
      } catch {
        // The ledger was lost with the module; asking for it reports that.
      }
      filter.free();
    };
    /** Runs the work, unless an earlier call failed. */
    const attempt = (work: () => void) => {
      try {
        work();
      } catch (error) {
        end();
        throw error;
      }
    };
    // Some runtimes do not call `cancel` yet; there the garbage collector frees the filter.
    const transformer: Transformer<Uint8Array, Uint8Array> & { cancel(): void } = {
      transform(chunk, controller) {
        attempt(() => {
          for (const piece of joined(filter.pieces(chunk))) controller.enqueue(piece);
        });
      },
      flush(controller) {
        attempt(() => {
          const held = filter.finish();
          if (held.length > 0) controller.enqueue(held);
        });
        end();
      },
      cancel: end,
    };
    super(transformer);
    this.#filter = filter;
  }

  /** The ledger so far; after the end, the final one. */
  ledger(): Ledger {
    return this.#final ?? this.#filter.ledger();
  }
}
