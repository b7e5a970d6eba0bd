// What did not run is in the table with its reason, and fails a run in CI unless it is allowed to be missing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failures, reasons, table } from '../runner/table.mjs';

const passed = {
  name: 'bun',
  runtime: 'Bun',
  version: '1',
  how: 'import',
  state: 'passed',
  result: 'ok',
  answer: { importing: 1, first: 2.34 },
};
const failed = { name: 'deno', runtime: 'Deno', version: '2', how: 'import', state: 'failed', result: 'ended with 1' };
const missing = { name: 'workerd', runtime: 'workerd', how: 'import', state: 'missing', result: 'no build' };
const rows = [passed, failed, missing];

test('every row is in the table, with its times and without its reason', () => {
  const lines = table(rows).trimEnd().split('\n');
  assert.equal(lines.length, 5);
  assert.match(lines[2], /^Bun .* ok .* 1\.0 .* 2\.3/);
  assert.match(lines[3], /FAILED/);
  assert.match(lines[4], /NOT RUN/);
});

test('every failure and every missing cell has its reason', () => {
  assert.deepEqual(reasons(rows), ['FAILED deno: ended with 1', 'NOT RUN workerd: no build']);
});

test('a failure fails the run everywhere, and cannot be allowed', () => {
  assert.deepEqual(failures(rows, { deno: 'known' }, false), ['deno']);
});

test('a missing cell fails the run in CI', () => {
  assert.deepEqual(failures(rows, {}, true), ['deno', 'workerd']);
});

test('a missing cell that is allowed with a reason does not', () => {
  assert.deepEqual(failures([passed, missing], { workerd: 'no build for this system' }, true), []);
});
