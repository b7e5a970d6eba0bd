// The attacks in workerd: the line is the answer to a request.

import './realm.mjs';
import { ChanceryError, Verifier } from '@chancery/verifier';
import { attack } from './attack/attack.mjs';
import story from './story.mjs';

export default {
  fetch: () => new Response(attack({ ChanceryError, Verifier }, story)),
};
