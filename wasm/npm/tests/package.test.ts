// The package as others get it: packed, installed into an empty project elsewhere, imported, required and typed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import * as chancery from '@chancery/verifier';
import { publint } from 'publint';

import { ask } from '../dist/engine.js';
import { scene } from './world.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: object;
};
const require = createRequire(import.meta.url);
const tsc = require.resolve('typescript/bin/tsc');

let project = '';
let tarball = '';

function run(program: string, words: readonly string[], cwd: string, environment: NodeJS.ProcessEnv = {}): string {
  const env = { ...process.env, ...environment };
  // What node:test tells its children is not for these.
  delete env['NODE_TEST_CONTEXT'];
  try {
    return execFileSync(program, words, { cwd, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return assert.fail(`${program} ${words.join(' ')}\n${stdout}${stderr}`);
  }
}

function node(words: readonly string[]): string {
  return run(process.execPath, words, project);
}

before(() => {
  project = mkdtempSync(join(tmpdir(), 'chancery-npm-'));
  const packed = run('npm', ['pack', '--silent', '--pack-destination', project], root).trim().split('\n').at(-1) ?? '';
  tarball = join(project, packed);
  writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true,"type":"module"}');
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', '--omit=peer', tarball], project);
});

after(() => rmSync(project, { recursive: true, force: true }));

test('an empty project gets the package and nothing else', () => {
  const installed = join(project, 'node_modules');
  assert.deepEqual(readdirSync(installed).filter((name) => !name.startsWith('.')), ['@chancery']);
  assert.deepEqual(readdirSync(join(installed, '@chancery')), ['verifier']);
  assert.equal(manifest.dependencies, undefined);
  const files = readdirSync(join(installed, '@chancery/verifier')).sort();
  assert.deepEqual(files, ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'dist', 'package.json']);
});

test('every export that the package names is in it', () => {
  const installed = join(project, 'node_modules/@chancery/verifier');
  for (const [name, target] of Object.entries(manifest.exports)) {
    const files = typeof target === 'string' ? [target] : Object.values(target);
    for (const file of files) assert.ok(existsSync(join(installed, file)), `${name}: ${file}`);
  }
});

test('the front door has at most twelve exports, and the version is the module’s', () => {
  assert.deepEqual(Object.keys(chancery).sort(), ['ChanceryError', 'Verifier', 'inspect', 'memoryLedger', 'renderChain', 'version']);
  assert.equal(chancery.version, manifest.version);
  assert.equal(ask((glue) => glue.version()), manifest.version);
});

test('the package reaches for nothing', () => {
  const dist = join(root, 'dist');
  const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  for (const name of scripts) {
    const text = readFileSync(join(dist, name), 'utf8');
    assert.doesNotMatch(text, /import\.meta|new URL\([^)]*\.wasm|\beval\(|new Function|\bprocess\.[a-z]|https?:\/\/(?!w3id\.org\/chancery)[a-z0-9.-]+\.(?:com|org|net|io|dev)/, name);
    const outside = [...text.matchAll(/^import [^;]*? from '([^'.][^']*)'/gm)].map(([, from]) => from);
    if (!name.startsWith('adapters')) assert.deepEqual(outside, [], name);
  }
});

test('the module keeps its limits', () => {
  const module = readFileSync(join(root, 'dist/verifier.wasm'));
  const packed = gzipSync(module, { level: 9 }).length;
  console.log(`verifier.wasm: ${(module.length / 1024).toFixed(1)} KiB raw, ${(packed / 1024).toFixed(1)} KiB gzip`);
  // Where the module stands, as in xtask/src/wasm/size.rs; the aim is 350 and 150.
  assert.ok(module.length <= 840 * 1024, `${module.length} bytes raw`);
  assert.ok(packed <= 375 * 1024, `${packed} bytes gzip`);
});

test('the README is short, and its first snippet runs as printed', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  assert.ok(readme.split('\n').length <= 150);
  const snippet = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  assert.ok(snippet.split('\n').length <= 10, 'under ten lines');
  const { options, presentation, request, world } = scene();
  const { bundle, policy, signer, audience } = options;
  const files = { 'trust.bundle': bundle, 'policy.json': policy, 'presentation.json': presentation, 'service.json': JSON.stringify({ signer, audience, nonce: request.nonce }), 'snippet.ts': snippet, 'then.mjs': `const at = ${world.at}; Date.now = () => at;\n` };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(project, name), String(content));
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
  for (const name of ['@types/node', 'undici-types']) symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  const strict = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', '--skipLibCheck', 'false'];
  node([tsc, ...strict, '--outDir', 'out', '--rootDir', '.', 'snippet.ts']);
  // The corpus lies in the past: the snippet runs at its moment.
  assert.match(node(['--import', './then.mjs', 'out/snippet.js']), /^true ok /);
});

test('it is imported and required without any configuration', () => {
  writeFileSync(join(project, 'a.mjs'), "import { version } from '@chancery/verifier'; import { gather } from '@chancery/verifier/evidence'; import { init } from '@chancery/verifier/slim'; console.log(version, typeof gather, typeof init);");
  assert.equal(node(['a.mjs']).trim(), `${manifest.version} function function`);
  writeFileSync(join(project, 'b.cjs'), "const { version, Verifier } = require('@chancery/verifier'); console.log(version, typeof Verifier);");
  assert.equal(node(['--no-warnings', 'b.cjs']).trim(), `${manifest.version} function`);
});

test('slim answers with the module that it was given, as bytes or compiled', () => {
  const use = (given: string): string => `
    import { readFileSync } from 'node:fs';
    import { init, inspect } from '@chancery/verifier/slim';
    console.log(inspect('{}').code);
    const bytes = readFileSync(new URL(import.meta.resolve('@chancery/verifier/verifier.wasm')));
    init(${given});
    console.log(inspect('{}').verified, inspect('{').code);`;
  for (const given of ['bytes', 'new WebAssembly.Module(bytes)']) {
    writeFileSync(join(project, 'slim.mjs'), use(given));
    assert.equal(node(['slim.mjs']).trim(), 'host.failed\nfalse parse.json');
  }
});

test('its types need neither the DOM nor Node', () => {
  writeFileSync(join(project, 'types.ts'), `
    import { ChanceryError, inspect, memoryLedger, renderChain, Verifier, version, type Decision, type Fetch, type Session } from '@chancery/verifier';
    import { gather } from '@chancery/verifier/evidence';
    import { init } from '@chancery/verifier/slim';
    export const made: Verifier = new Verifier({ bundle: '', signer: { did: '', thumbprint: '' }, policy: '', audience: '', commit: memoryLedger() });
    const decision: Decision = made.verify('', { nonce: '', tool: '', args: {} });
    const session: Session = made.admit('', { nonce: '' });
    export const agent: string | null = session.ok ? session.agent : session.decision.agent;
    if (decision.code === 'binding.nonce') renderChain(decision, 'mermaid');
    export const all: unknown[] = [ChanceryError, inspect, version, gather, init];
    export function load(fetch: Fetch): Promise<Verifier> { return Verifier.load({ registry: '', fetch, signer: { did: '', thumbprint: '' }, policy: '', audience: '' }); }
    // @ts-expect-error a verifier is made of everything or not at all
    new Verifier({ bundle: '' });
    // @ts-expect-error a presentation is a text, never an object
    made.verify({}, { nonce: '', tool: '' });
    // @ts-expect-error a ledger is synchronous
    new Verifier({ bundle: '', signer: { did: '', thumbprint: '' }, policy: '', audience: '', commit: async () => 'applied' });
    // @ts-expect-error there is no such code
    export const wrong: boolean = decision.code === 'no.such_code';
  `);
  writeFileSync(join(project, 'dom.ts'), "import { Verifier } from '@chancery/verifier'; export const load = () => Verifier.load({ registry: '', fetch, signer: { did: '', thumbprint: '' }, policy: '', audience: '' }); export const ask = (v: Verifier, r: Request) => v.verifyRequest(r, { nonce: '', tool: '' });");
  for (const [file, lib] of [['types.ts', ['es2022']], ['dom.ts', ['es2022', 'dom', 'dom.iterable']]] as const) {
    const compilerOptions = { strict: true, noEmit: true, module: 'nodenext', target: 'es2022', types: [], skipLibCheck: false, lib };
    writeFileSync(join(project, `tsconfig.${file}.json`), JSON.stringify({ compilerOptions, files: [file] }));
    node([tsc, '-p', `tsconfig.${file}.json`]);
  }
});

test('publint has nothing to say', async () => {
  const { messages } = await publint({ pkgDir: root, strict: true, pack: 'npm' });
  assert.deepEqual(messages, []);
});

test('attw resolves every entry for importers', () => {
  const bin = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const words = [bin, tarball, '--profile', 'esm-only', '--exclude-entrypoints', './verifier.wasm', '--format', 'table-flipped', '--no-color'];
  // It exits with 1 where an entry has a problem that the profile does not ignore.
  const table = run(process.execPath, words, root);
  assert.ok([...table.matchAll(/🟢 \(ESM\)/g)].length >= Object.keys(manifest.exports).length - 2, table);
});
