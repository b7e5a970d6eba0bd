// The entry for workerd, which takes a module that it compiled itself and no other.

import module from './verifier.wasm';

import { provide } from './engine.js';

export * from './api.js';

provide(() => module);
