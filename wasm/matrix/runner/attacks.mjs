// The cells of the attacks: each runtime in three realms, as it comes, polluted and frozen before the import.
// INVARIANT: an attack that was not tried is not one that was held: the counts are looked at.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { contained, open } from './browser.mjs';
import { hosts } from './hosts.mjs';
import { chromium } from './tools.mjs';
import { workerd } from './worker.mjs';

const REALMS = ['plain', 'polluted', 'frozen'];
const ENTRY = 'attack.mjs';
const LEAST = {
  texts: 1000,
  arguments: 20,
  requests: 12,
  presentations: 12,
  clocks: 10,
  ledgers: 10,
  configurations: 15,
};
/** What a frozen realm makes impossible. */
const CHANGES = { pollutions: 30, replacements: 25 };

/** One cell per runtime; `browser` starts or gives the browser. */
export function attacks(browser) {
  const importing = hosts.filter(({ entry }) => entry === 'import.mjs');
  const cells = importing.map(({ runtime, name, find, run }) => ({
    name: `attack-${name}`,
    runtime,
    find,
    once: (context, tool) => run(context, tool, ENTRY),
  }));
  cells.push({
    name: 'attack-chromium',
    runtime: 'Chromium',
    find: chromium,
    once: async (context) => visited(await browser(context), context),
  });
  cells.push({
    name: 'attack-workerd',
    runtime: 'workerd',
    find: workerd.find,
    once: (context, tool) => workerd.run(context, tool, 'attack-worker.mjs'),
  });
  return cells.map((cell) => ({
    ...cell,
    how: REALMS.join(', '),
    run: (context, tool) => inRealms(cell, context, tool),
  }));
}

async function inRealms(cell, context, tool) {
  let tried = 0;
  const broken = [];
  for (const realm of REALMS) {
    cpSync(join(context.project, 'realms', `${realm}.mjs`), join(context.project, 'realm.mjs'));
    try {
      tried += held(await cell.once(context, tool), realm === 'frozen' ? LEAST : { ...LEAST, ...CHANGES });
    } catch (error) {
      broken.push(`${realm}: ${error.message}`);
    }
  }
  if (broken.length > 0) throw new Error(broken.join('\n  '));
  return { said: `${tried} attacks held` };
}

/** How many attacks were tried, when all of them held. */
function held(answer, wanted) {
  if (answer.failures !== 0) throw new Error(`${answer.failures} did not hold: ${answer.broken.join('; ')}`);
  for (const [kind, least] of Object.entries(wanted)) {
    if (!(answer.tried[kind] >= least)) throw new Error(`only ${answer.tried[kind]} ${kind} were tried`);
  }
  return Object.values(answer.tried).reduce((sum, count) => sum + count, 0);
}

async function visited(browser, { project, root }) {
  const out = join(root, 'attack');
  mkdirSync(out, { recursive: true });
  await build({
    absWorkingDir: project,
    entryPoints: [ENTRY],
    bundle: true,
    format: 'esm',
    outdir: out,
    logLevel: 'silent',
    allowOverwrite: true,
  });
  const html = readFileSync(join(project, 'index.html'), 'utf8').replace('./page.mjs', './attack.js');
  writeFileSync(join(out, 'index.html'), html);
  return JSON.parse(contained(await open(browser, out)).text);
}
