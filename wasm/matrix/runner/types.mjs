// The cells of the type tests: the packed package's types under each resolution, strict, by two compilers.
// INVARIANT: library types are checked too, and with no ambient types at all: neither a browser's nor Node's.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, short } from './process.mjs';
import { installed, version } from './tools.mjs';

const SOURCES = fileURLToPath(new URL('../types', import.meta.url));
const RESOLUTIONS = {
  node16: { module: 'node16', files: ['consumer.mts'] },
  nodenext: { module: 'nodenext', files: ['consumer.mts', 'required.cts'] },
  bundler: { module: 'esnext', files: ['consumer.mts'] },
};

/** One cell per compiler and resolution. */
export const compilers = ['typescript-5', 'typescript'].flatMap((compiler) =>
  Object.keys(RESOLUTIONS).map((resolution) => ({
    name: `${compiler}-${resolution}`,
    runtime: 'TypeScript',
    how: `types, ${resolution}`,
    find: () => ({ version: version(compiler), path: installed(compiler, 'lib/tsc.js') }),
    run: (context, tool) => compile(context, tool, resolution),
  })),
);

async function compile({ project }, tool, resolution) {
  const { module, files } = RESOLUTIONS[resolution];
  const folder = join(project, 'types');
  mkdirSync(folder, { recursive: true });
  cpSync(SOURCES, folder, { recursive: true });
  const options = {
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      noEmit: true,
      target: 'es2022',
      lib: ['es2022'],
      types: [],
      module,
      moduleResolution: resolution,
    },
    files: [...files, 'ambient.d.ts'],
  };
  const file = `tsconfig.${resolution}.json`;
  writeFileSync(join(folder, file), JSON.stringify(options));
  const { code, stdout, stderr } = await run(process.execPath, [tool.path, '-p', file], folder);
  if (code !== 0) throw new Error(short(stdout || stderr));
}
