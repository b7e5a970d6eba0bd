// Makes `dist/` of `src/` and of what `cargo xtask wasm` put into `build/`: the module and wasm-bindgen's glue.
//
// INVARIANT: the package reaches for nothing. Of the glue only the functions of the module's exports and its one table
// of imports are taken; the loader, with its `fetch` and its URL, is left behind, and a glue of another shape stops the
// build.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const EXPORTS = [
  'open', 'refresh', 'verify', 'admit', 'authorize', 'settle', 'end', 'close', 'resolve', 'verifyRequest', 'verifyCard',
  'inspect', 'renderChain', 'decide', 'version',
];

/** What the functions of the glue may call by name. */
const CALLED = ['passStringToWasm0', 'getStringFromWasm0', 'catch', 'if', 'function'];

/** A top-level function of the glue, from its first line to the brace that closes it at the margin. */
function taken(glue, head) {
  const from = glue.indexOf(`${head}(`);
  const to = glue.indexOf('\n}\n', from);
  if (from < 0 || to < 0) throw new Error(`the glue is not as it was: no \`${head}\``);
  return glue.slice(from, to + 3).replace(/^export /, '');
}

/** The glue of `--target web` as a factory: `instance(module)` gives the functions of one instance. */
function factory(glue) {
  const functions = EXPORTS.map((name) => taken(glue, `export function ${name}`));
  const imports = taken(glue, 'function __wbg_get_imports');
  for (const [, called] of functions.join('').matchAll(/(?<![.\w])(\w+)\(/g)) {
    if (!CALLED.includes(called) && !EXPORTS.includes(called)) throw new Error(`the glue calls \`${called}\``);
  }
  if ([...imports.matchAll(/: function\(/g)].length !== 1) throw new Error('the module imports more than its table');
  return `// Between JavaScript and the module: the functions by wasm-bindgen, the strings and the instance by \`build.mjs\`.
import { apply } from './intrinsics.js';

const Instance = globalThis.WebAssembly?.Instance;
const Bytes = Uint8Array;
const { encodeInto } = TextEncoder.prototype;
const { decode } = TextDecoder.prototype;
const encoder = new TextEncoder();
const Decoder = TextDecoder;
const { slice } = String.prototype;

export function instance(module) {
let wasm;
let WASM_VECTOR_LEN = 0;
let decoder;
let decoded = Infinity;
function passStringToWasm0(text, malloc, realloc) {
  // Room for ASCII, which nearly all of it is; three bytes for each character that is left when that was not enough.
  let room = text.length;
  let at = malloc(room, 1) >>> 0;
  const first = apply(encodeInto, encoder, [text, new Bytes(wasm.memory.buffer, at, room)]);
  WASM_VECTOR_LEN = first.written;
  if (first.read === text.length) return at;
  const rest = apply(slice, text, [first.read]);
  const whole = first.written + rest.length * 3;
  at = realloc(at, room, whole, 1) >>> 0;
  room = whole;
  const more = apply(encodeInto, encoder, [rest, new Bytes(wasm.memory.buffer, at + first.written, room - first.written)]);
  WASM_VECTOR_LEN = first.written + more.written;
  return realloc(at, room, WASM_VECTOR_LEN, 1) >>> 0;
}
function getStringFromWasm0(at, length) {
  // Safari's decoder fails after two gigabytes.
  decoded += length;
  if (decoded > 2_000_000_000) [decoder, decoded] = [new Decoder('utf-8', { ignoreBOM: true }), length];
  return apply(decode, decoder, [new Bytes(wasm.memory.buffer, at >>> 0, length)]);
}
${functions.join('')}${imports}wasm = new Instance(module, __wbg_get_imports()).exports;
wasm.__wbindgen_start();
return { ${EXPORTS.join(', ')}, memory: () => wasm.memory.buffer.byteLength };
}
`;
}

const [glue, wasm] = ['build/glue.js', 'build/verifier.wasm'].map(here);
if (!existsSync(glue) || !existsSync(wasm)) {
  console.error('wasm/npm/build has no module yet: run `cargo xtask wasm`');
  process.exit(1);
}

rmSync(here('dist'), { recursive: true, force: true });
mkdirSync(here('dist'));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const compiled = spawnSync(process.execPath, [tsc, '-p', here('tsconfig.json')], { stdio: 'inherit' });
if (compiled.status !== 0) process.exit(1);

const module = readFileSync(wasm);
writeFileSync(here('dist/glue.js'), factory(readFileSync(glue, 'utf8')));
writeFileSync(here('dist/module.js'), `export const base64 = '${module.toString('base64')}';\n`);
copyFileSync(wasm, here('dist/verifier.wasm'));
for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) copyFileSync(here(`../../${licence}`), here(licence));
console.log(`dist: verifier.wasm ${module.length} bytes`);
