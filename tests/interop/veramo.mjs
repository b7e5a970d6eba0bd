// Veramo: credentials and presentations as JWTs, made by an agent with a did:key of its own.
import {accepts, acceptsPresentation, refuses, refusesPresentation, table} from './chancery.mjs';
import {DIDManager, MemoryDIDStore} from '@veramo/did-manager';
import {getDidKeyResolver, KeyDIDProvider} from '@veramo/did-provider-key';
import {KeyManager, MemoryKeyStore, MemoryPrivateKeyStore} from '@veramo/key-manager';
import assert from 'node:assert/strict';
import {createAgent} from '@veramo/core';
import {CredentialPlugin} from '@veramo/credential-w3c';
import {CredentialProviderJWT} from '@veramo/credential-jwt';
import {DIDResolverPlugin} from '@veramo/did-resolver';
import {KeyManagementSystem} from '@veramo/kms-local';
import {tokens} from './tampering.mjs';

const PEER = 'veramo';
const CONTEXT = 'https://www.w3.org/ns/credentials/v2';
const wrapped = (type, token) => ({'@context': CONTEXT, type, id: `data:application/jwt,${token}`});
const credentialOf = token => wrapped('EnvelopedVerifiableCredential', token);
const presentationOf = token => wrapped('EnvelopedVerifiablePresentation', token);

const agent = createAgent({
  plugins: [
    new KeyManager({store: new MemoryKeyStore(), kms: {local: new KeyManagementSystem(new MemoryPrivateKeyStore())}}),
    new DIDManager({
      store: new MemoryDIDStore(), defaultProvider: 'did:key',
      providers: {'did:key': new KeyDIDProvider({defaultKms: 'local'})}
    }),
    new DIDResolverPlugin({...getDidKeyResolver()}),
    new CredentialPlugin([new CredentialProviderJWT()])
  ]
});

const check = table(PEER, 'VCDM 1.1 JWT, EdDSA');
const party = () => agent.didManagerCreate({provider: 'did:key', options: {keyType: 'Ed25519'}});
const [by, holder] = [await party(), await party()];
const {proof: {jwt: credential}} = await agent.createVerifiableCredential({
  proofFormat: 'jwt',
  credential: {
    id: 'urn:uuid:7e0b0c5c-5a3e-4a0e-9a3b-0d7a1d7f3c14', issuer: {id: by.did}, issuanceDate: '2025-01-01T00:00:00Z',
    expirationDate: '2099-01-01T00:00:00Z', credentialSubject: {id: 'did:example:subject', name: 'Ada', level: 3}
  }
});
const occasion = {challenge: 'c0ffee', domain: 'verifier.example'};
const {proof: {jwt: presentation}} = await agent.createVerifiablePresentation({
  proofFormat: 'jwt', presentation: {holder: holder.did, verifiableCredential: [credential]}, ...occasion
});
// What is sent to us holds by their own word.
assert((await agent.verifyCredential({credential})).verified);
assert((await agent.verifyPresentation({presentation, ...occasion})).verified);

await check.theirs('credential', () => accepts(credentialOf(credential), 'proof-only'));
await check.theirs('presentation', () => acceptsPresentation(presentationOf(presentation), occasion));
for(const [what, changed] of tokens(credential)) {
  await check.refused(`credential: ${what}`, () => refuses(credentialOf(changed), 'proof-only'));
}
for(const [what, changed] of tokens(presentation)) {
  await check.refused(`presentation: ${what}`, () => refusesPresentation(presentationOf(changed), occasion));
}
for(const [what, other] of [['challenge', {challenge: 'x'}], ['domain', {domain: 'x'}]]) {
  await check.refused(`presentation: another ${what}`,
    () => refusesPresentation(presentationOf(presentation), {...occasion, ...other}));
}
