// What the adapters keep: nonces that are answered once and in time, and sessions, both of a bounded number.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Challenges } from '@chancery/verifier/fetch';
import { McpGate } from '@chancery/verifier/mcp';

import { AUDIENCE, present, verifier } from './cast.mjs';

test('a nonce is answered once, in its time, and only when it was given out here', () => {
  let now = 0;
  const challenges = new Challenges({ lifetime: 1000, clock: () => now });
  const [first, second] = [challenges.issue(), challenges.issue()];
  assert.notEqual(first, second);
  assert.match(first, /^[\w-]{22}$/);
  assert.equal(challenges.take(first), first);
  assert.equal(challenges.take(first), undefined);
  for (const odd of ['mine', '', undefined, null, 17, {}, [second], 'toString', '__proto__']) {
    assert.equal(challenges.take(odd), undefined);
  }
  now = 1000;
  assert.equal(challenges.take(second), undefined);
});

test('of more nonces than may stand open the oldest goes', () => {
  const challenges = new Challenges({ most: 2 });
  const [first, second, third] = [challenges.issue(), challenges.issue(), challenges.issue()];
  assert.equal(challenges.take(first), undefined);
  assert.equal(challenges.take(second), second);
  assert.equal(challenges.take(third), third);
});

test('of more sessions than may be kept the oldest ends', async () => {
  const judge = verifier();
  const ended = [];
  const admit = (papers, nonce) => {
    const session = judge.admit(papers, { nonce });
    return { ...session, end: () => ended.push(nonce) };
  };
  const gate = new McpGate({ resource: AUDIENCE, admit, most: 2 });
  const open = async () => {
    const { nonce } = await (await gate.token(new Request(AUDIENCE))).json();
    const body = JSON.stringify({ presentation: present(nonce), nonce });
    const { access_token } = await (await gate.token(new Request(AUDIENCE, { method: 'POST', body }))).json();
    return access_token;
  };
  const [first, second, third] = [await open(), await open(), await open()];
  assert.equal(ended.length, 1);
  await assert.rejects(gate.verifyAccessToken(first), /presentation_missing/);
  assert.equal((await gate.verifyAccessToken(second)).resource.href, `${AUDIENCE}/`);
  assert.match((await gate.verifyAccessToken(third)).clientId, /^did:key:/);
});

test('a host that fails to admit denies', async () => {
  const admit = () => {
    throw new Error('the ledger is gone');
  };
  const gate = new McpGate({ resource: AUDIENCE, admit });
  const { nonce } = await (await gate.token(new Request(AUDIENCE))).json();
  const body = JSON.stringify({ presentation: present(nonce), nonce });
  const answer = await gate.token(new Request(AUDIENCE, { method: 'POST', body }));
  assert.equal(answer.status, 401);
  assert.equal((await answer.json()).code, 'host.callback');
});
