// The cells of threads and second copies: each runtime with several instances of the module at once.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { contained, open } from './browser.mjs';
import { hosts } from './hosts.mjs';
import { line } from './process.mjs';
import { chromium } from './tools.mjs';

const LEAST = 30;

/** One cell per runtime that has threads; `browser` starts or gives the browser. */
export function crowds(browser) {
  const importing = hosts.filter(({ entry }) => entry === 'import.mjs');
  const cells = importing.map(({ runtime, name, find, words }) => ({
    name: `crowd-${name}`,
    runtime,
    find,
    once: (context, tool) => hosted(context, tool, runtime, words),
  }));
  cells.push({
    name: 'crowd-chromium',
    runtime: 'Chromium',
    find: chromium,
    once: async (context) => visited(await browser(context), context),
  });
  return cells.map((cell) => ({
    ...cell,
    how: 'threads and copies',
    run: (context, tool) => together(cell, context, tool),
  }));
}

async function together(cell, context, tool) {
  const answer = await cell.once(context, tool);
  if (answer.asked < LEAST) throw new Error(`only ${answer.asked} others were asked`);
  if (answer.same !== answer.asked)
    throw new Error(`${answer.asked - answer.same} of ${answer.asked} answered otherwise`);
  return { ...answer, said: `${answer.asked} others agree` };
}

function hosted({ project, folder }, tool, runtime, words) {
  const copy = join(project, 'copy');
  cpSync(folder, join(copy, 'node_modules', '@chancery', 'verifier'), { recursive: true });
  writeFileSync(join(copy, 'index.mjs'), "export * from '@chancery/verifier';\n");
  const entry = runtime === 'Node' ? 'crowd-node.mjs' : 'crowd-web.mjs';
  const given = words(entry);
  // Deno reads the script of a thread only with leave to read it.
  if (runtime === 'Deno') given.splice(-1, 0, `--allow-read=${project}`);
  return line(tool.path, given, project);
}

async function visited(browser, { project, root }) {
  const out = join(root, 'crowd');
  mkdirSync(out, { recursive: true });
  await build({
    absWorkingDir: project,
    entryPoints: ['crowd-page.mjs', 'thread.mjs'],
    bundle: true,
    format: 'esm',
    outdir: out,
    logLevel: 'silent',
  });
  const html = readFileSync(join(project, 'index.html'), 'utf8').replace('./page.mjs', './crowd-page.js');
  writeFileSync(join(out, 'index.html'), html);
  return JSON.parse(contained(await open(browser, out)).text);
}
