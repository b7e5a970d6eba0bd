// A worker thread of the web's kind (browsers, Bun, Deno): its own instance of the package, its own answers.

import { ChanceryError, Verifier, version } from '@chancery/verifier';
import story from './story.mjs';
import { verdicts } from './verdicts.mjs';

postMessage(JSON.stringify(verdicts({ ChanceryError, Verifier, version }, story)));
