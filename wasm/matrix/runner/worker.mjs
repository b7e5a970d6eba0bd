// The cell of workerd: bundled as its tools do it, with the `workerd` condition and the module as a file
// beside the script, then served and asked once.
// INVARIANT: the module is there once, compiled by workerd itself; an isolate makes no code at run time.

import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { look } from './bundlers.mjs';
import { environment, short } from './process.mjs';
import { workerd as find } from './tools.mjs';

const DATE = '2026-11-01';
const PATIENCE = 60_000;

/** The cell. */
export const workerd = { name: 'workerd', runtime: 'workerd', how: 'esbuild, workerd condition', find, run };

async function run({ project, root, limit }, tool, entry = 'worker.mjs') {
  const out = join(root, 'workerd');
  mkdirSync(out, { recursive: true });
  await build({
    absWorkingDir: project,
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    outfile: join(out, 'worker.js'),
    logLevel: 'silent',
  });
  const { bytes } = look(out, limit);
  writeFileSync(join(out, 'matrix.capnp'), configuration(readdirSync(out)));
  const started = performance.now();
  const child = spawn(tool.path, ['serve', '--control-fd=3', 'matrix.capnp'], {
    cwd: out,
    env: environment(project),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  try {
    const port = await listening(child);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    const text = await response.text();
    if (!response.ok) throw new Error(`answered ${response.status}: ${short(text)}`);
    return { ...JSON.parse(text), importing: undefined, first: performance.now() - started, bytes };
  } finally {
    child.kill('SIGKILL');
  }
}

/** The port that workerd chose, from what it says on its control pipe. */
function listening(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    let control = '';
    const timer = setTimeout(() => reject(new Error(`workerd did not listen: ${short(said)}`)), PATIENCE);
    const end = (settle, value) => {
      clearTimeout(timer);
      settle(value);
    };
    child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    child.stdio[3].setEncoding('utf8').on('data', (text) => {
      control += text;
      for (const event of control
        .split('\n')
        .slice(0, -1)
        .map((one) => JSON.parse(one))) {
        if (event.event === 'listen') end(resolve, event.port);
      }
    });
    child.on('error', (error) => end(reject, error));
    child.on('exit', (code) => end(reject, new Error(`workerd ended with ${code}: ${short(said)}`)));
  });
}

/** workerd takes nothing from the environment: every module is named. */
function configuration(names) {
  const modules = names
    .filter((name) => name !== 'matrix.capnp')
    .sort((one) => (one === 'worker.js' ? -1 : 1))
    .map((name) => `(name = "${name}", ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed "${name}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [${modules.join(', ')}], compatibilityDate = "${DATE}"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
`;
}
