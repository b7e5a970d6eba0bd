// @sd-jwt/jwt-status-list: Token Status Lists that it packs are judged by us, ours are read by it.
import {chancery, file, get, issue, issuer, post, table} from './chancery.mjs';
import {createHeaderAndPayload, getListFromStatusListJWT, StatusList} from '@sd-jwt/jwt-status-list';
import {didKey, publicJwk} from './keys.mjs';
import {importJWK, jwtVerify, SignJWT} from 'jose';
import assert from 'node:assert/strict';
import {nudged} from './tampering.mjs';
import {small} from './documents.mjs';

const PEER = '@sd-jwt/jwt-status-list';
const seconds = Math.floor(Date.now() / 1000);
const TYPE = 'application/statuslist+jwt';

/** The status that the peer reads in our list for a credential, its signature checked first. */
async function theyRead({credentialStatus}) {
  const entry = credentialStatus.find(({statusPurpose}) => statusPurpose === 'revocation');
  const {body} = await get(new URL(entry.statusListCredential).pathname, {accept: TYPE});
  const did = await issuer('bitstring');
  const key = await importJWK(await publicJwk(did), 'EdDSA');
  const {payload} = await jwtVerify(body, key, {typ: 'statuslist+jwt', algorithms: ['EdDSA']});
  assert.equal(payload.sub, entry.statusListCredential);
  return getListFromStatusListJWT(body).getStatus(Number(entry.statusListIndex));
}

let places = 0;
const recorded = () => issue('bitstring', {...small, id: `urn:uuid:00000000-0000-4000-8000-${String(++places).padStart(12, '0')}`});
async function change({id}, statusPurpose, status = true) {
  const answer = await post('/issuers/bitstring/credentials/status', {
    credentialId: id, credentialStatus: {type: 'BitstringStatusListEntry', statusPurpose}, status
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await new Promise(done => setTimeout(done, 1100)); // our lists are signed anew after a second
}

const view = table(PEER, 'our statuslist+jwt');
const [held, revoked, suspended] = await Promise.all([recorded(), recorded(), recorded()]);
await view.ours('valid is 0', async () => assert.equal(await theyRead(held), 0));
await view.ours('revoked is 1', async () => {
  await change(revoked, 'revocation');
  assert.equal(await theyRead(revoked), 1);
});
await view.ours('suspended is 2', async () => {
  await change(suspended, 'suspension');
  assert.equal(await theyRead(suspended), 2);
});
await view.ours('taken back is 0', async () => {
  await change(suspended, 'suspension', false);
  assert.equal(await theyRead(suspended), 0);
});

// Their lists, of every size of entry, beside a credential of the same issuer that has a place in one.
const key = await didKey('ES256');
const URI = 'https://issuer.example/token-status/1';
const STATUSES = [0, 1, 0, 1, 1, 0, 0, 0, 0, 1];

async function listToken(statuses, bits, {by = key, payload = {}, header = {}} = {}) {
  const made = createHeaderAndPayload(
    new StatusList(statuses, bits),
    {iss: key.did, sub: URI, iat: seconds - 10, exp: seconds + 600, ttl: 300, ...payload},
    {alg: by.alg, kid: by.kid, typ: 'statuslist+jwt', ...header}
  );
  return new SignJWT(made.payload).setProtectedHeader(made.header).sign(by.privateKey);
}

const credential = (idx, uri = URI) => new SignJWT({...small, issuer: key.did, status: {status_list: {idx, uri}}})
  .setProtectedHeader({alg: key.alg, kid: key.kid, typ: 'vc+jwt', cty: 'vc'}).sign(key.privateKey);

/** What `chancery credential check` says of the credential with this list at hand. */
async function judged(idx, list) {
  const evidence = file({tokenStatusLists: {[URI]: list}}, 'evidence.json');
  const words = ['--output', 'json', 'credential', 'check', '--offline', '--evidence', evidence, file(await credential(idx), 'vc.jwt')];
  const {code, stdout, stderr} = await chancery(words);
  return {yes: code === 0, said: `${code} ${stdout} ${stderr}`};
}

async function holds(idx, list) {
  const {yes, said} = await judged(idx, list);
  assert(yes, said);
}

async function refused(idx, list, code) {
  const {yes, said} = await judged(idx, list);
  assert(!yes && said.includes(`"${code}`), said);
}

for(const bits of [1, 2, 4, 8]) {
  const check = table(PEER, `their statuslist+jwt, ${bits} bit`);
  const list = await listToken(STATUSES, bits);
  await check.theirs('valid', () => holds(0, list));
  await check.theirs('valid, at another place', () => holds(8, list));
  await check.refused('revoked', () => refused(1, list, 'status.revoked'));
  await check.refused('revoked, at the last place', () => refused(9, list, 'status.revoked'));
  await check.refused('beyond the list', () => refused(99999, list, 'status.'));
  if(bits > 1) {
    const more = await listToken([2, 3], bits);
    await check.refused('suspended', () => refused(0, more, 'status.suspended'));
    await check.refused('a status that only its issuer knows', () => refused(1, more, 'status.'));
  }
  await check.refused('the signature nudged', () => refused(0, nudged(list, list.length - 20), 'status.'));
  await check.refused('signed by another', async () =>
    refused(0, await listToken(STATUSES, bits, {by: await didKey('ES256')}), ''));
  await check.refused('of another address', async () =>
    refused(0, await listToken(STATUSES, bits, {payload: {sub: `${URI}0`}}), ''));
  await check.refused('expired', async () =>
    refused(0, await listToken(STATUSES, bits, {payload: {exp: seconds - 5000, iat: seconds - 9000}}), ''));
  await check.refused('of another type', async () => {
    const {payload, header} = createHeaderAndPayload(new StatusList(STATUSES, bits), {sub: URI, iat: seconds}, {alg: key.alg});
    const token = new SignJWT(payload).setProtectedHeader({...header, kid: key.kid, typ: 'JWT'});
    await refused(0, await token.sign(key.privateKey), '');
  });
}
