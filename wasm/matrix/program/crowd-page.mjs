// A page: threads of the web's kind, each with a bundle of its own.

import { ChanceryError, Verifier, version } from '@chancery/verifier';
import { crowd } from './crowd.mjs';

const start = () => new Worker('./thread.js', { type: 'module' });
document.querySelector('output').textContent = await crowd({ ChanceryError, Verifier, version }, [], start);
