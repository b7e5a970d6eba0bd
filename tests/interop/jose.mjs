// jose: `vc+jwt` and `vp+jwt` with its JWS, over HTTP with did:key, and by files with every algorithm.
import {
  accepts, acceptsPresentation, byFiles, failsByFiles, holdsByFiles, issue, issuer, refuses, refusesPresentation, table
} from './chancery.mjs';
import {algorithm, didKey, jsonWebKey, publicJwk} from './keys.mjs';
import {importJWK, jwtVerify, SignJWT} from 'jose';
import assert from 'node:assert/strict';
import {rich, small} from './documents.mjs';
import {tokens} from './tampering.mjs';

const PEER = 'jose';
const CONTEXT = 'https://www.w3.org/ns/credentials/v2';
const enveloped = token => ({'@context': CONTEXT, type: 'EnvelopedVerifiableCredential', id: `data:application/vc+jwt,${token}`});
const presented = token => ({'@context': CONTEXT, type: 'EnvelopedVerifiablePresentation', id: `data:application/vp+jwt,${token}`});
const sign = (claims, {privateKey, alg, kid}, header) =>
  new SignJWT(claims).setProtectedHeader({alg, kid, ...header}).sign(privateKey);

/** A token of ours, judged by jose under the one key and the one type that it must have. */
async function theyAccept(token, key, alg, typ, expected) {
  const {payload} = await jwtVerify(token, key, {algorithms: [alg], typ});
  assert.deepEqual(payload.credentialSubject, expected.credentialSubject);
}

// Over HTTP: the `jwt` profile, and issuers with a did:key.
{
  const check = table(PEER, 'vc+jwt over HTTP');
  const jwk = await publicJwk(await issuer('jwt'));
  const alg = algorithm(jwk);
  for(const [name, credential] of [['small', small], ['rich', rich]]) {
    await check.ours(`${name}, ${alg}`, async () => {
      const {id, type} = await issue('jwt', credential);
      assert.deepEqual([type].flat(), ['EnvelopedVerifiableCredential']);
      await theyAccept(id.split(',')[1], await importJWK(jwk, alg), alg, 'vc+jwt', credential);
    });
    for(const alg of ['EdDSA', 'ES256', 'ES384']) {
      const key = await didKey(alg);
      const token = await sign({...credential, issuer: key.did}, key, {typ: 'vc+jwt', cty: 'vc'});
      await check.theirs(`${name}, ${alg}`, () => accepts(enveloped(token)));
      for(const [what, changed] of tokens(token)) {
        await check.refused(`${name}, ${alg}: ${what}`, () => refuses(enveloped(changed)));
      }
      const other = await didKey(alg);
      const stranger = await sign({...credential, issuer: key.did}, {...other, kid: key.kid}, {typ: 'vc+jwt', cty: 'vc'});
      await check.refused(`${name}, ${alg}: signed by another key`, () => refuses(enveloped(stranger)));
      const foreign = await sign({...credential, issuer: key.did}, other, {typ: 'vc+jwt', cty: 'vc'});
      await check.refused(`${name}, ${alg}: signed by another issuer`, () => refuses(enveloped(foreign)));
      const expired = {...credential, issuer: key.did, exp: 1};
      await check.refused(`${name}, ${alg}: expired`,
        async () => refuses(enveloped(await sign(expired, key, {typ: 'vc+jwt', cty: 'vc'}))));
    }
  }
}

// A presentation that jose signs, holding a credential of ours and one of its own.
{
  const check = table(PEER, 'vp+jwt over HTTP');
  const holder = await didKey('ES256');
  const other = await didKey('EdDSA');
  let token;
  await check.theirs('holding one of ours and one of theirs', async () => {
    const theirs = await sign({...rich, issuer: other.did}, other, {typ: 'vc+jwt', cty: 'vc'});
    token = await sign({
      '@context': [CONTEXT], type: ['VerifiablePresentation'], holder: holder.did,
      verifiableCredential: [await issue('jwt', small), enveloped(theirs)]
    }, holder, {typ: 'vp+jwt', cty: 'vp'});
    await acceptsPresentation(presented(token));
  });
  if(token) {
    for(const [what, changed] of tokens(token)) {
      await check.refused(what, () => refusesPresentation(presented(changed)));
    }
  }
}

// By files: every algorithm, credential and presentation, the key pinned by its thumbprint.
for(const alg of ['ES256', 'ES384', 'ES512', 'EdDSA']) {
  const check = table(PEER, `by files, ${alg}`);
  const key = await jsonWebKey(alg);
  const credential = {...rich, issuer: key.controller};
  const presentation = {
    '@context': [CONTEXT], type: ['VerifiablePresentation'], holder: key.controller,
    verifiableCredential: [enveloped(await sign(credential, key, {typ: 'vc+jwt', cty: 'vc'}))]
  };
  for(const [feature, typ, cty, document] of [
    ['credential_jose', 'vc+jwt', 'vc', credential], ['presentation_jose', 'vp+jwt', 'vp', presentation]
  ]) {
    await check.ours(typ, async () => {
      const {result, data} = await byFiles('issue', feature, document, key.method);
      assert.equal(result, 'success');
      const {payload, protectedHeader} = await jwtVerify(data, key.publicKey, {algorithms: [alg], typ});
      assert.equal(protectedHeader.kid, key.kid);
      assert.deepEqual(payload.verifiableCredential, document.verifiableCredential);
      assert.deepEqual(payload.credentialSubject, document.credentialSubject);
    });
    const token = await sign(document, key, {typ, cty});
    await check.theirs(typ, () => holdsByFiles(feature, token, key.method));
    const stranger = await jsonWebKey(alg);
    const altered = [
      ...tokens(token), ['signed by another key', await sign(document, {...stranger, kid: key.kid}, {typ, cty})],
      ['a credential as a presentation or the other way', await sign(document, key, {typ: typ === 'vc+jwt' ? 'vp+jwt' : 'vc+jwt', cty})]
    ];
    for(const [what, changed] of altered.filter(([what]) => !what.startsWith('claim /') || !/\/\d+/.test(what))) {
      await check.refused(`${typ}: ${what}`, () => failsByFiles(feature, changed, key.method));
    }
  }
}
