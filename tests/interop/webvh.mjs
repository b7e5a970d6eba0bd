// didwebvh-ts: the logs that it writes are judged by `chancery did log`, the logs of `chancery did` by it.
import {chancery, folder, run, table} from './chancery.mjs';
import {
  createDID, deactivateDID, deriveNextKeyHash, prepareDataForSigning, resolveDIDFromLog, signWitnessProofEntries, updateDID
} from 'didwebvh-ts';
import {createPublicKey, generateKeyPairSync, sign, verify} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import assert from 'node:assert/strict';
import {base58btc} from 'multiformats/bases/base58';
import {join} from 'node:path';
import {nudged} from './tampering.mjs';

const PEER = 'didwebvh-ts';
const HOST = 'issuer.example';
const scratch = folder();

const verifier = {
  verify: async (signature, message, publicKey) => {
    const x = Buffer.from(publicKey.slice(-32)).toString('base64url');
    const key = createPublicKey({format: 'jwk', key: {kty: 'OKP', crv: 'Ed25519', x}});
    return verify(null, message, key, signature);
  }
};

/** An Ed25519 key that signs log entries and witness proofs. */
function updateKey() {
  const {privateKey, publicKey} = generateKeyPairSync('ed25519');
  const {x} = publicKey.export({format: 'jwk'});
  const multibase = base58btc.encode(Uint8Array.from([0xed, 0x01, ...Buffer.from(x, 'base64url')]));
  return {
    multibase, did: `did:key:${multibase}`,
    signer: {
      getVerificationMethodId: () => `did:key:${multibase}#${multibase}`,
      sign: async ({document, proof}) => ({
        proofValue: base58btc.encode(sign(null, await prepareDataForSigning(document, proof), privateKey))
      })
    }
  };
}

let logs = 0;
/** A new file for a log; its witness file lies beside it. */
function place() {
  const path = join(scratch, String(++logs));
  mkdirSync(path);
  return {name: `log-${logs}`, log: join(path, 'did.jsonl'), witness: join(path, 'did-witness.json')};
}

/** What `chancery did log` says of a log. */
async function judged(log, witness) {
  const at = place();
  writeFileSync(at.log, log.map(entry => JSON.stringify(entry)).join('\n') + '\n');
  if(witness) {
    writeFileSync(at.witness, JSON.stringify(witness));
  }
  const {code, stdout, stderr} = await chancery(['--output', 'json', 'did', 'log', '--log', at.log]);
  return {code, said: stdout, stderr};
}

async function holds({did, log}, witness) {
  const {code, said, stderr} = await judged(log, witness);
  assert.equal(code, 0, said + stderr);
  const {versions} = JSON.parse(said);
  assert.deepEqual(versions.map(({versionId}) => versionId), log.map(({versionId}) => versionId));
  assert.equal(versions.at(-1).did, did);
  return versions.at(-1);
}

async function refused(log, witness) {
  const {code, said, stderr} = await judged(log, witness);
  assert.equal(code, 1, said + stderr);
  assert.match(said, /"code": "(resolve|key|parse|limit)\.[a-z_]+"/);
}

const created = (key, more = {}) => createDID({
  domain: HOST, paths: [`peer-${++logs}`], signer: key.signer, verifier, updateKeys: [key.multibase],
  verificationMethods: [{type: 'Multikey', publicKeyMultibase: updateKey().multibase, purpose: 'authentication'}], ...more
});

// Their logs.
const check = table(PEER, 'did:webvh 1.0');
const [first, second] = [updateKey(), updateKey()];
const made = await created(first);
await check.theirs('created', () => holds(made));
const updated = await updateDID({
  log: made.log, signer: first.signer, verifier, updateKeys: [second.multibase],
  verificationMethods: [{type: 'Multikey', publicKeyMultibase: updateKey().multibase, purpose: 'assertionMethod'}]
});
await check.theirs('updated, its key rotated', () => holds(updated));
await check.theirs('deactivated', async () => {
  const {deactivated} = await holds(await deactivateDID({log: updated.log, signer: second.signer, verifier}));
  assert.equal(deactivated, true);
});
{
  const [one, two] = [updateKey(), updateKey()];
  const promised = await created(one, {nextKeyHashes: [await deriveNextKeyHash(two.multibase)]});
  const nextKeyHashes = [await deriveNextKeyHash(updateKey().multibase)];
  const kept = await updateDID({log: promised.log, signer: two.signer, verifier, updateKeys: [two.multibase], nextKeyHashes});
  await check.theirs('pre-rotation', () => holds(kept));
}
{
  const [key, ...witnesses] = [updateKey(), updateKey(), updateKey()];
  const entries = witnesses.map(({did}) => ({id: did}));
  const watched = await created(key, {witness: {threshold: 2, witnesses: entries}});
  const signers = Object.fromEntries(witnesses.map(({did, signer}) => [did, signer]));
  const proofs = await signWitnessProofEntries([watched.log[0].versionId], entries, signers);
  const [{proof: [one, two]}] = proofs;
  const of = proof => [{...proofs[0], proof}];
  await check.theirs('two witnesses of two', () => holds(watched, proofs));
  await check.refused('no witness file', () => refused(watched.log));
  await check.refused('one witness of two', () => refused(watched.log, of([one])));
  await check.refused('one witness twice', () => refused(watched.log, of([one, one])));
  await check.refused('a witness proof nudged', () => refused(watched.log, of([one, {...two, proofValue: nudged(two.proofValue)}])));
}
{
  const key = updateKey();
  const portable = await created(key, {portable: true});
  const moved = await updateDID({
    log: portable.log, signer: key.signer, verifier, address: 'https://elsewhere.example/moved', domain: 'elsewhere.example',
    paths: ['moved'], updateKeys: [key.multibase]
  });
  await check.theirs('moved, as its log allows', () => holds(moved));
}

// Every member of every entry changed, entries dropped, swapped and repeated.
const base = await created(first);
const {log: [one, two]} = await updateDID({log: base.log, signer: first.signer, verifier, updateKeys: [first.multibase]});
await check.theirs('unchanged, before it is changed', () => holds({did: base.did, log: [one, two]}));
for(const [what, log] of [
  ['entries swapped', [two, one]], ['the first entry dropped', [two]], ['the second entry twice', [one, two, two]], ['no entries', []]
]) {
  await check.refused(what, () => refused(log));
}
for(const [what, change] of [
  ['versionId', entry => entry.versionId = nudged(entry.versionId)],
  ['versionTime', entry => entry.versionTime = '2024-01-01T00:00:00Z'],
  ['updateKeys', entry => entry.parameters.updateKeys = [second.multibase]],
  ['a parameter added', entry => entry.parameters.surprise = true],
  ['method', entry => entry.parameters.method = 'did:webvh:9.9'],
  ['a key in the document', entry => entry.state.verificationMethod[0].publicKeyMultibase = second.multibase],
  ['the document’s id', entry => entry.state.id += 'x'],
  ['a member of the document added', entry => entry.state.alsoKnownAs = ['did:example:x']],
  ['proofValue', entry => entry.proof[0].proofValue = nudged(entry.proof[0].proofValue)],
  ['the signer', entry => entry.proof[0].verificationMethod = second.signer.getVerificationMethodId()],
  ['cryptosuite', entry => entry.proof[0].cryptosuite = 'eddsa-rdfc-2022'],
  ['no proof', entry => delete entry.proof]
]) {
  for(const index of [0, 1]) {
    const copy = structuredClone([one, two]);
    change(copy[index]);
    await check.refused(`entry ${index + 1}: ${what}`, () => refused(copy));
  }
}

// Our logs.
const home = join(scratch, 'home');
const passphrase = join(scratch, 'passphrase');
writeFileSync(passphrase, 'correct horse battery staple\n', {mode: 0o600});
const ours = words => run(['--home', home, '--passphrase-file', passphrase, '--output', 'json', ...words]);
await ours(['init', '--org', 'did:web:issuer.example', '--name', 'Interop']);
for(const key of ['first', 'second', 'third', 'issuing', 'witness-1', 'witness-2']) {
  await ours(['key', 'generate', key]);
}

/** The peer reads the log that stands at a place, and finds what we say is its newest version. */
async function theyHold({log, witness}, versions) {
  const entries = readFileSync(log, 'utf8').trim().split('\n').map(line => JSON.parse(line));
  const witnessProofs = existsSync(witness) ? JSON.parse(readFileSync(witness, 'utf8')) : undefined;
  const {did, doc: {service, ...doc}, meta} = await resolveDIDFromLog(entries, {verifier, witnessProofs});
  assert.deepEqual(service.map(({id}) => id), ['#files', '#whois'], 'the services that every log has');
  assert.equal(meta.error, undefined, JSON.stringify(meta));
  assert.equal(entries.length, versions);
  assert.equal(meta.versionId, entries.at(-1).versionId);
  assert.deepEqual(doc, entries.at(-1).state);
  return {did, meta};
}

const mine = place();
const at = ['--log', mine.log];
await check.ours('created', async () => {
  await ours(['did', 'create', 'first', '--method', 'webvh', '--at', `${HOST}:ours`, '--assert', 'issuing', '--portable', ...at]);
  await theyHold(mine, 1);
});
await check.ours('rotated', async () => {
  await ours(['did', 'rotate', 'first', '--to', 'second', ...at]);
  await theyHold(mine, 2);
});
await check.ours('moved', async () => {
  await ours(['did', 'update', 'second', '--move-to', 'elsewhere.example:ours', ...at]);
  assert.match((await theyHold(mine, 3)).did, /:elsewhere\.example:ours$/);
});
await check.ours('a key promised', async () => {
  await ours(['did', 'update', 'second', '--next', 'third', ...at]);
  assert.equal((await theyHold(mine, 4)).meta.prerotation, true);
});
await check.ours('the promised key used', async () => {
  await ours(['did', 'rotate', 'third', '--no-next', ...at]);
  await theyHold(mine, 5);
});
await check.ours('deactivated', async () => {
  await ours(['did', 'deactivate', 'third', '--yes', ...at]);
  const entries = readFileSync(mine.log, 'utf8').trim().split('\n').map(line => JSON.parse(line));
  const {meta} = await resolveDIDFromLog(entries, {verifier});
  assert.equal(meta.deactivated, true);
});
const witnessed = place();
await check.ours('two witnesses of two', async () => {
  const dids = await Promise.all(['witness-1', 'witness-2'].map(async key => JSON.parse(await ours(['key', 'show', key])).did));
  await ours(['did', 'create', 'first', '--method', 'webvh', '--at', `${HOST}:watched`, '--assert', 'issuing', '--log', witnessed.log,
    ...dids.flatMap(did => ['--witness', did]), '--witness-key', 'witness-1', '--witness-key', 'witness-2']);
  await theyHold(witnessed, 1);
});
