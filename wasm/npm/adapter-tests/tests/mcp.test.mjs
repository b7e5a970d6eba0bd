// The adapter for MCP servers, against the SDK's own server and client: over its in-memory transport as over stdio,
// and over its fetch handler as over HTTP.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { McpGate, NONCE, PRESENTATION, presenting, SESSION } from '@chancery/verifier/mcp';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, InMemoryTransport, McpServer, requireBearerAuth } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

import { ABOVE, AUDIENCE, MALLORY, present, verifier, WITHIN } from './cast.mjs';

/** A gate of Globex's, and a server whose refund tool remembers what it ran on. */
function scene(rules, revoked) {
  const judge = verifier(revoked);
  const gate = new McpGate({ resource: AUDIENCE, admit: (papers, nonce) => judge.admit(papers, { nonce }) });
  const ran = [];
  const serve = () => {
    const server = new McpServer({ name: 'globex', version: '1.0.0' });
    const inputSchema = z.object({ order: z.string(), amount: z.string() });
    const refund = async (input) => {
      ran.push(input);
      return { content: [{ type: 'text', text: `refunded ${input.amount}` }] };
    };
    server.registerTool('refund', { inputSchema }, gate.guard('refund', refund, rules));
    return server;
  };
  return { gate, ran, serve };
}

const MODERN = { versionNegotiation: { mode: 'auto' } };

/** A client that is connected as over stdio. */
async function connected({ serve }, answer) {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  serveStdio(serve, { transport: theirs });
  const capabilities = answer === undefined ? {} : { elicitation: { form: {} } };
  const client = new Client({ name: 'acme', version: '1.0.0' }, { capabilities, ...MODERN });
  if (answer !== undefined) client.setRequestHandler('elicitation/create', answer);
  await client.connect(ours);
  return client;
}

const call = (args, meta = {}) => ({ name: 'refund', arguments: args, _meta: meta });
const said = (result) => result.content[0].text;

test('a client presents once in `_meta`, and its later calls belong to the session', async () => {
  const play = scene();
  let presented = 0;
  const callTool = presenting(await connected(play), (nonce) => {
    presented += 1;
    return present(nonce);
  });
  assert.equal(said(await callTool(call(WITHIN))), 'refunded 35.00');
  assert.equal(said(await callTool(call({ order: '1002', amount: '12.50' }))), 'refunded 12.50');
  const denied = await callTool(call(ABOVE));
  assert.equal(denied.isError, true);
  assert.match(said(denied), /^denied: constraint\.amount: /);
  assert.equal(presented, 1);
  assert.deepEqual(play.ran, [WITHIN, { order: '1002', amount: '12.50' }]);
});

test('a call without a presentation is denied, and told a nonce to present for', async () => {
  const play = scene();
  const client = await connected(play);
  const result = await client.callTool(call(WITHIN));
  assert.match(said(result), /binding\.presentation_missing/);
  assert.equal(typeof result._meta[NONCE], 'string');
  assert.deepEqual(play.ran, []);
});

test('garbage, a nonce of nobody and a nonce used before are denied', async () => {
  const play = scene();
  const client = await connected(play);
  const challenge = async () => (await client.callTool(call(WITHIN)))._meta[NONCE];
  const nonce = await challenge();
  const good = { [PRESENTATION]: present(nonce), [NONCE]: nonce };
  for (const [meta, code] of [
    [{ [PRESENTATION]: 'garbage', [NONCE]: await challenge() }, /denied: parse\./],
    [{ [PRESENTATION]: 17, [NONCE]: await challenge() }, /binding\.presentation_missing/],
    [{ [PRESENTATION]: present('mine'), [NONCE]: 'mine' }, /binding\.nonce/],
    [{ [PRESENTATION]: present('mine') }, /binding\.nonce/],
    [{ [SESSION]: 'guessed' }, /binding\.presentation_missing/],
    [{ [SESSION]: { toString: 'x' } }, /binding\.presentation_missing/],
    [good, undefined],
    [good, /binding\.nonce/],
  ]) {
    const result = await client.callTool(call(WITHIN, meta));
    if (code !== undefined) assert.match(said(result), code);
  }
  assert.deepEqual(play.ran, [WITHIN]);
});

test("another agent cannot show Ada's papers", async () => {
  const play = scene();
  const callTool = presenting(await connected(play), (nonce) => present(nonce, MALLORY));
  assert.match(said(await callTool(call(WITHIN))), /denied: (binding|signature|key|trust|resolve)\./);
  assert.deepEqual(play.ran, []);
});

test('an approval that the host refuses denies, and one that it has goes on', async () => {
  const denied = scene({ approve: () => false });
  const result = await presenting(await connected(denied), present)(call(WITHIN));
  assert.match(said(result), /approval\.missing/);
  assert.deepEqual(denied.ran, []);
  const allowed = scene({ approve: async ({ args }) => args.amount === '35.00' });
  await presenting(await connected(allowed), present)(call(WITHIN));
  assert.deepEqual(allowed.ran, [WITHIN]);
});

test('an approval that is wanted is asked of the person at the client', async () => {
  for (const [answer, expected] of [
    [{ action: 'accept', content: { approve: true } }, [WITHIN]],
    [{ action: 'accept', content: { approve: false } }, []],
    [{ action: 'decline' }, []],
  ]) {
    const play = scene({ approve: () => 'ask' });
    const shown = [];
    const client = await connected(play, async ({ params }) => {
      shown.push(params.message);
      return answer;
    });
    const result = await presenting(client, present)(call(WITHIN));
    assert.deepEqual(play.ran, expected);
    assert.equal(shown.length, 1);
    assert.match(shown[0], /35\.00/);
    if (expected.length === 0) assert.match(said(result), /approval\.missing/);
  }
});

test('an approval does not serve for arguments that were changed after it was asked for', async () => {
  const { gate, ran } = scene();
  const run = async (input) => ({ content: [], ran: ran.push(input) });
  const guarded = gate.guard('refund', run, { approve: () => 'ask' });
  const response = await gate.token(new Request(`${AUDIENCE}/token`));
  const { nonce } = await response.json();
  const first = await guarded(WITHIN, { mcpReq: { _meta: { [PRESENTATION]: present(nonce), [NONCE]: nonce } } });
  const key = Object.keys(first.inputRequests)[0];
  const inputResponses = { [key]: { action: 'accept', content: { approve: true } } };
  const context = { mcpReq: { requestState: () => first.requestState, inputResponses } };
  const changed = await guarded({ ...WITHIN, amount: '36.00' }, context);
  assert.equal(changed.resultType, 'input_required');
  assert.deepEqual(ran, []);
  await guarded(WITHIN, context);
  assert.deepEqual(ran, [WITHIN]);
});

/** The server over HTTP, as a fetch function: the token endpoint, the bearer gate, the SDK's handler. */
function http({ gate, serve }) {
  const handler = createMcpHandler(serve);
  const bearer = requireBearerAuth({ verifier: gate, expectedResource: new URL(AUDIENCE) });
  return async (url, init) => {
    const request = new Request(url, init);
    if (new URL(request.url).pathname === '/token') return gate.token(request);
    const auth = await bearer(request);
    return auth instanceof Response ? auth : handler.fetch(request, { authInfo: auth });
  };
}

/** Exchanges a presentation for an access token. */
async function token(fetch, papers = present) {
  const { nonce } = await (await fetch(`${AUDIENCE}/token`)).json();
  const body = JSON.stringify({ presentation: await papers(nonce), nonce });
  return fetch(`${AUDIENCE}/token`, { method: 'POST', body });
}

async function overHttp(fetch, bearer) {
  const requestInit = { headers: { authorization: `Bearer ${bearer}` } };
  const client = new Client({ name: 'acme', version: '1.0.0' }, MODERN);
  await client.connect(new StreamableHTTPClientTransport(new URL(`${AUDIENCE}/mcp`), { fetch, requestInit }));
  return client;
}

test('over HTTP the session is the access token, and the reason of a denial reaches the client', async () => {
  const play = scene();
  const fetch = http(play);
  const given = await token(fetch);
  assert.equal(given.headers.get('cache-control'), 'no-store');
  const { access_token, expires_in } = await given.json();
  assert.ok(expires_in > 0 && expires_in <= 900);
  const client = await overHttp(fetch, access_token);
  assert.equal(said(await client.callTool({ name: 'refund', arguments: WITHIN })), 'refunded 35.00');
  assert.match(said(await client.callTool({ name: 'refund', arguments: ABOVE })), /constraint\.amount/);
  assert.deepEqual(play.ran, [WITHIN]);
});

test('over HTTP a token of nobody is a 401, and a presentation is no token', async () => {
  const play = scene();
  const fetch = http(play);
  const { access_token } = await (await token(fetch)).json();
  for (const authorization of ['', 'Bearer guessed', `Bearer ${Buffer.from(present('x')).toString('base64url')}`]) {
    const headers = authorization === '' ? {} : { authorization };
    const answer = await fetch(`${AUDIENCE}/mcp`, { method: 'POST', headers, body: '{}' });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('www-authenticate'), /^Bearer /);
  }
  // `_meta` is no second way in where there is a token.
  const client = await overHttp(fetch, access_token);
  const result = await client.callTool(call(WITHIN, { [PRESENTATION]: 'garbage', [NONCE]: 'x' }));
  assert.equal(said(result), 'refunded 35.00');
});

test('the token endpoint refuses with a code and a nonce', async () => {
  const play = scene();
  const fetch = http(play);
  for (const [init, code] of [
    [{ method: 'POST', body: 'garbage' }, 'binding.presentation_missing'],
    [{ method: 'POST', body: '{"presentation":"x"}' }, 'binding.nonce'],
    [{ method: 'POST', body: '"x"'.repeat(300_000) }, 'binding.presentation_missing'],
  ]) {
    const answer = await fetch(`${AUDIENCE}/token`, init);
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    const problem = await answer.json();
    assert.equal(problem.code, code);
    assert.equal(typeof problem.nonce, 'string');
  }
  const garbage = await token(fetch, () => 'garbage');
  assert.match((await garbage.json()).code, /^parse\./);
  assert.equal((await fetch(`${AUDIENCE}/token`, { method: 'DELETE' })).status, 405);
});
