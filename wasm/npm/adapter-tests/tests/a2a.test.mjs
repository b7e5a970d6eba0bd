// The adapter for A2A v1.0, against the SDK's own client and server, which meet in a fetch function.

import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { test } from 'node:test';

import { AgentCard, Extensions, generateAgentCardSignature, Role, TaskState } from '@a2a-js/sdk';
import { ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory } from '@a2a-js/sdk/client';
import {
  AgentEvent,
  DefaultRequestHandler,
  InMemoryTaskStore,
  JsonRpcTransportHandler,
  ServerCallContext,
} from '@a2a-js/sdk/server';
import { cardCheck, cardFetch, EXTENSION, extension, guard, Passport } from '@chancery/verifier/a2a';

import { ABOVE, ACME, AUDIENCE, MALLORY, present, verifier, WITHIN } from './cast.mjs';
import { b64url, jcs } from './party.mjs';

const CARD = AgentCard.fromJSON({
  name: 'Globex refunds',
  description: 'Refunds orders of Globex.',
  version: '1.0.0',
  supportedInterfaces: [{ url: `${AUDIENCE}/a2a`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
  capabilities: { streaming: false, pushNotifications: false, extensions: [extension] },
  defaultInputModes: ['application/json'],
  defaultOutputModes: ['text/plain'],
  skills: [{ id: 'refund', name: 'Refund', description: 'Refunds one order.', tags: ['refund'] }],
});

const part = ($case) => (value) => ({ content: { $case, value }, metadata: undefined, filename: '', mediaType: '' });
const [text, data] = [part('text'), part('data')];
const message = (parts, role = Role.ROLE_USER, more = {}) => ({
  messageId: crypto.randomUUID(),
  contextId: '',
  taskId: '',
  role,
  parts,
  metadata: undefined,
  extensions: [EXTENSION],
  referenceTaskIds: [],
  ...more,
});

/** Globex's agent behind a fetch function, which remembers what it ran on. */
function scene(rules, card = CARD) {
  const ran = [];
  const execute = guard({ verifier: verifier(), ...rules }, async ({ args }, { contextId, taskId }, bus) => {
    ran.push(args);
    const answer = message([text(`refunded ${args.amount}`)], Role.ROLE_AGENT, { contextId, taskId });
    bus.publish(AgentEvent.message(answer));
    bus.finished();
  });
  const handler = new DefaultRequestHandler(card, new InMemoryTaskStore(), { execute, cancelTask: async () => {} });
  const rpc = new JsonRpcTransportHandler(handler);
  const fetch = async (url, init) => {
    const request = new Request(url, init);
    if (new URL(request.url).pathname.endsWith('agent-card.json')) return Response.json(AgentCard.toJSON(card));
    const named = request.headers.get('a2a-extensions') ?? undefined;
    const requestedExtensions = Extensions.parseServiceParameter(named);
    const context = new ServerCallContext({ requestedExtensions, requestedVersion: request.headers.get('a2a-version') });
    return Response.json(await rpc.handle(await request.text(), context));
  };
  return { ran, fetch };
}

/** Acme's client, whose calls the interceptors see. */
async function client({ fetch }, ...interceptors) {
  const transports = [new JsonRpcTransportFactory({ fetchImpl: fetch })];
  const factory = new ClientFactory({ transports, clientConfig: { interceptors } });
  return factory.createFromAgentCard(CARD);
}

const ask = (args, more) => ({ message: message([data({ tool: 'refund', args })], Role.ROLE_USER, more) });
const said = (answer) => (answer.status?.message ?? answer).parts[0].content.value;

test('a message that brings a passport is answered, and each brings its own', async () => {
  const play = scene();
  let presented = 0;
  const passport = new Passport((nonce) => {
    presented += 1;
    return present(nonce);
  });
  const acme = await client(play, passport);
  assert.equal(said(await passport.send(acme, ask(WITHIN))), 'refunded 35.00');
  assert.equal(said(await passport.send(acme, ask({ order: '1002', amount: '12.50' }))), 'refunded 12.50');
  assert.equal(presented, 2);
  assert.deepEqual(play.ran, [WITHIN, { order: '1002', amount: '12.50' }]);
});

test('the reason of a denial reaches the caller, with its code', async () => {
  const play = scene();
  const passport = new Passport(present);
  const answer = await passport.send(await client(play, passport), ask(ABOVE));
  assert.equal(answer.status.state, TaskState.TASK_STATE_REJECTED);
  assert.match(said(answer), /^denied: constraint\.amount: /);
  assert.equal(answer.metadata[EXTENSION].code, 'constraint.amount');
  assert.deepEqual(play.ran, []);
});

test('the SDK refuses a client that does not name the extension', async () => {
  const play = scene();
  const acme = await client(play);
  await assert.rejects(acme.sendMessage(ask(WITHIN)), /extension/i);
  assert.deepEqual(play.ran, []);
});

test('a message without a presentation is rejected, even where the extension is optional', async () => {
  const capabilities = { extensions: [{ uri: EXTENSION }] };
  const optional = AgentCard.fromJSON({ ...AgentCard.toJSON(CARD), capabilities });
  const play = scene({}, optional);
  const answer = await (await client(play)).sendMessage(ask(WITHIN));
  assert.equal(answer.status.state, TaskState.TASK_STATE_REJECTED);
  assert.equal(answer.metadata[EXTENSION].code, 'binding.presentation_missing');
  assert.deepEqual(play.ran, []);
});

test('garbage, nonces that are not open and messages that ask for no tool are rejected', async () => {
  const play = scene();
  const passport = new Passport(present);
  const acme = await client(play, { before: passport.before, after: async () => {} });
  const challenge = async () => (await acme.sendMessage(ask(WITHIN))).metadata[EXTENSION].nonce;
  const brings = (metadata) => ({ metadata: { [EXTENSION]: metadata } });
  const nonce = await challenge();
  const good = { presentation: present(nonce), nonce };
  assert.equal(said(await acme.sendMessage(ask(WITHIN, brings(good)))), 'refunded 35.00');
  const fresh = await challenge();
  const shown = brings({ presentation: present(fresh), nonce: fresh });
  for (const [sent, code] of [
    [ask(WITHIN, brings({ presentation: 'garbage', nonce: await challenge() })), /^parse\./],
    [ask(WITHIN, brings({ presentation: {}, nonce: await challenge() })), /^binding\.presentation_missing$/],
    [ask(WITHIN, brings({ presentation: present('mine'), nonce: 'mine' })), /^binding\.nonce$/],
    [ask(WITHIN, brings(good)), /^binding\.nonce$/],
    [ask(WITHIN, brings('garbage')), /^binding\.presentation_missing$/],
    [{ message: message([text('refund it')], Role.ROLE_USER, shown) }, /^request\.malformed$/],
  ]) {
    assert.match((await acme.sendMessage(sent)).metadata[EXTENSION].code, code);
  }
  assert.deepEqual(play.ran, [WITHIN]);
});

test('an approval that is wanted makes the task wait, and a later message goes on', async () => {
  const approvals = new Set();
  const play = scene({ approve: ({ args }) => approvals.has(args.amount) || 'ask' });
  const passport = new Passport(present);
  const acme = await client(play, passport);
  const waits = await passport.send(acme, ask(WITHIN));
  assert.equal(waits.status.state, TaskState.TASK_STATE_INPUT_REQUIRED);
  assert.match(said(waits), /approval\.missing/);
  approvals.add('35.00');
  // Changed after it was approved: that is another call.
  const changed = await passport.send(acme, ask({ ...WITHIN, amount: '36.00' }));
  assert.match(said(changed), /approval\.missing/);
  assert.deepEqual(play.ran, []);
  assert.equal(said(await passport.send(acme, ask(WITHIN))), 'refunded 35.00');
  const denied = scene({ approve: () => false });
  const answer = await passport.send(await client(denied, passport), ask(WITHIN));
  assert.equal(answer.status.state, TaskState.TASK_STATE_REJECTED);
  assert.deepEqual(denied.ran, []);
});

test('an executor gets a copy of the call that was judged', async () => {
  const request = {
    taskId: 't',
    contextId: 'c',
    userMessage: ask({ ...WITHIN }).message,
    context: { requestedExtensions: [EXTENSION], addActivatedExtension: () => {} },
  };
  const ran = [];
  const approve = () => {
    request.userMessage.parts[0].content.value.args.amount = '81.00';
    return true;
  };
  const challenges = { issue: () => 'n', take: (nonce) => nonce };
  request.userMessage.metadata = { [EXTENSION]: { presentation: present('n'), nonce: 'n' } };
  const execute = guard({ verifier: verifier(), challenges, approve }, async ({ args }) => ran.push(args));
  await execute(request, { publish: () => assert.fail('denied') });
  assert.deepEqual(ran, [WITHIN]);
});

/** A card as its owner signs it with the SDK's own signer. */
async function signed(party, card = CARD, header = {}) {
  const key = { ...party.key.export({ format: 'jwk' }), alg: 'EdDSA' };
  const sign = generateAgentCardSignature(key, { alg: 'EdDSA', typ: 'JOSE', kid: party.method, ...header });
  return sign(AgentCard.fromJSON(AgentCard.toJSON(card)));
}

test('a card that an anchored authority signed is believed, as it came over the wire', async () => {
  const { fetch } = scene({}, await signed(ACME));
  const card = await new DefaultAgentCardResolver({ fetchImpl: fetch }).resolve(AUDIENCE);
  await cardCheck(verifier(), AUDIENCE)(card);
  const checked = await new DefaultAgentCardResolver({ fetchImpl: cardFetch(verifier(), fetch) }).resolve(AUDIENCE);
  assert.deepEqual(checked, card);
});

/** A card as other signers do it: the specification keeps members that are required, even empty ones. */
function signedBySpecification(card, party) {
  const protectedHeader = b64url(JSON.stringify({ alg: 'EdDSA', typ: 'JOSE', kid: party.method }));
  const signature = b64url(sign(null, Buffer.from(`${protectedHeader}.${b64url(jcs(card))}`), party.key));
  return { ...card, signatures: [{ protected: protectedHeader, signature }] };
}

test('a card is judged as it came, with empty members that the SDK does not keep', async () => {
  const card = { ...AgentCard.toJSON(CARD), description: '', skills: [] };
  const resolve = (served, url = AUDIENCE) => {
    const fetchImpl = cardFetch(verifier(), async () => new Response(served));
    return new DefaultAgentCardResolver({ fetchImpl }).resolve(url);
  };
  const good = JSON.stringify(signedBySpecification(card, ACME));
  assert.equal((await resolve(good)).name, 'Globex refunds');
  await assert.rejects(resolve(good.replace('Globex refunds', 'Globex')), /denied: signature\./);
  await assert.rejects(resolve(good.replace('{"name"', '{"name":"Globex","name"')), /denied: parse\.duplicate_member/);
  await assert.rejects(resolve(good, 'https://mallory.example'), /request\.origin/);
  await assert.rejects(resolve('garbage'), /denied: parse\./);
  await assert.rejects(resolve(JSON.stringify(signedBySpecification(card, MALLORY))), /denied: (trust|key|resolve)\./);
});

test('a card that is changed, unsigned, of a stranger or of another place is not believed', async () => {
  const check = cardCheck(verifier(), AUDIENCE);
  const good = await signed(ACME);
  await assert.rejects(check(CARD), /^Error: denied: signature\.missing/);
  await assert.rejects(check({ ...good, description: 'Refunds everything.' }), /^Error: denied: (card|signature)\./);
  await assert.rejects(check(await signed(MALLORY)), /^Error: denied: (card|trust|resolve)\./);
  await assert.rejects(cardCheck(verifier(), 'https://mallory.example')(good), /request\.origin/);
  await cardCheck(verifier())(good);
});

test("a card's own `jku` is not asked", async () => {
  const jku = 'https://mallory.example/keys.json';
  const before = globalThis.fetch;
  globalThis.fetch = () => assert.fail('something was fetched');
  try {
    await assert.rejects(cardCheck(verifier())(await signed(MALLORY, CARD, { jku })), /denied: (card|trust|resolve)\./);
  } finally {
    globalThis.fetch = before;
  }
});
