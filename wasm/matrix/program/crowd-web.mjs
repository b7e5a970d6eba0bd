// Bun and Deno: threads of the web's kind.

import * as chancery from '@chancery/verifier';
import { crowd } from './crowd.mjs';
import * as copy from './copy/index.mjs';

console.log(
  await crowd(chancery, [copy], () => new Worker(new URL('./thread.mjs', import.meta.url), { type: 'module' })),
);
