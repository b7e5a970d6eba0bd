// @sd-jwt/core and @sd-jwt/sd-jwt-vc: RFC 9901 as vc+sd-jwt, by files under a pinned key.
import {byFiles, failsByFiles, holdsByFiles, table} from './chancery.mjs';
import {digest, ES256, ES384, ES512, generateSalt} from '@sd-jwt/crypto-nodejs';
import {jsonWebKey} from './keys.mjs';
import {nudged, tokens} from './tampering.mjs';
import {rich} from './documents.mjs';
import assert from 'node:assert/strict';
import {SDJwtInstance} from '@sd-jwt/core';

const PEER = '@sd-jwt/core';
const KINDS = {ES256, ES384, ES512};

async function instance(alg, key) {
  const {publicKeyJwk, secretKeyJwk} = key.method;
  return new SDJwtInstance({
    signer: await KINDS[alg].getSigner(secretKeyJwk), signAlg: alg, verifier: await KINDS[alg].getVerifier(publicKeyJwk),
    hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt
  });
}

const FRAME = {
  validUntil: undefined,
  credentialSubject: {_sd: ['age', 'address'], address: {_sd: ['city']}, tools: {_sd: [0]}}
};
const PATHS = ['credentialSubject.age', 'credentialSubject.address', 'credentialSubject.tools[0]'];

/** The text without its nth disclosure. */
const without = (text, index) => {
  const parts = text.split('~');
  parts.splice(1 + index, 1);
  return parts.join('~');
};

for(const alg of Object.keys(KINDS)) {
  const check = table(PEER, `vc+sd-jwt, ${alg}`);
  const key = await jsonWebKey(alg);
  const peer = await instance(alg, key);
  const credential = {...rich, issuer: key.controller};
  const holds = text => holdsByFiles('credential_sdjwt', text, key.method);

  await check.ours('all disclosed', async () => {
    const {result, data} = await byFiles('issue', 'credential_sdjwt', credential, key.method, PATHS);
    assert.equal(result, 'success');
    const {payload, header} = await peer.verify(data);
    assert.equal(header.typ, 'vc+sd-jwt');
    assert.deepEqual(payload.credentialSubject, credential.credentialSubject);
  });
  await check.ours('one disclosed by them', async () => {
    const {data} = await byFiles('issue', 'credential_sdjwt', credential, key.method, PATHS);
    const {payload} = await peer.verify(await peer.present(data, {credentialSubject: {age: true}}));
    assert.equal(payload.credentialSubject.age, credential.credentialSubject.age);
    assert.equal(payload.credentialSubject.address, undefined);
  });
  const text = await peer.issue(credential, FRAME, {header: {typ: 'vc+sd-jwt', cty: 'vc', kid: key.kid}});
  await check.theirs('all disclosed', () => holds(text));
  for(const [name, frame] of [
    ['none disclosed', {}], ['one disclosed', {credentialSubject: {age: true}}],
    ['nested', {credentialSubject: {address: {city: true}}}], ['an array element', {credentialSubject: {tools: {0: true}}}]
  ]) {
    await check.theirs(name, async () => holds(await peer.present(text, frame)));
  }

  const [jwt, ...disclosures] = text.split('~');
  const given = disclosures.filter(disclosure => disclosure !== '');
  const refused = (what, changed) =>
    check.refused(what, () => failsByFiles('credential_sdjwt', changed, key.method));
  for(const [what, changed] of tokens(jwt)) {
    if(!/\/\d+/.test(what) || /_sd/.test(what)) {
      await refused(what, [changed, ...disclosures].join('~'));
    }
  }
  for(const [index, disclosure] of given.entries()) {
    const others = given.filter((_, other) => other !== index);
    await refused(`disclosure ${index} changed`, [jwt, nudged(disclosure), ...others, ''].join('~'));
    await refused(`disclosure ${index} twice`, [jwt, disclosure, ...given, ''].join('~'));
  }
  const stray = Buffer.from(JSON.stringify(['c2FsdHNhbHRzYWx0c2FsdA', 'admin', true])).toString('base64url');
  await refused('a disclosure that nothing names', [jwt, ...given, stray, ''].join('~'));
  await refused('no tilde at the end', [jwt, ...given].join('~'));
  const cut = without(text, given.findIndex(disclosure =>
    JSON.parse(Buffer.from(disclosure, 'base64url').toString())[1] === 'address'));
  await refused('an inner disclosure without its outer one', cut);
}
