// The cell of the other subpaths: each can be imported, and none brings a second copy of the module.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { look } from './bundlers.mjs';
import { line } from './process.mjs';
import * as tools from './tools.mjs';

/** As bundlers for browsers and for workers resolve the package. */
const CONDITIONS = { browser: ['browser'], workerd: ['workerd', 'worker', 'browser'] };

/** The cell. */
export const subpaths = { name: 'subpaths', runtime: 'Node', how: 'every subpath', find: () => tools.node(22), run };

async function run(context, tool) {
  const found = await line(tool.path, ['subpaths.mjs'], context.project);
  const failed = Object.entries(found).filter(([, said]) => said.startsWith('FAILED'));
  if (failed.length > 0) throw new Error(failed.map((entry) => entry.join(': ')).join('; '));
  const names = Object.keys(found).filter((name) => name !== './slim');
  const said = Object.values(found).filter((one) => one === 'imported').length;
  for (const [name, conditions] of Object.entries(CONDITIONS)) await together(context, names, name, conditions);
  return { said: `${said} imported, ${names.length + 1 - said} want a peer` };
}

/** One bundle of everything that the package exports, SDKs left out: the module is in it once. */
async function together({ project, root, manifest, limit }, names, name, conditions) {
  const out = join(root, `subpaths-${name}`);
  mkdirSync(out);
  const lines = names.map((one, at) => `export * as part${at} from '@chancery/verifier${one.slice(1)}';`);
  writeFileSync(join(project, 'everything.mjs'), `${lines.join('\n')}\n`);
  await build({
    absWorkingDir: project,
    entryPoints: ['everything.mjs'],
    bundle: true,
    format: 'esm',
    conditions,
    external: Object.keys(manifest.peerDependencies ?? {}),
    loader: { '.wasm': 'copy' },
    outdir: out,
    logLevel: 'silent',
  });
  look(out, limit);
}
