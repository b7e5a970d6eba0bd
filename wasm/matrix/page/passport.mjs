// A static page under a strict Content-Security-Policy: verifies one presentation and shows the decision.
// INVARIANT: everything that a peer made becomes text, never markup.

import { Verifier, renderChain } from '@chancery/verifier';
import story from './story.mjs';
import { answer, options } from './verdicts.mjs';

const verifier = new Verifier(options(story));
const decisions = story.steps.map((step) => answer(verifier, step));
const allowed = decisions.find(({ allow }) => allow);
const refused = decisions.find(({ allow }) => !allow);

say('#chain', renderChain(allowed, 'text'));
say('#refusal', `denied: ${refused.code} (${refused.reason})`);
document.querySelector('#checks').append(...allowed.checks.map(row));
const output = say('output', `${allowed.allow ? 'allowed' : 'denied'}: ${allowed.code} (${allowed.reason})`);
output.className = allowed.allow ? 'allow' : 'deny';

function row({ id, status, code = '' }) {
  const line = document.createElement('tr');
  for (const text of [id, status, code])
    line.append(Object.assign(document.createElement('td'), { textContent: text }));
  return line;
}

function say(selector, text) {
  return Object.assign(document.querySelector(selector), { textContent: text });
}
