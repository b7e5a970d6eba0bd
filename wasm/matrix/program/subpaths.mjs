// Node: every script that the package exports, imported with no SDK installed.
// INVARIANT: a subpath is there, or says which of its optional peers is not.

import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync('./node_modules/@chancery/verifier/package.json', 'utf8'));
const peers = Object.keys(manifest.peerDependencies ?? {});
const found = {};
for (const [name, target] of Object.entries(manifest.exports)) {
  if (typeof target === 'string') continue;
  try {
    await import(`@chancery/verifier${name.slice(1)}`);
    found[name] = 'imported';
  } catch (error) {
    const peer = peers.find((one) => error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes(`'${one}'`));
    found[name] = peer === undefined ? `FAILED ${error.message}` : `wants ${peer}`;
  }
}
console.log(JSON.stringify(found));
