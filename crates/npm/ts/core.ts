import * as first from "./crypt32_filter.js";
import { Crypt32StateError } from "./errors.js";
import { Instance } from "./instance.js";

/** The exports of the core module. @internal */
export type Core = typeof first;

/** The instance for all calls except large ones. */
let shared: Instance<Core> | undefined;

/** Starts the core module synchronously. @internal */
export function startSync(bytes: BufferSource): void {
  shared = new Instance(first, first.initSync({ module: bytes }));
}

/** Starts the core module asynchronously. @internal */
export async function start(source: first.InitInput | Promise<first.InitInput>): Promise<void> {
  shared = new Instance(first, await first.default({ module_or_path: source }));
}

/**
 * The core module: the shared instance, or a new one if that stopped.
 *
 * @throws Crypt32StateError if the core module was not started
 * @internal
 */
export function core(): Instance<Core> {
  if (!shared) throw new Crypt32StateError("call and await init() first");
  if (shared.lost) shared = shared.again();
  return shared;
}
