// The package as `npm pack` makes it, installed into an empty project outside the repository.
// INVARIANT: the installation is offline and brings exactly one package: there are no dependencies to bring.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const PROGRAM = fileURLToPath(new URL('../program', import.meta.url));
const NAME = '@chancery/verifier';

/** Packs the folder `source`, installs it in a project below `root`, and gives the folders of both. */
export function install(root, source, story) {
  const project = join(root, 'project');
  mkdirSync(project);
  const [packed] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', root, source));
  const tarball = join(root, packed.filename);
  writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true}\n');
  npm(project, 'install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball);
  const modules = join(project, 'node_modules');
  const brought = packages(modules);
  if (brought.join() !== NAME) throw new Error(`installing brought more than the package: ${brought}`);
  cpSync(PROGRAM, project, { recursive: true });
  writeFileSync(join(project, 'story.mjs'), `export default ${JSON.stringify(story)};\n`);
  const folder = join(modules, ...NAME.split('/'));
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { project, folder, manifest, tarball: packed };
}

/** The names of the packages in a node_modules folder. */
function packages(modules) {
  const names = readdirSync(modules).filter((name) => !name.startsWith('.'));
  return names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}

function npm(cwd, ...words) {
  return execFileSync(NPM, [...words, '--loglevel=error'], { cwd, encoding: 'utf8', shell: NPM === 'npm.cmd' });
}
