// Puts `examples/node_modules` together: the verifier as `npm pack` makes it, and links to the frameworks and tools
// that are installed for the adapters' tests and for the matrix.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const ADAPTERS = ['@a2a-js/sdk', '@modelcontextprotocol/client', '@modelcontextprotocol/server', 'zod'];
const MATRIX = ['esbuild'];

/** Packs the package and unpacks it into `modules`. */
function pack(modules) {
  const folder = mkdtempSync(join(tmpdir(), 'chancery-pack-'));
  const words = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder];
  const options = { cwd: at('../wasm/npm'), encoding: 'utf8', shell: NPM === 'npm.cmd' };
  const [{ filename, files, size }] = JSON.parse(execFileSync(NPM, words, options));
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', folder]);
  const place = join(modules, '@chancery', 'verifier');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(dirname(place), { recursive: true });
  renameSync(join(folder, 'package'), place);
  rmSync(folder, { recursive: true });
  return `${filename}: ${files.length} files, ${size} bytes`;
}

function link(modules, from, names) {
  for (const name of names) {
    const source = join(from, ...name.split('/'));
    if (!existsSync(source)) throw new Error(`${source} is not installed`);
    const place = join(modules, ...name.split('/'));
    rmSync(place, { recursive: true, force: true });
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(source, place, 'junction');
  }
}

const adapters = at('../wasm/npm/adapter-tests/node_modules');
const examples = at('node_modules');
rmSync(examples, { recursive: true, force: true });
console.log(pack(adapters));
link(examples, adapters, ['@chancery/verifier', ...ADAPTERS]);
link(examples, at('../wasm/matrix/node_modules'), MATRIX);
