// A browser, through a bundler: the package by a static `import`; the line is the page's text.

import { started } from './start.mjs';
import { ChanceryError, Verifier, version } from '@chancery/verifier';
import { line } from './line.mjs';
import story from './story.mjs';

document.querySelector('output').textContent = line({ ChanceryError, Verifier, version }, story, started);
