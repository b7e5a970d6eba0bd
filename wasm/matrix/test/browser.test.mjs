// A visit is refused for any request but its own files', and for any complaint.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contained } from '../runner/browser.mjs';

const visit = {
  origin: 'http://127.0.0.1:1',
  requests: ['http://127.0.0.1:1/', 'http://127.0.0.1:1/a.js', 'data:,'],
  outside: [],
  errors: [],
};

test('a visit that asks for its own files passes', () => {
  assert.equal(contained(visit), visit);
});

for (const [what, change, message] of [
  ['another host', { requests: ['https://registry.example/'] }, /elsewhere/],
  ['another port of this machine', { requests: ['http://127.0.0.1:12/'] }, /elsewhere/],
  ['a look-alike of its origin', { requests: ['http://127.0.0.1:1@registry.example/'] }, /elsewhere/],
  ['its proxy', { outside: ['CONNECT registry.example:443'] }, /proxy/],
  ['the reader of its console', { errors: ['warning: deprecated'] }, /complained/],
]) {
  test(`a visit that turns to ${what} is refused`, () => {
    assert.throws(() => contained({ ...visit, ...change }), message);
  });
}
