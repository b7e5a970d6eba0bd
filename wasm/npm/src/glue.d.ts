// What `build.mjs` makes of the glue that wasm-bindgen wrote: the same functions, one set per instance of the module.

import type { Glue } from './engine.js';

/** Makes the glue of one instance and instantiates the module with it. */
export function instance(module: WebAssembly.Module): Glue;
