// Node: the entry without the module; the host reads the module's own subpath and hands it in.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { line } from './line.mjs';
import story from './story.mjs';

const started = performance.now();
const { init, ...chancery } = await import('@chancery/verifier/slim');
init(readFileSync(fileURLToPath(import.meta.resolve('@chancery/verifier/verifier.wasm'))));
console.log(line(chancery, story, started));
