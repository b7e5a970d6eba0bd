// The entry for runtimes with the condition `edge-light`, which compile what is imported with `?module`.

import module from './verifier.wasm?module';

import { provide } from './engine.js';

export * from './api.js';

provide(() => module);
