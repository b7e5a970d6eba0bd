// Story 6: an edge worker refuses a revoked agent.
// The worker runs in workerd and asks nobody; it knows what the last bundle that was brought to it says.
//
// `cargo xtask stories 06_edge_worker`

import { setTimeout as wait } from 'node:timers/promises';

import { office } from '../office.mjs';
import { AUDIENCE, CAPABILITY, policy } from '../papers.mjs';
import { serve } from './workerd.mjs';

const acme = await office('Acme');
const ada = acme.agent(CAPABILITY);
const first = await acme.bundle();
const terms = { bundle: first, signer: acme.signer, policy: policy(acme.issuer), audience: AUDIENCE };
const worker = await serve(terms);

/** Asks for a refund: presents for the nonce that the worker gives. */
async function refund(amount) {
  const body = JSON.stringify({ order: '1001', amount });
  const asked = await worker.fetch(`${AUDIENCE}/refunds`, { method: 'POST', body });
  const { nonce } = await asked.json();
  const presentation = Buffer.from(ada.present(AUDIENCE, nonce)).toString('base64url');
  const headers = { authorization: `Chancery ${presentation}`, 'chancery-nonce': nonce };
  const answer = await worker.fetch(`${AUDIENCE}/refunds`, { method: 'POST', body, headers });
  const said = await answer.json();
  return `${answer.status} ${said.code ?? `refunded ${said.refunded} EUR`}`;
}

async function bring(bundle) {
  const answer = await worker.fetch(`${AUDIENCE}/bundle`, { method: 'PUT', body: bundle });
  return (await answer.json()).code;
}

const naked = await worker.fetch(`${AUDIENCE}/refunds`, { method: 'POST', body: '{}' });
console.log(`without papers: ${naked.status} ${(await naked.json()).code}`);
console.log(`35 EUR: ${await refund('35.00')}`);
console.log(`90 EUR: ${await refund('90.00')}`);

ada.revoke();
console.log(`Acme revokes; the worker has not heard of it: ${await refund('35.00')}`);
const deadline = Date.now() + 30_000;
let [brought, said] = ['', ''];
while (!said.includes('status.revoked') && Date.now() < deadline) {
  await wait(200);
  brought = await bring(await acme.bundle());
  said = await refund('35.00');
}
console.log(`the newer bundle is brought: ${brought}`);
console.log(`35 EUR: ${said}`);
console.log(`somebody brings the older bundle: ${await bring(first)}`);
console.log(`somebody brings garbage: ${await bring('garbage')}`);
console.log(`35 EUR: ${await refund('35.00')}`);

worker.close();
await acme.close();
