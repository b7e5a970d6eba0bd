// What a user writes for each framework: the snippets that `npm run types` checks against the frameworks' own types.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const FOLDER = new URL('../snippets/', import.meta.url);
const snippets = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));

test('every adapter has a snippet of at most fifteen lines', () => {
  const manifest = new URL('../node_modules/@chancery/verifier/package.json', import.meta.url);
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8'));
  const adapters = Object.keys(exports).filter((name) => exports[name].default?.includes('/adapters/'));
  assert.equal(adapters.length, 7);
  for (const adapter of adapters) assert.ok(snippets.includes(`${adapter.slice(2)}.ts`), adapter);
  for (const name of snippets) {
    const lines = readFileSync(new URL(name, FOLDER), 'utf8').split('\n').filter((line) => line.trim() !== '');
    assert.ok(lines.length <= 15, `${name} has ${lines.length} lines`);
  }
});
