// One run of a runtime: no configuration, a bare environment, one JSON line back.
// INVARIANT: a warning on stderr, an exit code or a second line is a failure.

import { spawn } from 'node:child_process';

const LIMIT = 120_000;

/** What every child sees: where it is and nothing of the runner's settings. */
export function environment(home) {
  const kept = ['PATH', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR'].filter((name) => process.env[name] !== undefined);
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    HOME: home,
    NO_COLOR: '1',
    DENO_NO_UPDATE_CHECK: '1',
    DO_NOT_TRACK: '1',
  };
}

/** Runs a program in a folder and gives its one line, read. */
export async function line(program, words, cwd) {
  const { code, stdout, stderr } = await run(program, words, cwd);
  if (code !== 0) throw new Error(`ended with ${code}: ${short(stderr || stdout)}`);
  if (stderr.trim() !== '') throw new Error(`talked on stderr: ${short(stderr)}`);
  const lines = stdout.split('\n').filter((text) => text.trim() !== '');
  if (lines.length !== 1) throw new Error(`printed ${lines.length} lines: ${short(stdout)}`);
  return JSON.parse(lines[0]);
}

/** Runs a program to its end. */
export function run(program, words, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, env: environment(cwd), stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? signal, stdout, stderr });
    });
  });
}

/** The beginning of a long text, on one line. */
export function short(text) {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  return flat.length > 400 ? `${flat.slice(0, 400)}…` : flat;
}
