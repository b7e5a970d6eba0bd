// A registry as the source of bundles: what is asked, what is taken, and what a hostile one can do.

import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';

import { ChanceryError, Verifier, type Fetch, type LoadOptions } from '@chancery/verifier';

import { said, scene } from './world.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const TYPE = 'application/chancery-bundle+jwt';
const made = scene();
const { bundle, ...terms } = made.options;
const token = String(bundle);

let answer: Answer = (_, response) => response.end();
const asked: { url: string; etag: string | undefined; accept: string | undefined }[] = [];
const server = createServer((request, response) => {
  asked.push({ url: request.url ?? '', etag: request.headers['if-none-match'], accept: request.headers.accept });
  answer(request, response);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
after(() => {
  server.closeAllConnections();
  server.close();
});

const whole: Answer = (request, response) => {
  if (request.headers['if-none-match'] === '"1"') return void response.writeHead(304).end();
  response.writeHead(200, { 'content-type': TYPE, etag: '"1"' }).end(token);
};

function load(more: Partial<LoadOptions> = {}): Promise<Verifier> {
  return Verifier.load({ ...terms, registry, ...more });
}

async function code(work: Promise<Verifier>): Promise<string> {
  try {
    await work;
    return 'loaded';
  } catch (error) {
    assert.ok(error instanceof ChanceryError, String(error));
    return error.code;
  }
}

test('a verifier is made of the bundle of the registry', async () => {
  answer = whole;
  asked.length = 0;
  const verifier = await load();
  assert.equal(said(verifier.verify(made.presentation, made.request)), 'allow valid ok');
  assert.deepEqual(asked, [{ url: '/api/v1/bundle', etag: undefined, accept: TYPE }]);
});

test('a refresh asks for what is new, and takes that nothing is', async () => {
  answer = whole;
  const verifier = await load();
  asked.length = 0;
  const found = await verifier.refresh();
  assert.deepEqual([found.ok, found.code], [true, 'ok']);
  assert.deepEqual(asked, [
    { url: `/api/v1/bundle?since=${encodeURIComponent(verifier.issuedAt)}`, etag: '"1"', accept: TYPE },
  ]);
  answer = (_, response) => response.writeHead(200, { 'content-type': TYPE, etag: '"2"' }).end(token);
  assert.equal((await verifier.refresh()).code, 'ok', 'the same bundle is no rollback');
});

test('two refreshes at once ask once', async () => {
  answer = whole;
  const verifier = await load();
  asked.length = 0;
  await Promise.all([verifier.refresh(), verifier.refresh(), verifier.refresh()]);
  assert.equal(asked.length, 1);
});

test('a bundle that is refused leaves the one before, and its ETag is not remembered', async () => {
  answer = whole;
  const verifier = await load();
  for (const bent of [`${token.slice(0, -4)}AAAA`, 'x', '', token.slice(0, -1), 'é']) {
    answer = (_, response) => response.writeHead(200, { 'content-type': TYPE, etag: '"evil"' }).end(bent);
    const found = await verifier.refresh();
    assert.equal(found.ok, false);
    assert.notEqual(found.code, 'ok');
    assert.equal(said(verifier.verify(made.presentation, made.request)), 'allow valid ok');
  }
  answer = whole;
  asked.length = 0;
  await verifier.refresh();
  assert.equal(asked[0]?.etag, '"1"');
});

const hostile: [string, Answer, string][] = [
  ['a redirect', (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(), 'fetch.redirect'],
  ['a redirect elsewhere', (_, response) => response.writeHead(308, { location: 'https://evil.example/' }).end(), 'fetch.redirect'],
  ['an error', (_, response) => response.writeHead(500).end('oops'), 'fetch.status'],
  ['nothing new that was not asked', (_, response) => response.writeHead(304).end(), 'fetch.status'],
  ['no content', (_, response) => response.writeHead(204).end(), 'fetch.status'],
  ['a page', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(token), 'fetch.media_type'],
  ['no type', (_, response) => response.writeHead(200).end(token), 'fetch.media_type'],
  ['a length beyond the limit', (_, response) => response.writeHead(200, { 'content-type': TYPE, 'content-length': '99999999' }).end('x'), 'fetch.too_large'],
  ['a body beyond the limit', (_, response) => { response.writeHead(200, { 'content-type': TYPE }); for (let mib = 0; mib < 14; mib += 1) response.write(Buffer.alloc(1_048_576, 120)); response.end(); }, 'fetch.too_large'],
  ['silence', () => undefined, 'fetch.timeout'],
  ['half of it', (_, response) => { response.writeHead(200, { 'content-type': TYPE }); response.write(token.slice(0, 100)); }, 'fetch.timeout'],
  ['a hang-up', (request) => request.destroy(), 'fetch.failed'],
];

for (const [name, given, expected] of hostile) {
  test(`a registry that answers with ${name} makes no verifier, and changes none`, async () => {
    answer = whole;
    // Only those that never end should run into it.
    const timeout = expected === 'fetch.timeout' ? 300 : 30_000;
    const verifier = await load({ timeout: 30_000 });
    answer = given;
    assert.equal(await code(load({ timeout })), expected);
    if (expected === 'fetch.timeout') return;
    const found = await verifier.refresh();
    // What was asked with an ETag may be answered with 304.
    assert.equal(found.ok, name === 'nothing new that was not asked');
    assert.equal(said(verifier.verify(made.presentation, made.request)), 'allow valid ok');
  });
}

test('only https, or this machine, is a registry', async () => {
  for (const wrong of ['http://registry.example', 'ftp://127.0.0.1/', 'https://user:pw@registry.example', 'https://registry.example/?a=1', 'https://registry.example/#a', '', 'x', 7, null, undefined, {}]) {
    assert.equal(await code(load({ registry: wrong as string })), 'host.options', String(wrong));
  }
});

test('a fetch of the host can do what it likes', async () => {
  const fetches: Record<string, unknown> = {
    throws: () => { throw new Error('no'); },
    rejects: () => Promise.reject(new Error('no')),
    'is no promise': () => 7,
    'gives nothing': () => Promise.resolve(undefined),
    'never settles': () => new Promise(() => undefined),
    'gives a body that throws': () => Promise.resolve({ status: 200, headers: { get: () => TYPE }, body: { getReader: () => { throw new Error('no'); } } }),
    'gives parts that are none': () => Promise.resolve({ status: 200, headers: { get: () => TYPE }, body: { getReader: () => ({ read: () => Promise.resolve({ done: false, value: 7 }), cancel: () => Promise.resolve() }) } }),
    'gives parts without end': () => Promise.resolve({ status: 200, headers: { get: () => TYPE }, body: { getReader: () => ({ read: () => Promise.resolve({ done: false, value: new Uint8Array() }), cancel: () => Promise.resolve() }) } }),
    'gives headers that throw': () => Promise.resolve({ status: 200, headers: { get: () => { throw new Error('no'); } } }),
    'was redirected': () => Promise.resolve({ status: 200, redirected: true, headers: { get: () => TYPE } }),
  };
  for (const [name, fetch] of Object.entries(fetches)) {
    assert.match(await code(load({ fetch: fetch as Fetch, timeout: 100 })), /^fetch\./, name);
  }
  assert.equal(await code(load({ fetch: 7 as never })), 'host.options');
  assert.equal(await code(load({ timeout: -1 })), 'host.options');
  assert.equal(await code(load({ registri: registry } as never)), 'host.options');
});

test('a verifier without a registry says so, and a refresh never rejects', async () => {
  const found = await made.verifier.refresh();
  assert.deepEqual([found.ok, found.code], [false, 'host.options']);
});

test('a bundle of another signer is refused', async () => {
  answer = whole;
  const signer = { did: 'did:web:evil.example:bundle', thumbprint: terms.signer.thumbprint };
  assert.equal(await code(load({ signer })), 'bundle.signer');
  assert.equal(await code(load({ signer: { ...terms.signer, thumbprint: 'A'.repeat(43) } })), 'bundle.signer');
});

test('a bundle older than what was seen is a rollback', async () => {
  answer = whole;
  assert.equal(await code(load({ seen: '2999-01-01T00:00:00Z' })), 'bundle.rollback');
});

test('a bundle that ended denies everything', async () => {
  answer = whole;
  const verifier = await load();
  const now = made.world.at;
  made.world.at = Date.parse(verifier.expiresAt);
  assert.equal(verifier.verify(made.presentation, made.request).code, 'bundle.expired');
  assert.equal(verifier.verifyCard('{}').code, 'bundle.expired');
  made.world.at = now;
});
