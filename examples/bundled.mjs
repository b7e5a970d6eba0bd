// A script of a story as esbuild makes it, with `./terms.mjs` in its place: what the host was told by another way.

import { build } from 'esbuild';

/** Bundles `entry` into `outfile`. */
export async function bundled(entry, outfile, terms, options = {}) {
  const given = {
    name: 'terms',
    setup(plugin) {
      plugin.onResolve({ filter: /^\.\/terms\.mjs$/ }, () => ({ path: 'terms', namespace: 'terms' }));
      const contents = `export default ${JSON.stringify(terms)};`;
      plugin.onLoad({ filter: /.*/, namespace: 'terms' }, () => ({ contents }));
    },
  };
  const fixed = { bundle: true, format: 'esm', plugins: [given], logLevel: 'silent' };
  await build({ entryPoints: [entry], outfile, ...fixed, ...options });
}
