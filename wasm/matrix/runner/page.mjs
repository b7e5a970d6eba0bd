// The cell of the strict page: a Content-Security-Policy that allows the page's own files and nothing else.
// INVARIANT: the page asks for its own three files, and the policy is seen to bite.

import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { contained, open } from './browser.mjs';
import { look } from './bundlers.mjs';

/** What the page is served under. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'none'",
  "img-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
/** The document, its style and its script. */
const FILES = 3;
const PAGE = fileURLToPath(new URL('../page', import.meta.url));

/** Builds the page, opens it, and gives what it showed; writes a screenshot to `picture`. */
export async function strict(browser, { project, root, limit }, picture) {
  const out = join(root, 'page');
  mkdirSync(out);
  cpSync(join(PAGE, 'passport.mjs'), join(project, 'passport.mjs'));
  await build({
    absWorkingDir: project,
    entryPoints: ['passport.mjs'],
    bundle: true,
    minify: true,
    format: 'esm',
    outdir: out,
    logLevel: 'silent',
  });
  for (const name of ['index.html', 'passport.css']) cpSync(join(PAGE, name), join(out, name));
  const { bytes } = look(out, limit);
  const visit = contained(await open(browser, out, { headers: HEADERS, look: (page) => pictured(page, picture) }));
  if (visit.requests.length !== FILES) throw new Error(`the page asked for ${visit.requests.join(' ')}`);
  if (!visit.text.startsWith('allowed: ok')) throw new Error(`the page says ${visit.text}`);
  if (visit.more === 0) throw new Error('the page shows no checks');
  await bites(browser, out);
  return { said: `ok, ${visit.requests.length} own requests, 0 others`, bytes };
}

async function pictured(page, path) {
  await page.screenshot({ path, fullPage: true });
  return page.locator('#checks tr').count();
}

/** The policy is in force: a script of the page itself is refused everything that it forbids. */
async function bites(browser, out) {
  cpSync(join(PAGE, 'bites.html'), join(out, 'bites.html'));
  cpSync(join(PAGE, 'bites.mjs'), join(out, 'bites.js'));
  const { text, outside } = await open(browser, out, { headers: HEADERS, path: '/bites.html' });
  const allowed = Object.entries(JSON.parse(text)).filter(([, refused]) => !refused);
  if (allowed.length > 0) throw new Error(`the policy allowed ${allowed.map(([what]) => what).join(', ')}`);
  if (outside.length > 0) throw new Error(`the policy let out ${outside.join(' ')}`);
}
