// The adapter for a plain fetch handler, with the platform's own Request and Response.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { guard } from '@chancery/verifier/fetch';

import { ABOVE, AUDIENCE, MALLORY, present, verifier, WITHIN } from './cast.mjs';

/** A guarded handler that remembers what it ran on. */
function scene(rules) {
  const ran = [];
  const handler = guard(
    {
      verifier: verifier(),
      tool: ({ method, url }) => (method === 'POST' && new URL(url).pathname === '/refunds' ? 'refund' : undefined),
      ...rules,
    },
    ({ args, decision }) => {
      ran.push(args);
      return Response.json({ refunded: args.amount, agent: decision.agent });
    },
  );
  const post = (body, headers = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return handler(new Request(`${AUDIENCE}/refunds`, { method: 'POST', body: text, headers }));
  };
  const challenge = async () => (await (await post(WITHIN)).json()).nonce;
  const shown = async (as) => {
    const nonce = await challenge();
    const presentation = Buffer.from(present(nonce, as)).toString('base64url');
    return { authorization: `Chancery ${presentation}`, 'chancery-nonce': nonce };
  };
  return { ran, handler, post, challenge, shown };
}

test('an allowed request runs on what was judged', async () => {
  const { ran, post, shown } = scene();
  const answer = await post(WITHIN, await shown());
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).refunded, '35.00');
  assert.deepEqual(ran, [WITHIN]);
});

test('a denial is a problem with its code and its reason', async () => {
  const { ran, post, shown } = scene();
  const answer = await post(ABOVE, await shown());
  assert.equal(answer.status, 403);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const problem = await answer.json();
  assert.equal(problem.code, 'constraint.amount');
  assert.match(problem.detail, /80\.00/);
  assert.deepEqual(ran, []);
});

test('without a presentation the answer is a nonce to present for', async () => {
  const { ran, post } = scene();
  const answer = await post(WITHIN);
  assert.equal(answer.status, 401);
  const challenge = /^Chancery nonce="[\w-]{22}", error="binding\.presentation_missing"$/;
  assert.match(answer.headers.get('www-authenticate'), challenge);
  assert.deepEqual(ran, []);
});

test('garbage, other schemes and nonces that are not open are denied', async () => {
  const { ran, post, challenge, shown } = scene();
  const good = await shown();
  assert.equal((await post(WITHIN, good)).status, 200);
  for (const [headers, code] of [
    [{ authorization: 'Chancery !', 'chancery-nonce': await challenge() }, /^(request\.authorization|parse\.\w+)$/],
    [{ authorization: 'Bearer x', 'chancery-nonce': await challenge() }, /^request\.authorization$/],
    [{ authorization: 'Chancery', 'chancery-nonce': await challenge() }, /^request\.authorization$/],
    [{ ...good, 'chancery-nonce': await challenge() }, /^binding\.nonce$/],
    [{ ...good, 'chancery-nonce': 'mine' }, /^binding\.nonce$/],
    [{ authorization: good.authorization }, /^binding\.nonce$/],
    [good, /^binding\.nonce$/],
    [await shown(MALLORY), /^(binding|signature|key|trust|resolve)\.\w+$/],
  ]) {
    const answer = await post(WITHIN, headers);
    assert.equal(answer.status, 401);
    assert.match((await answer.json()).code, code);
  }
  assert.deepEqual(ran, [WITHIN]);
});

test('a body is judged as the text that it is', async () => {
  const { ran, post, shown } = scene();
  for (const [body, code] of [
    ['{"order":"1001","amount":"35.00","amount":"36.00"}', /^parse\.duplicate_member$/],
    ['{"order":', /^parse\.json$/],
    ['', /^constraint\.fact_missing$/],
    ['17', /^(parse|request)\.\w+$/],
    [' '.repeat(1_100_000), /^request\.malformed$/],
  ]) {
    const answer = await post(body, await shown());
    assert.ok(answer.status === 401 || answer.status === 403);
    assert.match((await answer.json()).code, code);
  }
  assert.deepEqual(ran, []);
});

test('an approval that nobody gives denies, for there is nobody to ask here', async () => {
  for (const approve of [() => false, () => 'ask']) {
    const { ran, post, shown } = scene({ approve });
    const answer = await post(WITHIN, await shown());
    assert.equal(answer.status, 403);
    assert.equal((await answer.json()).code, 'approval.missing');
    assert.deepEqual(ran, []);
  }
  const { ran, post, shown } = scene({ approve: ({ args }) => args.order === '1001' });
  assert.equal((await post(WITHIN, await shown())).status, 200);
  assert.deepEqual(ran, [WITHIN]);
});

test('what asks for no tool is not found, whatever it brings', async () => {
  const { ran, handler } = scene();
  assert.equal((await handler(new Request(`${AUDIENCE}/refunds`))).status, 404);
  const failing = guard({ verifier: verifier(), tool: () => { throw new Error('no'); } }, () => ran.push(1));
  assert.equal((await failing(new Request(AUDIENCE))).status, 404);
  assert.deepEqual(ran, []);
});
