import { Filter, joined } from "./filter.js";
import type { FilterOptions, Ledger } from "./types.js";

/**
 * A filter as a stream of the web platform: for `pipeThrough`, in a page, in a worker and in every
 * runtime that has `TransformStream`. Bytes in, bytes out. The filter's memory is freed when the
 * stream ends or is cancelled.
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
   * @param options what to do; see {@link FilterOptions}
   * @throws Crypt32OptionError for an unknown option or value; the message names the option and
   *   what it takes
   * @throws Crypt32StateError before `init()`, where the entry has one to wait for
   */
  constructor(options?: FilterOptions) {
    const filter = new Filter(options);
    const end = () => {
      try {
        this.#final ??= filter.ledger();
      } catch {
        // It was lost with the module, as whoever asks for it is told.
      }
      filter.free();
    };
    /** After an error, nothing more is called. */
    const attempt = (work: () => void) => {
      try {
        work();
      } catch (error) {
        end();
        throw error;
      }
    };
    // Not every runtime calls `cancel` yet; there the garbage collector frees the filter.
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

  /** The account so far; after the end the final one. */
  ledger(): Ledger {
    return this.#final ?? this.#filter.ledger();
  }
}
