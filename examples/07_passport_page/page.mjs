// Explains a presentation: what it claims, before anything is believed, and what of it holds.
// INVARIANT: what a peer wrote becomes text, never markup.

import { inspect, memoryLedger, renderChain, Verifier } from '@chancery/verifier';

import terms from './terms.mjs';

const { nonce, presentation, ...given } = terms;
const say = (selector, text) => (document.querySelector(selector).textContent = text);

function explain(papers) {
  say('#claims', JSON.stringify(inspect(papers), null, 2));
  const verifier = new Verifier({ ...given, commit: memoryLedger() });
  const decision = verifier.verify(papers, { nonce, tool: 'refund', args: { order: '1001', amount: '35.00' } });
  say('#chain', renderChain(decision, 'text'));
  say('output', `${decision.allow ? 'allowed' : 'refused'}: ${decision.code}`);
}

const field = document.querySelector('#papers');
field.addEventListener('input', () => explain(field.textContent));
field.textContent = presentation;
explain(presentation);
