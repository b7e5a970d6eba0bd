// Node: threads of its own kind.

import { Worker } from 'node:worker_threads';
import * as chancery from '@chancery/verifier';
import { crowd } from './crowd.mjs';
import * as copy from './copy/index.mjs';

console.log(await crowd(chancery, [copy], () => new Worker(new URL('./thread-node.mjs', import.meta.url))));
