// Story 7: a browser page that explains a passport.
// Headless Chromium opens it; papers are pasted into it, real ones, bent ones and none at all.
//
// `cargo xtask stories 07_passport_page`

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { contained, launch, open } from '../../wasm/matrix/runner/browser.mjs';
import { chromium } from '../../wasm/matrix/runner/tools.mjs';
import { bundled } from '../bundled.mjs';
import { office } from '../office.mjs';
import { AUDIENCE, CAPABILITY, policy } from '../papers.mjs';

const acme = await office('Acme');
const ada = acme.agent(CAPABILITY);
const nonce = 'a-nonce-of-globex';
const presentation = ada.present(AUDIENCE, nonce);
const terms = { bundle: await acme.bundle(), signer: acme.signer, policy: policy(acme.issuer), audience: AUDIENCE };

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'chancery-page-'));
copyFileSync(here('index.html'), join(folder, 'index.html'));
await bundled(here('page.mjs'), join(folder, 'page.js'), { ...terms, nonce, presentation });

/** DIDs of this run by the names of their owners. */
const named = (text) => text.replaceAll(/did:key:\w+…?\w*/g, 'ada').replaceAll(acme.did, 'acme');

async function look(page) {
  const shown = async (selector) => named(await page.locator(selector).textContent());
  const paste = async (what, text) => {
    await page.fill('#papers', text);
    const claims = JSON.parse(await shown('#claims'));
    const readable = claims.code ?? `a ${claims.what} of ${named(claims.holder)}, verified: ${claims.verified}`;
    console.log(`${what}: ${readable}; ${await shown('output')}`);
  };
  console.log(await shown('#chain'));
  await paste('as it is', presentation);
  await paste('with a larger amount', presentation.replace('"100.00"', '"900.00"'));
  await paste('a script', '<script>document.title = "mine"</script>');
  await paste('nothing', '');
  console.log(`title: ${await page.title()}`);
}

const browser = await launch(chromium().path);
const allowed = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'unsafe-inline'";
const visit = await open(browser, folder, { headers: { 'content-security-policy': allowed }, look });
contained(visit);
console.log(`requests to elsewhere: ${visit.outside.length}`);

await browser.close();
rmSync(folder, { recursive: true });
await acme.close();
