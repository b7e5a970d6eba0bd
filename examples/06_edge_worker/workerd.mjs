// workerd with one script: bundled with the `workerd` condition, the module beside it as a file that workerd compiles.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { workerd } from '../../wasm/matrix/runner/tools.mjs';
import { bundled } from '../bundled.mjs';

/** Serves `worker.mjs`, whose `./terms.mjs` are these; gives a fetch of its own and a way to end it. */
export async function serve(terms) {
  const folder = mkdtempSync(join(tmpdir(), 'chancery-workerd-'));
  const entry = fileURLToPath(new URL('worker.mjs', import.meta.url));
  const conditions = ['workerd', 'worker', 'browser'];
  await bundled(entry, join(folder, 'worker.js'), terms, { conditions, loader: { '.wasm': 'copy' } });
  const kind = (name) => (name.endsWith('.wasm') ? 'wasm' : 'esModule');
  const files = readdirSync(folder).sort((one) => (one === 'worker.js' ? -1 : 1));
  const modules = files.map((name) => `(name = "${name}", ${kind(name)} = embed "${name}")`).join(', ');
  // In front of a worker stands what ended TLS and says so.
  const http = '(forwardedProtoHeader = "X-Forwarded-Proto")';
  const socket = `(name = "http", address = "127.0.0.1:0", http = ${http}, service = "main")`;
  const worker = `(name = "main", worker = (modules = [${modules}], compatibilityDate = "2026-11-01"))`;
  writeFileSync(
    join(folder, 'story.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [${worker}], sockets = [${socket}]);
`,
  );
  const stdio = ['ignore', 'inherit', 'inherit', 'pipe'];
  const child = spawn(workerd().path, ['serve', '--control-fd=3', 'story.capnp'], { cwd: folder, stdio });
  process.once('exit', () => child.kill('SIGKILL'));
  const port = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`workerd ended with ${code}`)));
    child.stdio[3].setEncoding('utf8').on('data', (line) => resolve(JSON.parse(line.split('\n')[0]).port));
  });
  return {
    fetch: (url, init) => ask(port, new URL(url), init),
    close: () => {
      child.removeAllListeners('exit').kill('SIGKILL');
      rmSync(folder, { recursive: true });
    },
  };
}

/** Sends a request to the worker under the name that it has in the world. */
function ask(port, { host, pathname }, { method, body, headers }) {
  const sent = { ...headers, host, 'x-forwarded-proto': 'https' };
  return new Promise((resolve, reject) => {
    const asking = request({ port, path: pathname, method, headers: sent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode, json: async () => JSON.parse(text) }));
    });
    asking.on('error', reject).end(body);
  });
}
