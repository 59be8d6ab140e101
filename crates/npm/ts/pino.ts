/**
 * A step of a pino transport pipeline, `crypt32-filter/pino`: what is logged goes through the
 * filter in pino's worker thread, on its way to the target that comes after it.
 *
 * @example
 * ```js
 * const transport = pino.transport({
 *   pipeline: [
 *     { target: "crypt32-filter/pino", options: { action: "drop" } },
 *     { target: "pino/file", options: { destination: 1 } },
 *   ],
 * });
 * pino(transport).info({ SourceName: "crypt32", EventID: 8 }, "from a collector");
 * ```
 *
 * @module
 */
import "./node.js";
import { Crypt32StateError } from "./errors.js";
import { createFilterStream, type FilterStream } from "./node-stream.js";
import { ownOptions } from "./options.js";
import type { FilterOptions } from "./types.js";

/**
 * Makes the step; pino calls it.
 *
 * @param options what to do; see {@link FilterOptions}
 * @throws Crypt32OptionError for an unknown option or value
 */
export default function pinoFilter(options?: FilterOptions): FilterStream {
  // Pino puts settings of its own among the options: $context, pinoWillSendConfig.
  const own = Object.entries(ownOptions(options)).filter(([name]) => !/^(\$|pino)/.test(name));
  const filter = createFilterStream(Object.fromEntries(own));
  const write = filter._transform;
  filter._transform = (...chunk) => {
    // With nobody behind it, it would hold what fits and then stop the application.
    if (filter.readableFlowing === null && filter.listenerCount("readable") === 0) {
      const message = "crypt32-filter/pino is a step of a pipeline; name a target after it";
      filter.destroy(new Crypt32StateError(message));
      return;
    }
    filter._transform = write;
    write.apply(filter, chunk);
  };
  return filter;
}
