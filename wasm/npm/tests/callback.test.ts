// The host's clock and ledger: what they do wrong denies, and nothing is allowed before it was committed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Verifier, type Commit, type Decision } from '@chancery/verifier';

import { said, scene } from './world.js';
import { VALUES } from './values.js';

test('an allow comes after its commit was applied, and says what was committed', () => {
  const { verifier, presentation, request, world } = scene();
  const decision = verifier.verify(presentation, request);
  assert.equal(said(decision), 'allow valid ok');
  assert.deepEqual(world.committed, decision.commit);
  assert.equal(world.committed[0]?.kind, 'consumeNonce');
});

test('a denial commits nothing', () => {
  const { verifier, presentation, request, world } = scene();
  assert.equal(verifier.verify(presentation, { ...request, nonce: 'another' }).code, 'binding.nonce');
  assert.equal(verifier.admit(presentation, { nonce: 'another' }).ok, false);
  assert.deepEqual(world.committed, []);
});

test('without a ledger, what must be committed denies', () => {
  const made = scene();
  const { commit: _, ...without } = made.options;
  const verifier = new Verifier(without);
  assert.equal(said(verifier.verify(made.presentation, made.request)), 'deny indeterminate commit.unavailable');
  const session = verifier.admit(made.presentation, { nonce: made.request.nonce });
  assert.equal(session.ok, false);
  assert.equal(session.decision?.code, 'commit.unavailable');
});

test('what was used up before is a replay', () => {
  const { verifier, presentation, request, world } = scene();
  world.commit = () => 'seen';
  assert.equal(verifier.verify(presentation, request).code, 'replay.presentation');
  assert.equal(verifier.admit(presentation, { nonce: request.nonce }).decision?.code, 'replay.presentation');
});

test('a ledger that does anything else denies', () => {
  const { verifier, presentation, request, world } = scene();
  const ledgers: Record<string, () => unknown> = {
    ...VALUES,
    throws: () => {
      throw new Error('the ledger is down');
    },
    'throws nothing': () => {
      throw undefined;
    },
    'promises applied': () => Promise.resolve('applied'),
    'promises to fail': () => Promise.reject(new Error('too late to count')),
    'boxes the word': () => new String('applied'),
    'turns into the word': () => ({ toString: () => 'applied' }),
    'shouts the word': () => 'APPLIED',
  };
  for (const [name, ledger] of Object.entries(ledgers)) {
    world.commit = ledger as Commit;
    assert.equal(said(verifier.verify(presentation, request)), 'deny indeterminate commit.failed', name);
    const session = verifier.admit(presentation, { nonce: request.nonce });
    assert.equal(session.decision?.code, 'commit.failed', name);
    assert.equal(session.authorize(request).allow, false, name);
  }
});

test('an async ledger is no ledger, and its failure ends nothing', async () => {
  const { verifier, presentation, request, world } = scene();
  let unhandled = 0;
  const count = (): void => {
    unhandled += 1;
  };
  process.on('unhandledRejection', count);
  world.commit = (async () => {
    await Promise.resolve();
    throw new Error('the ledger is down');
  }) as unknown as Commit;
  assert.equal(verifier.verify(presentation, request).code, 'commit.failed');
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', count);
  assert.equal(unhandled, 0);
});

test('a ledger cannot change what it is handed', () => {
  const { verifier, presentation, request, world } = scene();
  world.commit = (entries) => {
    assert.ok(Object.isFrozen(entries) && entries.every((entry) => Object.isFrozen(entry)));
    return 'applied';
  };
  assert.equal(said(verifier.verify(presentation, request)), 'allow valid ok');
});

test('a ledger that asks the verifier gets a denial, and so does what it was asked for', () => {
  const { verifier, presentation, request, world } = scene();
  const inner: (Decision | undefined)[] = [];
  world.commit = () => {
    inner.push(verifier.verify(presentation, request));
    inner.push(verifier.admit(presentation, { nonce: request.nonce }).decision);
    return verifier.refresh('x').ok ? 'applied' : ('no' as 'seen');
  };
  assert.equal(verifier.verify(presentation, request).code, 'commit.failed');
  assert.deepEqual(inner.map((decision) => decision?.code), ['host.reentered', 'host.reentered']);
  world.commit = undefined;
  assert.equal(said(verifier.verify(presentation, request)), 'allow valid ok');
});

test('a clock that throws or gives no time denies', () => {
  const made = scene();
  let clock: () => unknown = () => made.world.at;
  const verifier = new Verifier({ ...made.options, clock: () => clock() as number });
  const session = verifier.admit(made.presentation, { nonce: made.request.nonce });
  const { nonce: _, ...call } = made.request;
  const { zero: __, ...others } = VALUES;
  const clocks: Record<string, () => unknown> = {
    ...others,
    throws: () => {
      throw new Error('no time');
    },
    negative: () => -1,
    'after the year 9999': () => 253_402_300_800_000,
    endless: () => 1e300,
    text: () => '2026-06-17T08:00:00Z',
  };
  for (const [name, wrong] of Object.entries(clocks)) {
    clock = wrong;
    assert.equal(verifier.verify(made.presentation, made.request).code, 'host.clock', name);
    assert.equal(session.authorize(call as never).code, 'host.clock', name);
    assert.equal(verifier.refresh('x').code, 'host.clock', name);
    assert.equal(verifier.resolve(verifier.signer), undefined, name);
  }
  clock = () => made.world.at;
  assert.equal(said(session.authorize(call as never)), 'allow valid ok');
});

test('a clock that asks the verifier gets a denial', () => {
  const made = scene();
  let inner: Decision | undefined;
  let verifier: Verifier | undefined;
  verifier = new Verifier({
    ...made.options,
    clock: () => {
      inner = verifier?.verify(made.presentation, made.request);
      return made.world.at;
    },
  });
  assert.equal(said(verifier.verify(made.presentation, made.request)), 'allow valid ok');
  assert.equal(inner?.code, 'host.reentered');
});

test('a clock that goes back or far ahead ends what it must', () => {
  const { verifier, presentation, request, world } = scene();
  const now = world.at;
  for (const at of [0, now - 86_400_000, now + 86_400_000 * 30, 253_402_300_799_999]) {
    world.at = at;
    assert.equal(verifier.verify(presentation, request).allow, false, `${at}`);
  }
});
