// What the package itself ships: no dependencies, no install scripts, few exports, the module as bytes and as
// base64 once each, nothing that makes code from text.
// INVARIANT: the limit on a bundle follows from the module that is shipped, not from what was measured once.

import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { copies, dynamic, files } from './assets.mjs';

/** What a bundle may weigh beyond the module in base64: the package's own script, the program and its story. */
const BESIDES = 160 * 1024;
const SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

/** Looks at the installed package and gives the most bytes that a bundle of it may have. */
export function shipped({ folder, manifest, tarball }) {
  const { dependencies = {}, scripts = {}, version } = manifest;
  if (Object.keys(dependencies).length > 0)
    throw new Error(`the package has dependencies: ${Object.keys(dependencies)}`);
  const run = SCRIPTS.filter((name) => scripts[name] !== undefined);
  if (run.length > 0) throw new Error(`the package runs scripts at installation: ${run}`);
  const list = files(folder);
  const { raw, base64 } = copies(list);
  if (raw !== 1 || base64 !== 1)
    throw new Error(`the module is shipped ${raw} times raw and ${base64} times as base64`);
  const found = dynamic(list);
  if (found.length > 0) throw new Error(`the package makes code from text: ${found.join(', ')}`);
  const module = readFileSync(join(folder, 'dist', 'verifier.wasm')).length;
  console.error(
    `packed ${tarball.filename} (version ${version}): ${list.length} files, ${tarball.size} bytes, module ${module} bytes`,
  );
  return Math.ceil((module * 4) / 3) + BESIDES;
}
