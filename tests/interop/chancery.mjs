// Chancery as its peers meet it: over HTTP, as a command, and by files. Nothing here knows how it is built.
//
// CHANCERY_URL is the base URL of `chancery conformance serve`, CHANCERY the command itself; both are set by
// `cargo xtask interop`. INVARIANT: each check prints exactly one line, and a check that throws has failed.
import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const BASE = process.env.CHANCERY_URL;
const COMMAND = process.env.CHANCERY;

export const OURS = 'they verify ours';
export const THEIRS = 'we verify theirs';
export const TAMPERED = 'we refuse tampered';

/** Every row of the table is printed as one line: peer, format, way, outcome, what, detail. */
export function table(peer, format) {
  const line = (way, outcome, what, detail = '') =>
    console.log(['interop', peer, format, way, outcome, what, String(detail).replace(/\s+/g, ' ').slice(0, 400)].join('\t'));
  const check = way => async (what, run) => {
    try {
      await run();
      line(way, 'pass', what);
    } catch(error) {
      line(way, 'FAIL', what, error?.stack ?? error);
    }
  };
  return {ours: check(OURS), theirs: check(THEIRS), refused: check(TAMPERED)};
}

async function call(path, body, headers = {}) {
  const response = await fetch(`${BASE}${path}`, body === undefined ? {headers} : {
    method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: {'content-type': 'application/json', ...headers}
  });
  const text = await response.text();
  try {
    return {status: response.status, body: text === '' ? null : JSON.parse(text)};
  } catch{
    return {status: response.status, body: text};
  }
}

export const get = (path, headers) => call(path, undefined, headers);
export const post = (path, body) => call(path, body);

const said = answer => `${answer.status} ${JSON.stringify(answer.body)}`;

function must(answer, status) {
  if(answer.status !== status) {
    throw new Error(`expected ${status}, got ${said(answer)}`);
  }
  return answer.body;
}

let known;
/** The id of the issuer of a profile. */
export async function issuer(profile) {
  known ??= must(await get('/issuers'), 200);
  return known[profile].id;
}

/** A credential issued by the profile, its issuer set. */
export async function issue(profile, credential, options) {
  const body = {credential: {...credential, issuer: await issuer(profile)}, ...(options && {options})};
  return must(await call(`/issuers/${profile}/credentials/issue`, body), 201).verifiableCredential;
}

export async function derive(verifiableCredential, selectivePointers) {
  const answer = await call('/credentials/derive', {verifiableCredential, options: {selectivePointers}});
  return must(answer, 201).verifiableCredential;
}

const credentialAnswer = (verifiableCredential, instance) =>
  call(`/verifiers/${instance}/credentials/verify`, {verifiableCredential});

/** Our verifier says yes. */
export async function accepts(verifiableCredential, instance = 'strict') {
  const answer = await credentialAnswer(verifiableCredential, instance);
  if(answer.status !== 200 || answer.body.verified !== true) {
    throw new Error(`we refuse it: ${said(answer)}`);
  }
}

export async function acceptsPresentation(verifiablePresentation, options = {}) {
  const answer = await call('/presentations/verify', {verifiablePresentation, options});
  if(answer.status !== 200 || answer.body.verified !== true) {
    throw new Error(`we refuse it: ${said(answer)}`);
  }
}

/** Our verifier says no, as a client's error, and with a code of the form `class.reason`. */
function refusal(answer) {
  if(answer.status !== 400 && answer.status !== 422) {
    throw new Error(`not refused: ${said(answer)}`);
  }
  const codes = JSON.stringify(answer.body).match(/"code":"[a-z]\w*\.[a-z]\w*"/g);
  if(!codes) {
    throw new Error(`refused without a code: ${said(answer)}`);
  }
}

export const refuses = async (verifiableCredential, instance = 'strict') =>
  refusal(await credentialAnswer(verifiableCredential, instance));

export const refusesPresentation = async (verifiablePresentation, options = {}) =>
  refusal(await call('/presentations/verify', {verifiablePresentation, options}));

/** Runs `chancery` with these words; gives code, stdout and stderr. */
export function chancery(words, {cwd, env = {}} = {}) {
  return new Promise(done => execFile(COMMAND, words, {cwd, env: {...process.env, ...env}, maxBuffer: 1 << 24},
    (error, stdout, stderr) => done({code: error ? error.code ?? 1 : 0, stdout, stderr})));
}

/** The command that must end with 0. */
export async function run(words, options) {
  const {code, stdout, stderr} = await chancery(words, options);
  if(code !== 0) {
    throw new Error(`chancery ${words.join(' ')} ended with ${code}: ${stdout} ${stderr}`);
  }
  return stdout;
}

/** A folder that is removed at the end. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), 'chancery-interop-'));
  process.on('exit', () => rmSync(path, {recursive: true, force: true}));
  return path;
}

const SCRATCH = folder();
let files = 0;
/** A new file with this text. */
export function file(text, name = '') {
  const path = join(SCRATCH, `${++files}-${name}`);
  writeFileSync(path, typeof text === 'string' || text instanceof Uint8Array ? text : JSON.stringify(text));
  return path;
}

/** `chancery conformance jose-cose`: a token made or judged, by files. */
export async function byFiles(verb, feature, input, key, concealed) {
  const output = file('', 'out.json');
  const words = ['conformance', 'jose-cose', verb, '--input', file(input, 'in'), '--key', file(key, 'key.json'),
    '--feature', feature, '--output', output];
  if(concealed) {
    words.push('--sd', JSON.stringify(concealed));
  }
  const {code, stderr} = await chancery(words);
  const text = readFileSync(output, 'utf8');
  if(text === '') {
    throw new Error(`jose-cose ${verb} ended with ${code} and wrote nothing: ${stderr}`);
  }
  return JSON.parse(text);
}

/** The command form judges it as a failure, and names a code. */
export async function failsByFiles(feature, input, key) {
  const {result, data} = await byFiles('verify', feature, input, key);
  if(result !== 'failure' || !/^[a-z]\w*\.[a-z]\w*/.test(data)) {
    throw new Error(`expected a failure with a code, got ${result}: ${data}`);
  }
}

/** The command form says yes. */
export async function holdsByFiles(feature, input, key) {
  const {result, data} = await byFiles('verify', feature, input, key);
  if(result !== 'success') {
    throw new Error(`${result}: ${data}`);
  }
}
