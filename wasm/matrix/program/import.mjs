// Node, Bun and Deno: the package by `import`.

import { line } from './line.mjs';
import story from './story.mjs';

const started = performance.now();
const chancery = await import('@chancery/verifier');
console.log(line(chancery, story, started));
