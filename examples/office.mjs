// An organization's office for the stories: the real `chancery`, its registry, and one agent with fresh papers.
// It stands in a temporary folder with keys of its own, and is gone when the story ends.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHANCERY = process.env.CHANCERY ?? 'chancery';

/** A port that is free together with the one of the management listener, a thousand higher. */
async function freePort() {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    if (port < 60_000) return port;
  }
}

/** Opens an office: a home with four keys, and a registry that serves. */
export async function office(name) {
  const folder = mkdtempSync(join(tmpdir(), 'chancery-story-'));
  const port = await freePort();
  const did = `did:web:localhost%3A${port}`;
  const url = `https://localhost:${port}`;
  const passphrase = join(folder, 'passphrase');
  writeFileSync(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
  const env = { ...process.env, CHANCERY_PASSPHRASE_FILE: passphrase, CHANCERY_HOME: join(folder, 'home') };
  const options = { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  const chancery = (...words) => execFileSync(CHANCERY, ['--dev', ...words], options).trim();
  chancery('init', '--org', did, '--name', name);
  const registry = spawn(CHANCERY, ['--dev', 'serve'], { cwd: folder, env, stdio: 'ignore' });
  process.once('exit', () => registry.kill());
  chancery('doctor', '--wait', '60s');
  const ca = join(folder, 'home', 'dev-ca.pem');
  const thumbprint = (key) => JSON.parse(chancery('key', 'show', key, '--output', 'json')).thumbprint;
  return {
    did,
    url,
    ca,
    chancery,
    /** Who signs its bundles, and the key that signs its papers: what a partner is told by another way. */
    signer: { did: `${did}:bundle`, thumbprint: thumbprint('bundle') },
    issuer: { did, thumbprint: thumbprint('issue') },
    /** Its signed trust bundle, as it is now. */
    bundle: () => fetched(`${url}/api/v1/bundle`, readFileSync(ca)),
    /** Registers an agent, makes an instance of it, and issues its papers. */
    agent: (capability) => agent(folder, chancery, capability),
    close: async () => {
      registry.kill();
      await new Promise((resolve) => registry.once('exit', resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

function agent(folder, chancery, capability) {
  const owner = ['--owner', 'mailto:ada@acme.example', '--risk', 'low'];
  const id = chancery('agent', 'register', '--name', 'refund-bot', ...owner);
  chancery('agent', 'instance', id, '--key', 'ada', '--out', 'passport.json');
  const did = chancery('did', 'create', 'ada');
  writeFileSync(join(folder, 'capability.json'), JSON.stringify(capability));
  chancery('credential', 'issue', '--instance', did, '--capability', 'capability.json', '--out', 'paper.json');
  /** Shows the papers to one audience, for the nonce that it gave. */
  const present = (audience, nonce) =>
    chancery('present', 'paper.json', 'passport.json', '--as', 'ada', '--audience', audience, '--nonce', nonce);
  return { did, present, revoke: () => chancery('credential', 'revoke', 'paper.json', '--yes') };
}

function fetched(url, ca) {
  return new Promise((resolve, reject) => {
    get(url, { ca }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => (text += part));
      answer.on('end', () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    }).on('error', reject);
  });
}
