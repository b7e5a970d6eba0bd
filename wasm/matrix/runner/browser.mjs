// A real Chromium, headless: opens a folder over loopback and hears every request that the page makes.
// Each page's way out is a proxy of this process that reaches nothing and notes what was asked of it; what
// Chromium asks for by itself goes to another one, so that it is not taken for the page's.
// INVARIANT: a page's requests are all for its own files; anything else that leaves the browser is a failure.

import { createServer } from 'node:http';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import { chromium } from 'playwright-core';
import { short } from './process.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};
const PATIENCE = 60_000;

/** Starts the browser at `path`. What Chromium asks for by itself meets a proxy that refuses everything. */
export async function launch(path) {
  const dead = await refusing(() => {});
  const browser = await chromium.launch({
    executablePath: path,
    headless: true,
    args: FLAGS,
    proxy: { server: origin(dead) },
  });
  const close = async () => {
    await browser.close();
    await closed(dead);
  };
  return { browser, close };
}

/** Opens `folder`'s page, waits for its output, and gives text, requests, messages and what left it. */
export async function open({ browser }, folder, { headers = {}, path = '/', look = async () => undefined } = {}) {
  const seen = { requests: [], errors: [], outside: [] };
  const server = await listen((request, response) => serve(folder, headers, request, response));
  const proxy = await refusing((asked) => seen.outside.push(asked));
  const context = await browser.newContext({
    viewport: { width: 960, height: 1200 },
    proxy: { server: origin(proxy), bypass: new URL(origin(server)).host },
  });
  context.on('request', (request) => seen.requests.push(request.url()));
  context.on('console', (message) => seen.errors.push(`${message.type()}: ${message.text()}`));
  const broken = new Promise((_, reject) => {
    context.on('weberror', (error) => {
      seen.errors.push(`${error.error()}`);
      reject(error.error());
    });
  });
  broken.catch(() => {});
  try {
    const page = await context.newPage();
    await page.goto(origin(server) + path, { timeout: PATIENCE, waitUntil: 'commit' });
    const output = page.locator('output:not(:empty)');
    await Promise.race([broken, output.waitFor({ timeout: PATIENCE })]).catch((error) => {
      throw new Error(`the page gave no answer: ${short([...seen.errors, error.message].join(' '))}`);
    });
    const text = await output.textContent();
    const visit = structuredClone({ ...seen, origin: origin(server), text });
    return { ...visit, more: await look(page) };
  } finally {
    await context.close();
    await closed(server);
    await closed(proxy);
  }
}

/** Refuses a visit in which anything but the page's own files was asked for, or anything went wrong. */
export function contained(visit) {
  const foreign = visit.requests.filter((url) => !url.startsWith(`${visit.origin}/`) && !url.startsWith('data:'));
  if (foreign.length > 0) throw new Error(`requests to elsewhere: ${foreign.join(' ')}`);
  if (visit.outside.length > 0) throw new Error(`the page asked its proxy for ${visit.outside.join(' ')}`);
  if (visit.errors.length > 0) throw new Error(`the page complained: ${short(visit.errors.join(' '))}`);
  return visit;
}

function serve(folder, headers, request, response) {
  const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
  const file = normalize(join(folder, path === '/' ? 'index.html' : path));
  if (!file.startsWith(folder + sep) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', ...headers });
  response.end(readFileSync(file));
}

/** A proxy that refuses everything, and tells what was asked of it. */
async function refusing(tell) {
  const proxy = await listen((request, response) => {
    tell(`${request.method} ${request.url}`);
    response.writeHead(403).end();
  });
  return proxy.on('connect', (request, socket) => {
    tell(`CONNECT ${request.url}`);
    socket.on('error', () => {});
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
}

function listen(handler) {
  const server = createServer(handler);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function origin(server) {
  return `http://127.0.0.1:${server.address().port}`;
}

function closed(server) {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}
