// The import matrix of @chancery/verifier: pack, install into an empty project, import everywhere, compare.
//
//   node run.mjs [--package FOLDER] [--vectors FOLDER] [--only NAME] [--keep] [--pictures FOLDER]
//
// INVARIANT: every cell is in the table, as passed, failed or not run with its reason; with CI=true a cell
// that did not run fails the run unless allowed.json names it with a reason.

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rows } from './runner/cells.mjs';
import { shipped } from './runner/package.mjs';
import { install } from './runner/project.mjs';
import { story } from './runner/story.mjs';
import { failures, reasons, table } from './runner/table.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    package: { type: 'string', default: here('../npm') },
    vectors: { type: 'string', default: here('../../tests/vectors/host') },
    pictures: { type: 'string', default: '' },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const allowed = JSON.parse(readFileSync(here('allowed.json'), 'utf8'));

const root = realpathSync(mkdtempSync(join(tmpdir(), 'chancery-matrix-')));
try {
  process.exitCode = await main();
} finally {
  if (values.keep) console.error(`kept: ${root}`);
  else rmSync(root, { recursive: true, force: true });
}

/** Runs the cells, prints the table and the reasons, and gives the exit code. */
async function main() {
  const told = story(resolve(values.vectors));
  const context = { root, story: told, ...install(root, resolve(values.package), told) };
  context.limit = shipped(context);
  context.pictures = values.pictures === '' ? root : resolve(values.pictures);
  mkdirSync(context.pictures, { recursive: true });

  const done = await rows(context, values.only ?? '');
  if (done.length === 0) throw new Error(`no cell's name begins with \`${values.only}\``);
  process.stdout.write(`\n${table(done)}`);
  for (const reason of reasons(done)) console.error(`\n${reason}`);
  for (const [name, reason] of Object.entries(allowed)) console.error(`allowed to be missing: ${name} (${reason})`);
  const wrong = failures(done, allowed, process.env.CI === 'true');
  if (wrong.length > 0) console.error(`\n${wrong.length} of ${done.length} cells failed: ${wrong.join(', ')}`);
  return wrong.length > 0 ? 1 : 0;
}
