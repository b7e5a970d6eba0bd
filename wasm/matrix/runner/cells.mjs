// Every cell of the matrix, in the order of the table, each run alone: times are taken on a quiet machine.
// A cell finds its tool first (what cannot be found is its reason), then runs and gives its answers.

import { join } from 'node:path';
import { attacks } from './attacks.mjs';
import { bundle, bundlers } from './bundlers.mjs';
import { contained, launch, open } from './browser.mjs';
import { crowds } from './crowds.mjs';
import { hosts } from './hosts.mjs';
import { judge } from './judge.mjs';
import { strict } from './page.mjs';
import { subpaths } from './subpaths.mjs';
import { chromium, Missing } from './tools.mjs';
import { compilers } from './types.mjs';
import { workerd } from './worker.mjs';

const vite = bundlers.find(({ name }) => name === 'vite');
const browsers = [
  ...bundlers.map((bundler) => ({ bundler, name: `${bundler.name}-chromium`, how: `${bundler.name} bundle` })),
  { bundler: vite, name: 'vite-chromium-slim', how: 'vite bundle, slim and the module', entry: 'slim-page.mjs' },
].map(({ bundler, name, how, entry }) => ({
  name,
  runtime: 'Chromium',
  how,
  find: () => ({ ...chromium(), bundler: bundler.find().version }),
  label: (tool) => `${tool.version} / ${tool.bundler}`,
  run: async (context) => {
    const { out, bytes } = await bundle(bundler, context, entry);
    const visit = contained(await open(await browser(context), out));
    return { ...JSON.parse(visit.text), bytes };
  },
}));

const page = {
  name: 'strict-page',
  runtime: 'Chromium',
  how: 'page under a strict CSP',
  find: chromium,
  run: async (context) => strict(await browser(context), context, join(context.pictures, 'page.png')),
};

const threads = crowds(browser);
/** The cells whose answers are held against the story's, and against each other's. */
const judged = [...hosts, ...browsers, workerd, ...threads];

/** Runs the cells whose names begin with `only` and gives their rows. */
export async function rows(context, only) {
  const list = [...judged, page, subpaths, ...compilers, ...attacks(browser)].filter(({ name }) =>
    name.startsWith(only),
  );
  const done = [];
  let reference;
  for (const cell of list) {
    const started = performance.now();
    const row = await one(cell, context, reference);
    if (judged.includes(cell) && row.state === 'passed') reference ??= row.answer;
    console.error(`${row.name}: ${row.state} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    done.push(row);
  }
  await context.browser?.close();
  return done;
}

async function one(cell, context, reference) {
  const row = { name: cell.name, runtime: cell.runtime, how: cell.how };
  try {
    context.tool = cell.find();
    row.version = cell.label?.(context.tool) ?? context.tool.version;
    row.answer = await cell.run(context, context.tool);
    if (judged.includes(cell)) judge(row.answer, context.story, reference);
    return { ...row, state: 'passed', result: row.answer?.said ?? 'ok' };
  } catch (error) {
    const state = error instanceof Missing ? 'missing' : 'failed';
    return { ...row, state, result: error.message };
  }
}

/** One browser for all pages; each page is a fresh one. */
async function browser(context) {
  context.browser ??= await launch(context.tool.path);
  return context.browser;
}
