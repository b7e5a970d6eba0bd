// did-jwt-vc: JWTs of VC Data Model 1.1, with a `vc` or a `vp` claim. It issues nothing newer, so what it can judge
// of ours is the JWS layer beneath it, did-jwt.
import {accepts, acceptsPresentation, issue, issuer, refuses, refusesPresentation, table} from './chancery.mjs';
import {createVerifiableCredentialJwt, createVerifiablePresentationJwt, verifyCredential, verifyPresentation} from 'did-jwt-vc';
import {EdDSASigner, ES256Signer, verifyJWS} from 'did-jwt';
import {dereference} from './did_key.mjs';
import {didKey, publicJwk} from './keys.mjs';
import {rich, small} from './documents.mjs';
import {tokens} from './tampering.mjs';

const PEER = 'did-jwt-vc';
const OLD = 'https://www.w3.org/2018/credentials/v1';
const CONTEXT = 'https://www.w3.org/ns/credentials/v2';
const credentialOf = token => ({'@context': CONTEXT, type: 'EnvelopedVerifiableCredential', id: `data:application/jwt,${token}`});
const presentationOf = token => ({'@context': CONTEXT, type: 'EnvelopedVerifiablePresentation', id: `data:application/jwt,${token}`});
const resolver = {
  resolve: async did => ({didDocument: dereference(did), didDocumentMetadata: {}, didResolutionMetadata: {}})
};

{
  const check = table(PEER, 'JWS of our vc+jwt (did-jwt)');
  const method = {id: '#key', type: 'JsonWebKey2020', controller: '', publicKeyJwk: await publicJwk(await issuer('jwt'))};
  for(const [name, credential] of [['small', small], ['rich', rich]]) {
    await check.ours(name, async () => verifyJWS((await issue('jwt', credential)).id.split(',')[1], method));
  }
}

const SIGNERS = {EdDSA: EdDSASigner, ES256: ES256Signer};
for(const alg of Object.keys(SIGNERS)) {
  const check = table(PEER, `VCDM 1.1 JWT, ${alg}`);
  const party = async () => {
    const key = await didKey(alg);
    return {did: key.did, alg, kid: key.kid, signer: SIGNERS[alg](Buffer.from(key.jwk.d, 'base64url'))};
  };
  const [by, holder] = [await party(), await party()];
  const credential = await createVerifiableCredentialJwt({
    sub: 'did:example:subject', nbf: 1735689600, exp: 4070908800, jti: 'urn:uuid:7e0b0c5c-5a3e-4a0e-9a3b-0d7a1d7f3c13',
    vc: {'@context': [OLD], type: ['VerifiableCredential'], credentialSubject: {degree: {type: 'BachelorDegree', name: 'Maths'}}}
  }, by, {header: {kid: by.kid}});
  const presentation = await createVerifiablePresentationJwt({
    vp: {'@context': [OLD], type: ['VerifiablePresentation'], verifiableCredential: [credential]}
  }, holder, {header: {kid: holder.kid}, challenge: 'c0ffee', domain: 'verifier.example'});
  // What is sent to us holds by their own word.
  await verifyCredential(credential, resolver);
  await verifyPresentation(presentation, resolver, {challenge: 'c0ffee', domain: 'verifier.example'});
  const occasion = {challenge: 'c0ffee', domain: 'verifier.example'};

  await check.theirs('credential', () => accepts(credentialOf(credential), 'proof-only'));
  await check.theirs('presentation', () => acceptsPresentation(presentationOf(presentation), occasion));
  for(const [what, changed] of tokens(credential)) {
    await check.refused(`credential: ${what}`, () => refuses(credentialOf(changed), 'proof-only'));
  }
  for(const [what, changed] of tokens(presentation)) {
    await check.refused(`presentation: ${what}`, () => refusesPresentation(presentationOf(changed), occasion));
  }
  await check.refused('presentation: another challenge',
    () => refusesPresentation(presentationOf(presentation), {...occasion, challenge: 'x'}));
  await check.refused('presentation: another domain',
    () => refusesPresentation(presentationOf(presentation), {...occasion, domain: 'x'}));
}
