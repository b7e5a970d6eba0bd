// The named cast with its papers, made here and now: Acme issues, Globex verifies, Ada may refund up to 100 EUR.
// Papers are sealed by hand (Data Integrity `eddsa-jcs-2022`, compact JWS), so nothing here comes from the code that
// judges it. Keys are fixed; times are those of the run, for SDKs look at the real clock.

import { gzipSync } from 'node:zlib';

import { memoryLedger, Verifier } from '@chancery/verifier';

import { b64url, Party, time } from './party.mjs';

export const AUDIENCE = 'https://api.globex.example';
const CONTEXT = ['https://www.w3.org/ns/credentials/v2', 'https://w3id.org/chancery/v1'];
const MINUTE = 60_000;

export const ACME = new Party(1, 'acme.example');
const ACME_STATUS = new Party(2, 'acme.example:status');
const BUNDLER = new Party(3, 'globex.example:bundle');
export const MALLORY = new Party(7, 'mallory.example');
export const ADA = new Party(11);

function paper(type, index, credentialSubject) {
  const list = (name) => `https://acme.example/status-lists/${name}`;
  const entry = (name, statusPurpose) => ({
    type: 'BitstringStatusListEntry',
    statusPurpose,
    statusListIndex: `${index}`,
    statusListCredential: list(name),
  });
  const document = {
    '@context': CONTEXT,
    id: `urn:uuid:00000000-0000-4000-8000-${`${index}`.padStart(12, '0')}`,
    type: ['VerifiableCredential', type],
    issuer: ACME.did,
    validFrom: time(-30 * MINUTE),
    validUntil: time(600 * MINUTE),
    credentialSchema: { id: `https://w3id.org/chancery/schema/v1/${type}.json`, type: 'JsonSchema' },
    credentialStatus: [entry('r', 'revocation'), entry('s', 'suspension')],
    credentialSubject: { id: ADA.did, ...credentialSubject },
  };
  return ACME.seal(document, 'assertionMethod');
}

const RESOURCE = `${AUDIENCE}/orders/*`;
const upTo = (max) => [{ type: 'Amount', fact: 'amount', max, currency: 'EUR' }];
const PAPERS = [
  paper('AgentCapabilityCredential', 100, {
    capability: [{ action: ['refund:create'], resource: [RESOURCE], constraint: upTo('100.00') }],
  }),
  paper('AgentPassportCredential', 120, {
    name: 'Refund desk',
    version: '1.4.0',
    instanceOf: 'urn:uuid:00000000-0000-4000-8000-000000000007',
    organization: ACME.did,
    owner: 'Ann Example <ann@acme.example>',
    riskLevel: 'medium',
    autonomyLevel: 2,
  }),
];

/** Ada's papers, shown to Globex for a nonce; `as` presents in her place. */
export function present(nonce, as = ADA) {
  const document = {
    '@context': CONTEXT,
    type: ['VerifiablePresentation', 'AgentPresentation'],
    holder: as.did,
    capabilityEntry: 0,
    verifiableCredential: PAPERS,
  };
  const proof = { challenge: nonce, domain: AUDIENCE, expires: time(2 * MINUTE) };
  return JSON.stringify(as.seal(document, 'authentication', proof));
}

function statusList(name, statusPurpose, revoked) {
  const bits = Buffer.alloc(16_384);
  for (const index of revoked) bits[index >> 3] |= 0x80 >> (index & 7);
  const id = `https://acme.example/status-lists/${name}`;
  const encodedList = `u${b64url(gzipSync(bits))}`;
  const document = {
    '@context': [CONTEXT[0]],
    id,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: ACME_STATUS.did,
    validFrom: time(-30_000),
    validUntil: time(60 * MINUTE),
    credentialSubject: { id: `${id}#list`, type: 'BitstringStatusList', statusPurpose, encodedList, ttl: 300_000 },
  };
  return [id, JSON.stringify(ACME_STATUS.seal(document, 'assertionMethod'))];
}

/** The signed bundle, with these places of the revocation list set. */
export function bundle(revoked = []) {
  const status = { id: `${ACME.did}#status`, type: 'StatusListIssuer', serviceEndpoint: ACME_STATUS.did };
  const parties = [ACME, ACME_STATUS, BUNDLER];
  const documents = parties.map((party) => [party.did, party.document(party === ACME ? [status] : [])]);
  const statusLists = [statusList('r', 'revocation', revoked), statusList('s', 'suspension', [])];
  const claims = {
    iss: BUNDLER.did,
    issuedAt: time(-1000),
    expiresAt: time(60 * MINUTE),
    evidence: { documents: Object.fromEntries(documents), statusLists: Object.fromEntries(statusLists) },
  };
  return BUNDLER.jws({ typ: 'chancery-bundle+jwt' }, JSON.stringify(claims));
}

const POLICY = {
  version: 1,
  audience: AUDIENCE,
  anchors: [
    {
      issuer: ACME.did,
      keys: [ACME.thumbprint],
      papers: ['AgentPassportCredential', 'AgentCapabilityCredential'],
      subjects: ['did:key', ACME.did],
      grant: [{ action: ['refund:create'], resource: [RESOURCE], constraint: upTo('80.00') }],
    },
  ],
  tools: [
    {
      name: 'refund',
      action: 'refund:create',
      resource: `${AUDIENCE}/orders/{order}`,
      facts: { amount: { type: 'Amount', value: '/amount', currency: 'EUR' } },
    },
  ],
};

/** What Globex's verifiers are made of, but for the ledger. */
export function terms(revoked = []) {
  const signer = { did: BUNDLER.did, thumbprint: BUNDLER.thumbprint };
  return { bundle: bundle(revoked), signer, policy: JSON.stringify(POLICY), audience: AUDIENCE };
}

/** Globex's verifier, with a ledger of its own. */
export function verifier(revoked = []) {
  return new Verifier({ ...terms(revoked), commit: memoryLedger() });
}

/** A session of Ada's at Globex. */
export function session(revoked = []) {
  return verifier(revoked).admit(present('nonce-0001'), { nonce: 'nonce-0001' });
}

/** Within every hop; above what Globex grants; and not the tool's arguments at all. */
export const WITHIN = { order: '1001', amount: '35.00' };
export const ABOVE = { order: '1001', amount: '81.00' };

/** The session of a text that is no presentation. */
export function refused(text) {
  return verifier().admit(text, { nonce: 'nonce-0001' });
}
