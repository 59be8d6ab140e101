import glue, { type InitInput, initSync } from "./crypt32_filter.js";
import { Crypt32StateError } from "./errors.js";

let started = false;

/** Starts the core module at once. @internal */
export function startSync(bytes: BufferSource): void {
  initSync({ module: bytes });
  started = true;
}

/** Starts the core module without blocking. @internal */
export async function start(source: InitInput | Promise<InitInput>): Promise<void> {
  await glue({ module_or_path: source });
  started = true;
}

/** @throws Crypt32StateError if the core module was not started @internal */
export function assertStarted(): void {
  if (!started) throw new Crypt32StateError("nothing works before init(); await it first");
}
