// What a bundle is refused for is found, and what is harmless is not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copies, dynamic } from '../runner/assets.mjs';

const MODULE = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0]);
const script = (text) => ({ path: 'a.js', bytes: Buffer.from(text) });

test('a module is counted raw and in base64, whatever follows its first bytes', () => {
  const inline = script(`const a="${MODULE.toString('base64')}";const b='${MODULE.subarray(0, 9).toString('base64')}'`);
  assert.deepEqual(copies([{ path: 'a.wasm', bytes: MODULE }, inline]), { raw: 1, base64: 2 });
});

test('a module under another name is counted', () => {
  assert.deepEqual(copies([{ path: 'font.woff2', bytes: MODULE }]), { raw: 1, base64: 0 });
});

test('a script without a module counts none', () => {
  assert.deepEqual(copies([script('const magic = [0, 0x61, 0x73, 0x6d]')]), { raw: 0, base64: 0 });
});

for (const text of [
  'eval("1")',
  '(0, eval)("1")',
  'globalThis.eval("1")',
  'new Function("return 1")',
  'Function("return 1")()',
  'setTimeout("act()", 1)',
  'document.write("<b>")',
  'importScripts("a.js")',
]) {
  test(`code from text is found: ${text}`, () => {
    assert.equal(dynamic([script(text)]).length, 1);
  });
}

for (const text of [
  'function evaluate(x) { return x; } evaluate(1)',
  'typeof Function',
  'value instanceof Function',
  'setTimeout(() => act(), 1)',
  'policy.eval_at = 1',
]) {
  test(`code that is only code is not: ${text}`, () => {
    assert.deepEqual(dynamic([script(text)]), []);
  });
}
