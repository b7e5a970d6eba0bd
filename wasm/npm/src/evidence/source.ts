// Where each kind of need is fetched, and the piece of evidence that it becomes.
//
// did:web, did:webvh 1.0, Bitstring Status List 1.0, Token Status List, TRQP 2.0 over HTTPS. INVARIANT: texts are
// handed on as they came; what could not be had, or was not allowed, becomes a failure with its code.

import { bounded, type Fetch, type Got, type NotGot } from '../bounded.js';
import type { Code } from '../code.js';
import type { Need } from '../decision.js';
import { plainText, quoted } from '../plain.js';
import { isAllowed } from './origin.js';

/** One member of an Evidence document: a key with its JSON, or an item without a key. */
export interface Piece {
  readonly member: 'documents' | 'didLogs' | 'statusLists' | 'tokenStatusLists' | 'trustStatements' | 'failures';
  readonly key: string;
  readonly json: string;
}

/** The limits that hold while one decision is made. */
export interface Budget {
  readonly fetch: Fetch;
  readonly origins: ReadonlySet<string>;
  readonly timeout: number;
  readonly bytes: number;
  readonly redirects: number;
  /** When everything ends, by the monotonic clock. */
  readonly end: number;
  /** How many requests are left, shared by all that run. */
  readonly left: { fetches: number };
}

const JSON_TYPES = ['application/json', 'application/ld+json'];
const DOCUMENT = ['application/did', 'application/did+json', 'application/did+ld+json', ...JSON_TYPES];
const WITNESS = ['application/json', 'text/plain', 'application/octet-stream'];
const LOG = ['text/jsonl', 'application/jsonl', 'application/x-ndjson', ...WITNESS];
const PAPER = ['application/vc', 'application/vc+jwt', 'application/vc+json', 'application/vc+ld+json'];
const STATUS = [...PAPER, ...JSON_TYPES, 'application/jwt'];
const TOKEN_STATUS = ['application/statuslist+jwt', 'application/statuslist+cwt'];
const ANSWER = ['application/json'];

/** Fetches what one need names. */
export async function fetched(need: Need, budget: Budget): Promise<Piece> {
  const piece = await brought(need, budget);
  if (typeof piece !== 'string') return piece;
  return { member: 'failures', key: '', json: `{"need":${plainText(need)},"code":${quoted(piece)}}` };
}

async function brought(need: Need, budget: Budget): Promise<Piece | Code> {
  switch (need.kind) {
    case 'document':
      return document(need.did, budget);
    case 'statusList': {
      const text = utf8(await get(need.url, STATUS, budget));
      return 'code' in text ? text.code : { member: 'statusLists', key: need.url, json: quoted(text.text) };
    }
    case 'tokenStatusList': {
      const got = await get(need.url, TOKEN_STATUS, budget);
      if ('code' in got) return got.code;
      const text = got.mediaType.endsWith('cwt') ? { text: base64url(got.bytes) } : utf8(got);
      return 'code' in text ? text.code : { member: 'tokenStatusLists', key: need.url, json: quoted(text.text) };
    }
    case 'trustStatement': {
      const url = `${need.endpoint.replace(/\/+$/, '')}/${need.query}`;
      const text = utf8(await get(url, ANSWER, budget, plainText(need.question)));
      return 'code' in text ? text.code : statement(text.text);
    }
    default:
      return 'evidence.needed';
  }
}

/** The document of a did:web, or the log of a did:webvh with its witnesses. */
async function document(did: string, budget: Budget): Promise<Piece | Code> {
  const [, method, ...parts] = did.split(':');
  if (method === 'web') {
    const text = utf8(await get(`${folder(parts)}/did.json`, DOCUMENT, budget));
    return 'code' in text ? absent(text.code) : { member: 'documents', key: did, json: quoted(text.text) };
  }
  if (method !== 'webvh') return 'resolve.unsupported_method';
  const base = folder(parts.slice(1));
  const larger = { ...budget, bytes: budget.bytes * 4 };
  const log = utf8(await get(`${base}/did.jsonl`, LOG, larger));
  if ('code' in log) return absent(log.code);
  const files = [`"log":${quoted(log.text)}`];
  if (log.text.includes('"witness"')) {
    const witness = utf8(await get(`${base}/did-witness.json`, WITNESS, larger));
    if (!('code' in witness)) files.push(`"witness":${quoted(witness.text)}`);
    else if (witness.code !== 'fetch.status') return witness.code;
  }
  return { member: 'didLogs', key: did, json: `{${files.join(',')}}` };
}

/** Where a DID's files lie: its host, as the module read it, and its path. */
function folder(parts: readonly string[]): string {
  const [host = '', ...path] = parts;
  const rest = path.length === 0 ? ['.well-known'] : path;
  return `https://${host.replace('%3A', ':')}/${rest.join('/')}`;
}

async function get(url: string, accepted: readonly string[], budget: Budget, body?: string): Promise<Got | NotGot> {
  let address = url;
  for (let hop = 0; ; hop += 1) {
    if (!isAllowed(address, budget.origins)) return { code: 'fetch.blocked', detail: 'the origin is not allowed' };
    if (budget.left.fetches <= 0) return { code: 'limit.rounds', detail: 'the decision fetched enough' };
    budget.left.fetches -= 1;
    const timeout = Math.min(budget.timeout, budget.end - performance.now());
    if (timeout <= 0) return { code: 'fetch.timeout', detail: 'the time is over' };
    const headers: Record<string, string> = { accept: accepted.join(', ') };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const init = { method: body === undefined ? 'GET' : 'POST', headers, redirect: 'manual' as const };
    const got = await bounded(budget.fetch, address, body === undefined ? init : { ...init, body }, {
      timeout,
      bytes: budget.bytes,
    });
    if ('code' in got) {
      const next = got.location;
      const follows = next !== undefined && body === undefined && hop < budget.redirects && URL.canParse(next, address);
      if (!follows) return got;
      address = new URL(next, address).href;
      continue;
    }
    if (got.status !== 200) return { code: 'fetch.status', detail: `the answer is ${got.status}` };
    if (!accepted.includes(got.mediaType)) return { code: 'fetch.media_type', detail: 'another media type' };
    return got;
  }
}

/** A host that has no such file knows no such DID. */
function absent(code: Code): Code {
  return code === 'fetch.status' ? 'resolve.not_found' : code;
}

function utf8(got: Got | NotGot): { readonly text: string } | NotGot {
  if ('code' in got) return got;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(got.bytes) };
  } catch {
    return { code: 'fetch.failed', detail: 'the answer is no UTF-8' };
  }
}

/** Takes the signed form out of a registry's answer; the rest of it is not evidence. */
function statement(text: string): Piece | Code {
  try {
    const answer: unknown = JSON.parse(text);
    const token: unknown = Object.getOwnPropertyDescriptor(answer as object, 'statement')?.value;
    if (typeof token === 'string') return { member: 'trustStatements', key: '', json: quoted(token) };
  } catch {
    // Said below.
  }
  return 'trust.statement_invalid';
}

function base64url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
