// @digitalbazaar/vc with its Data Integrity cryptosuites.
import * as ecdsaJcs from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as ecdsaSd from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as eddsaJcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {accepts, acceptsPresentation, derive, issue, refuses, refusesPresentation, table} from './chancery.mjs';
import {contexts as credentialContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {contexts as integrityContexts} from '@digitalbazaar/data-integrity-context';
import {contexts as multikeyContexts} from '@digitalbazaar/multikey-context';
import {cryptosuite as ecdsaRdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsaRdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {dereference} from './did_key.mjs';
import {documents} from './tampering.mjs';
import {older, olderByUrl, rich, richByUrl, small} from './documents.mjs';

const PEER = '@digitalbazaar/vc';
const CONTEXTS = new Map([...credentialContexts, ...integrityContexts, ...multikeyContexts]);

const documentLoader = async url => {
  const document = CONTEXTS.get(url) ?? dereference(url);
  if(document === undefined) {
    throw new Error(`no document for ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
};

const both = cryptosuite => ({sign: () => cryptosuite, verify: () => cryptosuite});
const jcs = suite => ({sign: suite.createSignCryptosuite, verify: suite.createVerifyCryptosuite});
const ed25519 = () => Ed25519Multikey.generate();
const ecdsa = curve => () => EcdsaMultikey.generate({curve});

const SUITES = [
  ['eddsa-rdfc-2022', 'eddsa-rdfc-2022', both(eddsaRdfc), ed25519],
  ['eddsa-jcs-2022', 'eddsa-jcs-2022', jcs(eddsaJcs), ed25519],
  ['ecdsa-rdfc-2019 P-256', 'ecdsa-rdfc-2019-p256', both(ecdsaRdfc), ecdsa('P-256')],
  ['ecdsa-rdfc-2019 P-384', 'ecdsa-rdfc-2019-p384', both(ecdsaRdfc), ecdsa('P-384')],
  ['ecdsa-jcs-2019 P-256', 'ecdsa-jcs-2019-p256', jcs(ecdsaJcs), ecdsa('P-256')],
  ['ecdsa-jcs-2019 P-384', 'ecdsa-jcs-2019-p384', jcs(ecdsaJcs), ecdsa('P-384')]
];

const CREDENTIALS = [['small', small], ['rich', rich], ['VCDM 1.1', older]];
const BY_URL = [['small', small], ['rich', richByUrl], ['VCDM 1.1', olderByUrl]];

async function signer(generate) {
  const pair = await generate();
  const {publicKeyMultibase} = await pair.export({publicKey: true});
  pair.controller = `did:key:${publicKeyMultibase}`;
  pair.id = `${pair.controller}#${publicKeyMultibase}`;
  return pair;
}

async function theyAccept(credential, cryptosuite) {
  const suite = new DataIntegrityProof({cryptosuite});
  const result = await vc.verifyCredential({credential, suite, documentLoader});
  if(!result.verified) {
    throw result.error?.errors?.[0] ?? result.error;
  }
}

const theyIssue = (credential, pair, cryptosuite) => vc.issue({
  credential: {...structuredClone(credential), issuer: pair.controller},
  suite: new DataIntegrityProof({signer: pair.signer(), cryptosuite}), documentLoader
});

async function tamper(check, name, document, refuse) {
  for(const [what, changed] of documents(document)) {
    await check.refused(`${name}: ${what}`, () => refuse(changed));
  }
}

for(const [format, profile, suite, generate] of SUITES) {
  const check = table(PEER, format);
  const pair = await signer(generate);
  for(const [name, credential] of format.includes('jcs') ? BY_URL : CREDENTIALS) {
    await check.ours(name, async () => theyAccept(await issue(profile, credential), suite.verify()));
    let theirs;
    await check.theirs(name, async () => {
      theirs = await theyIssue(credential, pair, suite.sign());
      await accepts(theirs);
    });
    if(theirs) {
      await tamper(check, name, theirs, refuses);
    }
  }
}

// A signed presentation with a challenge and a domain, holding one of our credentials.
{
  const check = table(PEER, 'presentation, eddsa-rdfc-2022');
  const pair = await signer(ed25519);
  const occasion = {challenge: 'c0ffee', domain: 'verifier.example'};
  let presentation;
  await check.theirs('holding a credential of ours', async () => {
    const held = await issue('eddsa-rdfc-2022', rich);
    presentation = await vc.signPresentation({
      presentation: vc.createPresentation({verifiableCredential: held, holder: pair.controller}),
      suite: new DataIntegrityProof({signer: pair.signer(), cryptosuite: eddsaRdfc}), documentLoader, ...occasion
    });
    await acceptsPresentation(presentation, occasion);
  });
  if(presentation) {
    for(const [what, changed] of documents(presentation)) {
      // This door takes unsigned presentations, so that one without its proof is no forgery.
      if(what !== 'the proof removed') {
        await check.refused(`presentation: ${what}`, () => refusesPresentation(changed, occasion));
      }
    }
    await check.refused('another challenge', () => refusesPresentation(presentation, {...occasion, challenge: 'x'}));
    await check.refused('another domain', () => refusesPresentation(presentation, {...occasion, domain: 'x'}));
  }
}

// ecdsa-sd-2023: the issuer signs a base proof, the holder derives; both steps on either side.
{
  const check = table(PEER, 'ecdsa-sd-2023');
  const pair = await signer(ecdsa('P-256'));
  const mandatoryPointers = ['/issuer', '/validFrom'];
  const disclosures = [
    ['one claim', ['/credentialSubject/age']],
    ['nested', ['/credentialSubject/address/city', '/credentialSubject/tools/1']],
    ['part of an array', ['/credentialSubject/address/lines/1', '/credentialSubject/active']]
  ];
  const theyDerive = (base, selectivePointers) => vc.derive({
    verifiableCredential: base, documentLoader,
    suite: new DataIntegrityProof({cryptosuite: ecdsaSd.createDiscloseCryptosuite({selectivePointers})})
  });
  const verifying = () => ecdsaSd.createVerifyCryptosuite();
  let ourBase;
  let theirBase;
  await check.ours('the base proof', async () => {
    ourBase = await issue('ecdsa-sd-2023-p256', rich, {mandatoryPointers});
  });
  await check.theirs('the base proof', async () => {
    theirBase = await theyIssue(rich, pair, ecdsaSd.createSignCryptosuite({mandatoryPointers}));
    await derive(theirBase, ['/credentialSubject/age']);
  });
  for(const [name, pointers] of disclosures) {
    await check.ours(`${name}, derived by us`, async () => theyAccept(await derive(ourBase, pointers), verifying()));
    await check.ours(`${name}, derived by them`, async () => theyAccept(await theyDerive(ourBase, pointers), verifying()));
    await check.theirs(`${name}, derived by us`, async () => accepts(await derive(theirBase, pointers)));
    let derived;
    await check.theirs(`${name}, derived by them`, async () => {
      derived = await theyDerive(theirBase, pointers);
      await accepts(derived);
    });
    if(derived) {
      await tamper(check, name, derived, refuses);
    }
  }
  if(theirBase) {
    await check.refused('a base proof in place of a derived one', () => refuses(theirBase));
  }
}
