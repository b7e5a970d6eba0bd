// workerd: the package by a static `import`; the line is the answer to a request.
// The clock of an isolate stands still while it computes, so the runner times this cell from outside.

import { started } from './start.mjs';
import { ChanceryError, Verifier, version } from '@chancery/verifier';
import { line } from './line.mjs';
import story from './story.mjs';

export default {
  fetch: () => new Response(line({ ChanceryError, Verifier, version }, story, started)),
};
