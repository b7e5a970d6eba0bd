// The cells of runtimes that read the project's node_modules themselves: Node, Bun, Deno.
// Making code from text is switched off where the runtime can do that; Deno is given no permission at all.

import { line } from './process.mjs';
import * as tools from './tools.mjs';

const NO_DYNAMIC_CODE = '--disallow-code-generation-from-strings';

/** The cells, in the order of the table. */
export const hosts = [
  node(20, 'import', 'import.mjs'),
  node(20, 'require', 'require.cjs'),
  node(22, 'import', 'import.mjs'),
  node(22, 'require', 'require.cjs'),
  { ...node(22, 'import slim and the module', 'slim.mjs'), name: 'node-22-slim' },
  {
    name: 'bun',
    runtime: 'Bun',
    how: 'import',
    find: tools.bun,
    words: (entry) => ['run', '--no-install', entry],
    entry: 'import.mjs',
  },
  {
    name: 'deno',
    runtime: 'Deno',
    how: 'import, no permissions',
    find: tools.deno,
    words: (entry) => ['run', '--no-prompt', '--cached-only', `--v8-flags=${NO_DYNAMIC_CODE}`, entry],
    entry: 'import.mjs',
  },
].map((cell) => ({
  ...cell,
  run: ({ project }, tool, entry = cell.entry) => line(tool.path, cell.words(entry), project),
}));

function node(major, how, entry) {
  return {
    name: `node-${major}-${how}`,
    runtime: 'Node',
    how,
    find: () => tools.node(major),
    words: (file) => [NO_DYNAMIC_CODE, file],
    entry,
  };
}
