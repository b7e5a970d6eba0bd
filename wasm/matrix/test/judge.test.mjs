// A cell's answers are refused for everything that they must not be.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../runner/judge.mjs';

const allow = { allow: true, verdict: 'valid', code: 'ok', agent: 'did:key:zA' };
const deny = { allow: false, verdict: 'invalid', code: 'parse.json' };
const story = { steps: [{ expect: { allow: true, code: 'ok' } }, { expect: { allow: false } }] };
const good = { version: '1', steps: [allow, deny], garbage: [deny], refused: ['host.options'] };

test('answers as the story expects them pass', () => {
  judge(good, story, undefined);
  judge(good, story, structuredClone(good));
});

for (const [what, change, message] of [
  ['too few answers', { steps: [allow] }, /1 answers/],
  ['another code', { steps: [{ ...allow, code: 'historical' }, deny] }, /code is historical/],
  ['an allow where none is expected', { steps: [allow, allow] }, /allow is true/],
  ['an allow of garbage', { garbage: [deny, allow] }, /garbage/],
  ['garbage whose papers hold', { garbage: [{ ...deny, verdict: 'valid' }] }, /garbage/],
  ['garbage without a code', { garbage: [{ ...deny, code: undefined }] }, /garbage/],
  ['a configuration that made a verifier', { refused: ['no error'] }, /bad configuration/],
]) {
  test(`${what} is refused`, () => {
    assert.throws(() => judge({ ...good, ...change }, story, undefined), message);
  });
}

for (const [what, change] of [
  ['decision', { steps: [{ ...allow, agent: 'did:key:zB' }, deny] }],
  ['answer to garbage', { garbage: [{ ...deny, reason: 'another' }] }],
  ['version', { version: '2' }],
]) {
  test(`another ${what} than the first cell's is refused`, () => {
    assert.throws(() => judge({ ...good, ...change }, story, good), /differ from the first/);
  });
}

test('a story that only allows, or only refuses, shows nothing', () => {
  const one = { steps: [{ expect: {} }] };
  assert.throws(() => judge({ ...good, steps: [deny] }, one, undefined), /no step was allowed/);
  assert.throws(() => judge({ ...good, steps: [allow] }, one, undefined), /no step was refused/);
});
