/**
 * A step of a pino transport pipeline, `crypt32-filter/pino`: the filter runs in pino's worker
 * thread, between the logger and the next target.
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
 * Creates the step; pino calls it.
 *
 * @param options the filter's options; see {@link FilterOptions}
 * @throws Crypt32OptionError for an unknown option or value
 *
 * @example
 * ```js
 * import pino from "pino";
 * import filter from "crypt32-filter/pino";
 * const step = filter({ action: "drop" });
 * step.pipe(process.stdout);
 * pino(step).info({ SourceName: "crypt32", EventID: 8 }, "in the same thread");
 * ```
 */
export default function pinoFilter(options?: FilterOptions): FilterStream {
  // Pino adds its own settings to the options: $context, pinoWillSendConfig.
  const own = Object.entries(ownOptions(options)).filter(([name]) => !/^(\$|pino)/.test(name));
  const filter = createFilterStream(Object.fromEntries(own));
  const write = filter._transform;
  filter._transform = (...chunk) => {
    // Without a target after it, the step would fill its buffer and then block the application.
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
