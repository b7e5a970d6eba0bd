// What a bundler wrote, or a package ships: its size, how often the module is in it, and code made at run time.
// INVARIANT: the module is in a bundle once, as bytes or as base64 and never as both.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const MAGIC = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
/** The same eight bytes in base64, as far as they are whole there: two bits of the next byte are open. */
const ENCODED = /AGFzbQEAAA[A-D]/g;
const DYNAMIC = [
  ['eval', /(?<![\w$])eval\s*(?:[()]|\?\.)/],
  ['new Function', /\bnew\s+Function\b/],
  ['Function()', /(?<!\bnew\s+)(?<![\w$])Function\s*\(/],
  ['timer with text', /\bset(?:Timeout|Interval)\s*\(\s*['"`]/],
  ['document.write', /\bdocument\s*\.\s*write/],
  ['importScripts', /\bimportScripts\s*\(/],
];

/** Every file below a folder, with its bytes. */
export function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => ({ path, bytes: readFileSync(path) }));
}

/** How often a wasm module is in these files, raw or as base64. */
export function copies(list) {
  const count = { raw: 0, base64: 0 };
  for (const { bytes } of list) {
    if (bytes.subarray(0, MAGIC.length).equals(MAGIC)) count.raw += 1;
    else count.base64 += [...bytes.toString('latin1').matchAll(ENCODED)].length;
  }
  return count;
}

/** Places where text becomes code, each as `file: what`. */
export function dynamic(list) {
  const scripts = list.filter(({ path }) => /\.(?:[cm]?js|html)$/.test(path));
  return scripts.flatMap(({ path, bytes }) => {
    const text = bytes.toString('utf8');
    return DYNAMIC.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${path}: ${what}`);
  });
}

/** All bytes, raw and as gzip sends them. */
export function size(list) {
  const sum = (measure) => list.reduce((total, { bytes }) => total + measure(bytes), 0);
  return { raw: sum((bytes) => bytes.length), gzip: sum((bytes) => gzipSync(bytes, { level: 9 }).length) };
}
