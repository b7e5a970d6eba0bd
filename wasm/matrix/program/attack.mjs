// The attacks in a host or on a page: the line goes to the page's output or to standard output.
// The runner writes `realm.mjs`, which prepares the realm before the package is evaluated.

import './realm.mjs';
import { ChanceryError, Verifier } from '@chancery/verifier';
import { attack } from './attack/attack.mjs';
import story from './story.mjs';

const line = attack({ ChanceryError, Verifier }, story);
if (typeof document === 'object') document.querySelector('output').textContent = line;
else console.log(line);
