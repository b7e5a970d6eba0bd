// Story 5: two agents of two organizations over A2A.
// Acme's agent believes Globex's agent by its signed card; Globex's agent believes Acme's by its passport. Each
// organization knows the other by a policy of its own and by the other's signed bundle.
//
// `cargo xtask stories 05_a2a`

import { generateKeyPairSync } from 'node:crypto';

import { ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory } from '@a2a-js/sdk/client';
import { memoryLedger, Verifier } from '@chancery/verifier';
import { cardFetch, Passport } from '@chancery/verifier/a2a';

import { office } from '../office.mjs';
import { AUDIENCE, CAPABILITY, policy, recognizes } from '../papers.mjs';
import { didKey } from './did_key.mjs';
import { globex } from './globex.mjs';
import { order, said } from './message.mjs';

const [acme, partner] = [await office('Acme'), await office('Globex')];
const ada = acme.agent(CAPABILITY);

/** An agent's own key, and what it signs cards with. */
function agentKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { ...didKey(publicKey), jwk: { ...privateKey.export({ format: 'jwk' }), alg: 'EdDSA' } };
}

// Globex's agent made its own key; Globex told Acme its DID, and Acme wrote it into its policy.
const [gil, mallory] = [agentKey(), agentKey()];
const known = { signer: partner.signer, policy: recognizes(partner.issuer, gil.did, acme.url), audience: acme.url };
const atAcme = new Verifier({ ...known, bundle: await partner.bundle() });
const terms = { signer: acme.signer, policy: policy(acme.issuer), audience: AUDIENCE };
const atGlobex = new Verifier({ ...terms, bundle: await acme.bundle(), commit: memoryLedger() });
const wire = await globex(atGlobex, gil.jwk, gil.key);

const say = (what, answer) => console.log(`${what}: ${answer}`);
const brief = (text) => text.split(': ').slice(0, 2).join(': ');

// Acme looks at the card before it says anything to whom it names.
const resolve = (fetchImpl, url = AUDIENCE) =>
  new DefaultAgentCardResolver({ fetchImpl: cardFetch(atAcme, fetchImpl) }).resolve(url);
const believed = (card) => card.then(() => 'believed', (error) => brief(error.message));
const changed = async (...asked) => new Response((await (await wire(...asked)).text()).replace('Refunds orders', 'Pays'));
say('the card', await believed(resolve(wire)));
say('the card, changed on its way', await believed(resolve(changed)));
say('the card at another address', await believed(resolve(wire, 'https://mallory.example')));
say('a card that a stranger signed', await believed(resolve(await globex(atGlobex, mallory.jwk, mallory.key))));
const found = await resolve(wire);

let presentations = 0;
const passport = new Passport((nonce) => {
  presentations += 1;
  return ada.present(AUDIENCE, nonce);
});
const transports = [new JsonRpcTransportFactory({ fetchImpl: wire })];
const connect = (interceptors) => {
  const factory = new ClientFactory({ transports, clientConfig: { interceptors } });
  return factory.createFromAgentCard(found);
};

const naked = await connect([]);
say('without the extension', await naked.sendMessage(order('1001', '35.00')).then(said, (error) => error.name));
const client = await connect([passport]);
say('35 EUR', said(await passport.send(client, order('1001', '35.00'))));
say('90 EUR', said(await passport.send(client, order('1002', '90.00'))));
say('presentations made', presentations);

ada.revoke();
const deadline = Date.now() + 30_000;
let answer = '';
while (!answer.includes('status.revoked') && Date.now() < deadline) {
  atGlobex.refresh(await acme.bundle());
  answer = said(await passport.send(client, order('1003', '1.00')));
}
say('Acme revokes, Globex refreshes', brief(answer));

await acme.close();
await partner.close();
