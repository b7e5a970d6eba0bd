// From which origins evidence is fetched: those that the bundle's signer names, or those that the host names.
//
// INVARIANT: what the signer names is https to a name, on the usual port; an address, a port or plain http counts only
// when the host itself named that very origin.

import { refused } from '../options.js';
import type { Verifier } from '../verifier.js';

/** Gives the allowed origins. */
export function originsOf(verifier: Verifier, given: unknown): ReadonlySet<string> {
  if (given === undefined) return new Set(namedBySigner(verifier));
  if (!Array.isArray(given)) throw refused('`origins` is not an array');
  return new Set(
    given.map((origin: unknown) => {
      const url = parsed(origin);
      if (url === undefined || url.origin !== origin) throw refused('one of `origins` is not `https://host`');
      return origin;
    }),
  );
}

/** The signer's own origin, where its DID has one, and those of the services in its document. */
function namedBySigner(verifier: Verifier): readonly string[] {
  const named: string[] = [];
  const add = (address: unknown): void => {
    const url = parsed(address);
    if (url !== undefined && isPublicName(url)) named.push(url.origin);
  };
  const [, method, first = '', second = ''] = verifier.signer.split(':');
  if (method === 'web') add(`https://${first}`);
  if (method === 'webvh') add(`https://${second}`);
  // The document is the module's own writing of what the bundle holds.
  const document: unknown = JSON.parse(verifier.resolve(verifier.signer) ?? '{}');
  const services = (document as { readonly service?: unknown }).service;
  for (const service of Array.isArray(services) ? (services as readonly unknown[]) : []) {
    const endpoints = (service as { readonly serviceEndpoint?: unknown } | null)?.serviceEndpoint;
    for (const endpoint of Array.isArray(endpoints) ? (endpoints as readonly unknown[]) : [endpoints]) add(endpoint);
  }
  return named;
}

/** Whether something may be fetched from an address. */
export function isAllowed(address: string, origins: ReadonlySet<string>): boolean {
  const url = parsed(address);
  return url !== undefined && address.length <= 2_048 && origins.has(url.origin);
}

function parsed(address: unknown): URL | undefined {
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url : undefined;
}

function isPublicName(url: URL): boolean {
  const labels = url.hostname.split('.');
  const last = labels.at(-1) ?? '';
  const isName = labels.length > 1 && /^(?:[a-z]|xn--)[a-z0-9-]*$/.test(last);
  return url.protocol === 'https:' && url.port === '' && isName && !['local', 'localhost', 'internal'].includes(last);
}
