// A page, through Vite: the entry without the module; the browser compiles the module while it loads.

import { started } from './start.mjs';
import { ChanceryError, Verifier, init, version } from '@chancery/verifier/slim';
import url from '@chancery/verifier/verifier.wasm?url';
import { line } from './line.mjs';
import story from './story.mjs';

init(await WebAssembly.compileStreaming(fetch(url)));
document.querySelector('output').textContent = line({ ChanceryError, Verifier, version }, story, started);
