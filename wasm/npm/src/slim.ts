// The entry without the module: the host hands it in, as `@chancery/verifier/verifier.wasm` or compiled.

import { provide } from './engine.js';

export * from './api.js';

/** The module: a `WebAssembly.Module` (a type that not every host's library has), or its bytes. */
export type ModuleSource = object;

/** Says which module is used, once, before the first verifier is made. */
export function init(module: ModuleSource): void {
  provide(() => module);
}
