// Where each runtime is: binaries that npm brought at an exact version, and the system's Chromium.
// INVARIANT: no install script runs; a binary that is not there is a reason in the table, never a silence.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { arch, platform } = process;
const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));
const EXE = platform === 'win32' ? '.exe' : '';

/** A runtime that cannot be had here; the message is the reason in the table. */
export class Missing extends Error {}

/** The path of a file of an installed npm package. */
export function installed(name, file) {
  const path = join(MODULES, ...name.split('/'), ...file.split('/'));
  if (!existsSync(path))
    throw new Missing(`npm package ${name} is not installed; it may have no build for ${platform} ${arch}`);
  return path;
}

/** The version that npm installed of a package. */
export function version(name) {
  return JSON.parse(readFileSync(installed(name, 'package.json'), 'utf8')).version;
}

/** Node of a major version. */
export function node(major) {
  const name = `node-${major}-${platform === 'win32' ? 'win' : platform}-${arch}`;
  return { path: installed(name, platform === 'win32' ? 'bin/node.exe' : 'bin/node'), version: version(name) };
}

/** Bun. */
export function bun() {
  const system = platform === 'win32' ? 'windows' : platform;
  const name = `@oven/bun-${system}-${arch === 'arm64' ? 'aarch64' : arch}`;
  return { path: installed(name, `bin/bun${EXE}`), version: version(name) };
}

/** Deno. */
export function deno() {
  const name = `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`;
  return { path: installed(name, `deno${EXE}`), version: version(name) };
}

/** workerd. */
export function workerd() {
  const system = platform === 'win32' ? 'windows' : platform;
  const name = `@cloudflare/workerd-${system}-${arch === 'x64' ? '64' : arch}`;
  return { path: installed(name, `bin/workerd${EXE}`), version: version(name) };
}

/** Chromium: the one named by CHROMIUM, else the system's, else Debian's, installed when this is root. */
export function chromium() {
  const path = process.env.CHROMIUM ?? onPath('chromium') ?? onPath('chromium-browser') ?? debian();
  if (path === undefined) throw new Missing('no chromium here, and no apt-get as root to install it with');
  const text = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return { path, version: /\d+(\.\d+)+/.exec(text)?.[0] ?? text.trim() };
}

function debian() {
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) return undefined;
  console.error('installing chromium with apt-get');
  const apt = (...words) => {
    execFileSync('apt-get', ['-qq', ...words], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  try {
    apt('update');
    apt('install', '--yes', '--no-install-recommends', 'chromium');
  } catch (error) {
    throw new Missing(`apt-get could not install chromium: ${error.message}`);
  }
  return onPath('chromium');
}

function onPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program + EXE)).find((path) => existsSync(path));
}
