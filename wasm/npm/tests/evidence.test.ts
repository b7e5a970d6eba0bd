// The evidence fetcher: what it fetches, from where, within which limits, and what it records of the rest.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ChanceryError, type Decision, type Need, type Verifier } from '@chancery/verifier';
import { gather, type Fetch, type GatherOptions } from '@chancery/verifier/evidence';

const DID = 'did:web:acme.example:bundle';
const DOCUMENT = JSON.stringify({
  id: DID,
  service: [
    { id: `${DID}#a`, serviceEndpoint: 'https://status.acme.example/lists' },
    { id: `${DID}#b`, serviceEndpoint: ['https://trqp.acme.example/', 'http://plain.acme.example', 'https://10.0.0.1/', 'https://db.internal/', 'https://acme.example:8443/', 7, null] },
    null,
  ],
});

/** Of a verifier the fetcher uses its signer and that DID's document. */
const verifier = { signer: DID, resolve: () => DOCUMENT } as unknown as Verifier;
const LIST: Need = { kind: 'statusList', url: 'https://status.acme.example/lists/r' };

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly accept: string | undefined;
  readonly body: string | undefined;
}

interface Told {
  readonly documents: Record<string, string>;
  readonly didLogs: Record<string, { log: string; witness?: string }>;
  readonly statusLists: Record<string, string>;
  readonly tokenStatusLists: Record<string, string>;
  readonly trustStatements: string[];
  readonly failures: { need: Need; code: string }[];
}

interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly location?: string;
}

/** Asks for `needs` until every one of them is told of, and gives what the verifier was told and what was sent. */
async function gathered(
  needs: readonly Need[],
  reply: (url: string) => Reply | Promise<Reply>,
  options: GatherOptions = {},
): Promise<{ told: Told; sent: Sent[]; questions: number }> {
  const sent: Sent[] = [];
  const fetch: Fetch = async (url, init) => {
    sent.push({ url, method: init.method, accept: init.headers['accept'], body: init.body });
    assert.equal(init.redirect, 'manual');
    const { status = 200, type = 'application/vc', body = '{}', location } = await reply(url);
    const headers = new Headers({ 'content-type': type, ...(location === undefined ? {} : { location }) });
    return new Response(status === 204 ? null : body, { status, headers });
  };
  let told: Told | undefined;
  let questions = 0;
  await gather(
    verifier,
    ({ evidence }) => {
      questions += 1;
      if (evidence !== undefined) told = JSON.parse(evidence) as Told;
      return { needs: told === undefined ? needs : [] } as unknown as Decision;
    },
    { fetch, ...options },
  );
  return { told: told ?? assert.fail('nothing was told'), sent, questions };
}

async function failure(need: Need, reply: (url: string) => Reply | Promise<Reply>, options?: GatherOptions): Promise<string> {
  const { told } = await gathered([need], reply, options);
  assert.deepEqual(told.failures[0]?.need, need);
  return told.failures[0]?.code ?? '';
}

test('each kind of need is fetched where it is kept', async () => {
  const needs: Need[] = [
    { kind: 'document', did: 'did:web:acme.example' },
    { kind: 'document', did: 'did:web:acme.example:agents:one' },
    { kind: 'document', did: 'did:webvh:QmScid:acme.example:issuer' },
    LIST,
    { kind: 'tokenStatusList', url: 'https://status.acme.example/token' },
    { kind: 'tokenStatusList', url: 'https://status.acme.example/cwt' },
    { kind: 'trustStatement', registry: 'r', endpoint: 'https://trqp.acme.example/trqp/', query: 'recognition', question: { entity_id: 'a' } },
  ];
  const replies: Record<string, Reply> = {
    'https://acme.example/.well-known/did.json': { type: 'application/did+json; charset=utf-8', body: '{"id":1}' },
    'https://acme.example/agents/one/did.json': { type: 'application/json', body: '{"id":2}' },
    'https://acme.example/issuer/did.jsonl': { type: 'text/jsonl', body: '{"witness":{}}' },
    'https://acme.example/issuer/did-witness.json': { type: 'application/json', body: '[]' },
    'https://status.acme.example/lists/r': { body: '{"list":1}' },
    'https://status.acme.example/token': { type: 'application/statuslist+jwt', body: 'a.b.c' },
    'https://status.acme.example/cwt': { type: 'application/statuslist+cwt', body: new Uint8Array([0xff, 0xfe, 0xfd]) },
    'https://trqp.acme.example/trqp/recognition': { type: 'application/json', body: '{"recognized":true,"statement":"x.y.z"}' },
  };
  const { told, sent } = await gathered(needs, (url) => replies[url] ?? { status: 404 });
  assert.deepEqual(told, {
    documents: { 'did:web:acme.example': '{"id":1}', 'did:web:acme.example:agents:one': '{"id":2}' },
    didLogs: { 'did:webvh:QmScid:acme.example:issuer': { log: '{"witness":{}}', witness: '[]' } },
    statusLists: { 'https://status.acme.example/lists/r': '{"list":1}' },
    tokenStatusLists: { 'https://status.acme.example/token': 'a.b.c', 'https://status.acme.example/cwt': '__79' },
    trustStatements: ['x.y.z'],
    failures: [],
  });
  assert.deepEqual(sent.map(({ url }) => url).sort(), Object.keys(replies).sort());
  const post = sent.find(({ method }) => method === 'POST');
  assert.equal(post?.body, '{"entity_id":"a"}');
});

test('nothing is fetched from an origin that nobody named', async () => {
  const elsewhere = ['https://evil.example/l', 'http://status.acme.example/l', 'https://status.acme.example:444/l', 'https://plain.acme.example/l', 'http://plain.acme.example/l', 'https://10.0.0.1/l', 'https://db.internal/l', 'https://acme.example:8443/l', 'https://user:pw@status.acme.example/l', 'https://status.acme.example.evil.example/l', 'https://status.acme.example@evil.example/l', 'file:///etc/passwd', 'data:,x', '//status.acme.example/l', '', `https://status.acme.example/${'x'.repeat(2_100)}`];
  for (const url of elsewhere) {
    const { told, sent } = await gathered([{ kind: 'statusList', url }], () => ({}));
    assert.equal(told.failures[0]?.code, 'fetch.blocked', url);
    assert.deepEqual(sent, []);
  }
  const { sent } = await gathered([{ kind: 'document', did: 'did:web:10.0.0.1' }, { kind: 'document', did: 'did:web:localhost%3A8443' }], () => ({}));
  assert.deepEqual(sent, []);
});

test('the host names other origins, and then those alone', async () => {
  const origins = ['http://127.0.0.1:8480'];
  const { told } = await gathered([{ kind: 'statusList', url: 'http://127.0.0.1:8480/l' }, LIST], () => ({ body: '{}' }), { origins });
  assert.deepEqual(told.statusLists, { 'http://127.0.0.1:8480/l': '{}' });
  assert.equal(told.failures[0]?.code, 'fetch.blocked');
});

test('a redirect is not followed, or only to an allowed origin and so often', async () => {
  const moved = (url: string): Reply => (url.endsWith('/r') ? { status: 302, location: '/lists/moved' } : { body: '{"moved":true}' });
  assert.equal(await failure(LIST, moved), 'fetch.redirect');
  const { told } = await gathered([LIST], moved, { redirects: 1 });
  assert.deepEqual(told.statusLists, { [LIST.url]: '{"moved":true}' });
  assert.equal(await failure(LIST, () => ({ status: 307, location: 'https://evil.example/' }), { redirects: 5 }), 'fetch.blocked');
  assert.equal(await failure(LIST, () => ({ status: 307, location: 'http://status.acme.example/' }), { redirects: 5 }), 'fetch.blocked');
  assert.equal(await failure(LIST, () => ({ status: 302, location: '/lists/r' }), { redirects: 3 }), 'fetch.redirect');
  assert.equal(await failure(LIST, () => ({ status: 302 }), { redirects: 3 }), 'fetch.redirect');
});

test('what came wrong is a failure with its code', async () => {
  const cases: [Reply, string][] = [
    [{ status: 500 }, 'fetch.status'],
    [{ status: 204 }, 'fetch.status'],
    [{ type: 'text/html' }, 'fetch.media_type'],
    [{ type: '' }, 'fetch.media_type'],
    [{ body: 'x'.repeat(1_048_577) }, 'fetch.too_large'],
    [{ body: new Uint8Array([0xff]) }, 'fetch.failed'],
  ];
  for (const [reply, code] of cases) assert.equal(await failure(LIST, () => reply), code);
  assert.equal(await failure(LIST, () => Promise.reject(new Error('no'))), 'fetch.failed');
  assert.equal(await failure({ kind: 'document', did: 'did:web:acme.example' }, () => ({ status: 404 })), 'resolve.not_found');
  assert.equal(await failure({ kind: 'document', did: 'did:peer:2abc' }, () => ({})), 'resolve.unsupported_method');
  const question: Need = { kind: 'trustStatement', registry: 'r', endpoint: 'https://trqp.acme.example', query: 'recognition', question: {} };
  for (const body of ['[]', 'null', '{', '{"statement":7}', '{"__proto__":{"statement":"x"}}']) {
    assert.equal(await failure(question, () => ({ type: 'application/json', body })), 'trust.statement_invalid', body);
  }
});

test('time, bytes, count and rounds are bounded', async () => {
  const slow = (): Promise<Reply> => new Promise(() => undefined);
  assert.equal(await failure(LIST, slow, { timeout: 20 }), 'fetch.timeout');
  assert.equal(await failure(LIST, slow, { deadline: 20 }), 'fetch.timeout');
  assert.equal(await failure(LIST, () => ({ body: 'x'.repeat(101) }), { bytes: 100 }), 'fetch.too_large');
  const lists = Array.from({ length: 40 }, (_, at): Need => ({ kind: 'statusList', url: `https://status.acme.example/lists/${at}` }));
  const { told, sent } = await gathered(lists, () => ({}));
  assert.equal(sent.length, 32);
  assert.deepEqual(new Set(told.failures.map(({ code }) => code)), new Set(['limit.rounds']));
  assert.equal(told.failures.length, 8);

  // A verifier that always wants something more.
  let questions = 0;
  await gather(
    verifier,
    () => {
      questions += 1;
      return { needs: [{ kind: 'statusList', url: `https://status.acme.example/lists/${questions}` }] } as unknown as Decision;
    },
    { fetch: () => Promise.resolve(new Response('{}', { headers: { 'content-type': 'application/vc' } })) },
  );
  assert.equal(questions, 5);
});

test('what is not the network is left to the verifier', async () => {
  let questions = 0;
  const found = await gather(verifier, () => {
    questions += 1;
    return { needs: [{ kind: 'zoneOffset', zone: 'Mars/Olympus', at: '2026-01-01T00:00:00Z' }] } as unknown as Decision;
  }, { fetch: () => assert.fail('nothing is fetched') });
  assert.equal(questions, 1);
  assert.equal(found.needs.length, 1);
});

test('options that cannot be taken are refused', async () => {
  for (const options of [{ rounds: -1 }, { bytes: 1.5 }, { fetches: 1e9 }, { timeout: 'x' }, { fetch: 7 }, { origins: 'https://a.example' }, { origins: ['https://a.example/path'] }, { origins: ['ftp://a.example'] }, { origin: [] }]) {
    await assert.rejects(
      gather(verifier, () => assert.fail('nothing is asked'), options as never),
      (error) => error instanceof ChanceryError && error.code === 'host.options',
      JSON.stringify(options),
    );
  }
});
