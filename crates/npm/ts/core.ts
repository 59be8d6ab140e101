import * as first from "./crypt32_filter.js";
import { Crypt32StateError } from "./errors.js";
import { Instance } from "./instance.js";

/** What the core module exports. @internal */
export type Core = typeof first;

/** The instance that everything shares but what is large. */
let shared: Instance<Core> | undefined;

/** Starts the core module at once. @internal */
export function startSync(bytes: BufferSource): void {
  first.initSync({ module: bytes });
  shared = new Instance(first);
}

/** Starts the core module without blocking. @internal */
export async function start(source: first.InitInput | Promise<first.InitInput>): Promise<void> {
  await first.default({ module_or_path: source });
  shared = new Instance(first);
}

/**
 * The core module: the instance that is shared, or another one if that stopped.
 *
 * @throws Crypt32StateError if the core module was not started
 * @internal
 */
export function core(): Instance<Core> {
  if (!shared) throw new Crypt32StateError("nothing works before init(); await it first");
  if (shared.lost) shared = shared.again();
  return shared;
}
