// Runs the package's tests over `dist/`: types first, then node:test. Arguments are names of test files.
//
// CHANCERY_VERIFICATIONS sets how many verdicts the memory test asks for.

import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

function step(...words) {
  const { status } = spawnSync(process.execPath, words, { cwd: here, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(new URL('.tests', import.meta.url), { recursive: true, force: true });
step('codes.mjs', '--check');
step(tsc, '-p', 'tests');
const wanted = process.argv.slice(2);
const files = readdirSync(new URL('.tests', import.meta.url))
  .filter((name) => name.endsWith('.test.js'))
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace('.test.js', '')));
step('--expose-gc', '--test', '--test-concurrency=1', ...files.map((name) => `.tests/${name}`));
