// The entry for Node, Bun, Deno and browsers: the module is in the package's own text, so that nothing is fetched, no
// file is read, and every bundler takes it along.

import { decoded } from './base64.js';
import { provide } from './engine.js';
import { base64 } from './module.js';

export * from './api.js';

provide(() => decoded(base64));
