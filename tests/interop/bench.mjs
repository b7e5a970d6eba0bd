// `cargo xtask bench`, second half: the wasm package in Node against the native verifier, and against other
// libraries' bare signature checks of the very papers that it judges. All take turns in the same rounds; what is
// printed is ratios of medians. The first argument is the native side (tests/oracles, `bench --beside`).
//
// INVARIANT: each work is run once, and its outcome checked, before it is timed.
import * as eddsaJcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {compactVerify, importJWK} from 'jose';
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {dereference} from './did_key.mjs';
import jsigs from 'jsonld-signatures';
import {Verifier} from '../../wasm/npm/dist/index.js';

/** How much slower than native the wasm verifier may be. */
const MOST = 2.5;
const SECONDS = process.argv.includes('--quick') ? 4 : 20;
/** How long one work is timed at a stretch, in microseconds: many runs, and still a small part of a round. */
const SLICE = 20_000;

const native = spawn(process.argv[2], ['--beside'], {stdio: ['pipe', 'pipe', 'inherit']});
const answers = createInterface({input: native.stdout})[Symbol.asyncIterator]();
const answer = async () => (await answers.next()).value ?? assert.fail('the native side ended');
const scenes = JSON.parse(await answer());

/** The native side times itself; this side waits and does nothing meanwhile. */
const natively = index => async runs => {
  native.stdin.write(`${index} ${runs}\n`);
  return Number(await answer());
};

const timed = run => async runs => {
  const start = process.hrtime.bigint();
  for(let i = 0; i < runs; ++i) {
    const running = run();
    if(running instanceof Promise) {
      await running;
    }
  }
  return Number(process.hrtime.bigint() - start) / 1e3 / runs;
};

function packaged({options, at, presentation, request}) {
  const verifier = new Verifier({...options, policy: JSON.stringify(options.policy), clock: () => at, commit: () => 'applied'});
  const run = () => verifier.verify(presentation, request);
  const decision = run();
  assert.ok(decision.allow, `${decision.code}: ${decision.reason}`);
  return {run, signatures: decision.signatures};
}

/** Every verification method by its id, and the document that it stands in. */
function methods({documents}) {
  const parsed = documents.map(text => JSON.parse(text));
  const known = new Map(parsed.flatMap(document => [document, ...document.verificationMethod].map(it => [it.id, it])));
  return url => known.get(url) ?? dereference(url) ?? assert.fail(`no document for ${url}`);
}

/** jose on every JWS of the scene, one after the other, under keys that were imported before. */
async function jose(scene) {
  const find = methods(scene);
  const works = await Promise.all(scene.secured.map(async token => {
    const {kid, alg} = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
    return [token, await importJWK(jwk(find(kid)), alg)];
  }));
  return async () => {
    for(const [token, key] of works) {
      await compactVerify(token, key, {algorithms: ['EdDSA']});
    }
  };
}

/** The 32 bytes of an Ed25519 Multikey as a JWK. */
function jwk({publicKeyMultibase}) {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  const number = [...publicKeyMultibase.slice(1)].reduce((sum, digit) => sum * 58n + BigInt(alphabet.indexOf(digit)), 0n);
  const bytes = Buffer.from(number.toString(16), 'hex');
  assert.equal(bytes.subarray(0, 2).toString('hex'), 'ed01');
  return {kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(2).toString('base64url')};
}

/** @digitalbazaar's suite on every proof of the scene: from text, for the proof's own purpose. */
async function digitalbazaar(scene) {
  const find = methods(scene);
  const documentLoader = async url => ({contextUrl: null, documentUrl: url, document: find(url)});
  return async () => {
    for(const text of scene.secured) {
      const document = JSON.parse(text);
      const {proofPurpose: term, challenge, domain} = document.proof;
      const suite = new DataIntegrityProof({cryptosuite: eddsaJcs.createVerifyCryptosuite()});
      const purpose = term === 'authentication' ?
        new jsigs.purposes.AuthenticationProofPurpose({challenge, domain}) :
        new jsigs.purposes.ControllerProofPurpose({term});
      const result = await jsigs.verify(document, {suite, purpose, documentLoader});
      assert.ok(result.verified, result.error);
    }
  };
}

const PEERS = new Map([['eddsa-jcs-2022', ['@digitalbazaar eddsa-jcs-2022', digitalbazaar]], ['jose', ['jose EdDSA', jose]]]);
const works = [];
for(const [index, scene] of scenes.entries()) {
  const {run, signatures} = packaged(scene);
  const [peer, make] = PEERS.get(scene.name);
  const bare = await make(scene);
  await bare();
  works.push({name: scene.name, signatures, peer, sides: [natively(index), timed(run), timed(bare)], samples: [[], [], []]});
}

for(const work of works) {
  work.runs = [];
  for(const side of work.sides) {
    // Warm: engines compile what runs often.
    await side(50);
    work.runs.push(Math.max(1, Math.round(SLICE / await side(20))));
  }
}
const end = Date.now() + SECONDS * 1e3;
let rounds = 0;
do {
  for(const {sides, runs, samples} of works) {
    for(const [side, time] of sides.entries()) {
      samples[side].push(await time(runs[side]));
    }
  }
} while(++rounds < 5 || Date.now() < end);
native.stdin.end();

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];
const ratio = (work, over, under) => median(work.samples[over].map((value, round) => value / work.samples[under][round]));
const row = cells => console.log(cells.map((cell, i) => i === 0 ? cell.padEnd(34) : String(cell).padStart(i === 1 ? 12 : 16)).join(''));

console.log(`\nmedians of ${rounds} rounds, node ${process.version}; ratios of time, below 1.00 is faster\n`);
row(['three-hop presentation: verify', 'signatures', 'wasm/native', 'wasm/peer', 'native/peer', '  peer: the bare signatures, unjudged']);
let slowest = 0;
for(const work of works) {
  slowest = Math.max(slowest, ratio(work, 1, 0));
  row([work.name, work.signatures, ...[[1, 0], [1, 2], [0, 2]].map(([a, b]) => ratio(work, a, b).toFixed(2)), `  ${work.peer}`]);
}
console.log(`\nwasm/native: at most ${MOST.toFixed(2)}; the slowest is ${slowest.toFixed(2)}.`);
process.exitCode = slowest <= MOST ? 0 : 1;
