import glue, { type InitInput, initSync } from "./crypt32_filter.js";
import { Crypt32StateError } from "./errors.js";

/** What {@link init} takes in place of the module that the package carries. */
export type ModuleSource = InitInput | Promise<InitInput>;

let started = false;

/** Starts the core module at once. */
export function startSync(bytes: BufferSource): void {
  initSync({ module: bytes });
  started = true;
}

/** Starts the core module without blocking. */
export async function start(source: ModuleSource): Promise<void> {
  await glue({ module_or_path: source });
  started = true;
}

/** @throws Crypt32StateError if the core module was not started */
export function assertStarted(): void {
  if (!started) throw new Crypt32StateError("nothing works before init(); await it first");
}
