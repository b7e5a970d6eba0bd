// The three bundlers, each with no configuration: the page's script in, a folder that a browser can open out.
// INVARIANT: the module is in the output once, and the output is not larger than package and program explain.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copies, dynamic, files, size } from './assets.mjs';
import { run, short } from './process.mjs';
import { installed, version } from './tools.mjs';

/** The bundlers: name, and how each builds `project` into `out`. */
export const bundlers = [
  { name: 'esbuild', build: esbuild },
  { name: 'vite', build: vite },
  { name: 'webpack', build: webpack },
].map((bundler) => ({ ...bundler, find: () => ({ version: version(bundler.name) }) }));

/** Builds `entry` and looks at what came out; gives the folder and its size. */
export async function bundle(bundler, { project, root, limit }, entry = 'page.mjs') {
  const out = join(root, `${bundler.name}-${entry}`);
  mkdirSync(out);
  await bundler.build(project, out, entry);
  return { out, ...look(out, limit) };
}

/** One copy of the module, nothing that makes code from text, no larger than the limit. */
export function look(folder, limit) {
  const list = files(folder);
  const count = copies(list);
  if (count.raw + count.base64 !== 1) {
    throw new Error(`the module is in the bundle ${count.raw} times raw and ${count.base64} times as base64`);
  }
  const found = dynamic(list);
  if (found.length > 0) throw new Error(`code from text: ${found.join(', ')}`);
  const bytes = size(list);
  if (bytes.raw > limit) throw new Error(`the bundle has ${bytes.raw} bytes, more than ${limit}`);
  return { bytes, count };
}

async function esbuild(project, out, entry) {
  const { build } = await import('esbuild');
  const { warnings } = await build({
    absWorkingDir: project,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    outdir: out,
    logLevel: 'silent',
  });
  silent(
    'esbuild',
    warnings.map(({ text }) => text),
  );
  page(project, out, entry.replace('.mjs', '.js'));
}

async function vite(project, out, entry) {
  page(project, project, entry);
  const words = [installed('vite', 'bin/vite.js'), 'build', '--logLevel', 'warn'];
  const { code, stdout, stderr } = await run(process.execPath, words, project);
  if (code !== 0) throw new Error(`vite ended with ${code}: ${short(stderr || stdout)}`);
  // Its advice on chunks is about any chunk above 500 kB, and the module alone may be one.
  silent(
    'vite',
    [stdout, stderr].filter((text) => !text.includes('Some chunks are larger than')),
  );
  renameSync(join(project, 'dist'), out);
  page(project, project, 'page.mjs');
}

async function webpack(project, out, entry) {
  const { default: pack } = await import('webpack');
  const compiler = pack({ context: project, entry: `./${entry}`, mode: 'production', output: { path: out } });
  const stats = await new Promise((resolve, reject) => {
    compiler.run((error, result) => (error === null ? resolve(result) : reject(error)));
  });
  await new Promise((resolve) => compiler.close(resolve));
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  // Its advice on sizes is about any bundle above 244 KiB, which the module alone is.
  const said = warnings.filter(({ message }) => !message.includes('size limit') && !message.includes('lazy load'));
  silent(
    'webpack',
    [...errors, ...said].map(({ message }) => message),
  );
  page(project, out, 'main.js');
}

/** The page as it is, with the name of another script. */
function page(project, out, script) {
  const text = readFileSync(join(project, 'index.html'), 'utf8');
  writeFileSync(join(out, 'index.html'), text.replace(/src="[^"]*"/, `src="./${script}"`));
}

function silent(name, messages) {
  const said = messages.filter((text) => text.trim() !== '');
  if (said.length > 0) throw new Error(`${name} warned: ${short(said.join(' '))}`);
}
