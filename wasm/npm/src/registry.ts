// The registry as a source of bundles: `GET /api/v1/bundle` with ETag and `?since=`.
//
// Profile, "Bundles". INVARIANT: what comes is a text for the module and nothing else; the expected signer decides
// whether it counts, not the address. Redirects are refused, and a bundle is fetched from the one registry named.

import { bounded, type Fetch, type FetchBody, type FetchInit, type FetchReply, type NotGot } from './bounded.js';
import { ChanceryError } from './error.js';
import { MOST, refused, type Terms } from './options.js';

export type { Fetch, FetchBody, FetchInit, FetchReply };

/** What `Verifier.load` needs: the terms of a verifier, and the registry that gives its bundle. */
export interface LoadOptions extends Terms {
  /** The registry's base URL: https, or http to this machine. */
  readonly registry: string | { readonly href: string; toString(): string };
  /** The platform's own when absent. */
  readonly fetch?: Fetch;
  /** How long one answer may take, in milliseconds; 10 seconds when absent. */
  readonly timeout?: number;
}

/** The members of {@link LoadOptions} that are no terms. */
export const OF_SOURCE = ['registry', 'fetch', 'timeout'] as const;

const MEDIA_TYPE = 'application/chancery-bundle+jwt';
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** A bundle or a change that came, or that there is none newer. */
export interface Answer {
  readonly token: Uint8Array | undefined;
  readonly etag: string | null;
}

/** One registry, and what of it is held. */
export class RegistrySource {
  readonly #url: string;
  readonly #fetch: Fetch;
  readonly #timeout: number;
  #etag: string | null = null;

  constructor({ registry, fetch, timeout }: { readonly [name in (typeof OF_SOURCE)[number]]?: unknown }) {
    this.#url = bundleUrl(registry);
    const platform: unknown = fetch ?? globalThis.fetch;
    if (typeof platform !== 'function') throw refused('`fetch` is not a function');
    // Called without a receiver, as the platform's own wants it.
    this.#fetch = (url, init) => (platform as Fetch)(url, init);
    if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0 && timeout <= 300_000)) {
      throw refused('`timeout` is not milliseconds');
    }
    this.#timeout = typeof timeout === 'number' ? timeout : 10_000;
  }

  /** Fetches the whole bundle, or what is new `since` the one that was signed then. */
  async fetch(since?: string): Promise<Answer | NotGot> {
    const headers: Record<string, string> = { accept: MEDIA_TYPE };
    if (since !== undefined && this.#etag !== null) headers['if-none-match'] = this.#etag;
    const url = since === undefined ? this.#url : `${this.#url}?since=${encodeURIComponent(since)}`;
    const init = { method: 'GET', headers, redirect: 'manual' } as const;
    const got = await bounded(this.#fetch, url, init, { timeout: this.#timeout, bytes: MOST.bundle });
    if ('code' in got) return got;
    if (got.status === 304 && 'if-none-match' in headers) return { token: undefined, etag: this.#etag };
    if (got.status !== 200) return { code: 'fetch.status', detail: `the registry answered ${got.status}` };
    if (got.mediaType !== MEDIA_TYPE) return { code: 'fetch.media_type', detail: 'the answer is no trust bundle' };
    return { token: got.bytes, etag: got.header('etag') };
  }

  /** Remembers under which name the registry knows what is held now; nothing, when it came another way. */
  holds(etag: string | null): void {
    this.#etag = etag !== null && /^(?:W\/)?"[\x21\x23-\x7e]{1,256}"$/.test(etag) ? etag : null;
  }
}

/** Fetches the first bundle, without which there is no verifier. */
export async function firstBundle(source: RegistrySource): Promise<Answer & { readonly token: Uint8Array }> {
  const answer = await source.fetch();
  if ('code' in answer) throw new ChanceryError(answer.code, answer.detail);
  if (answer.token === undefined) throw new ChanceryError('fetch.status', 'the registry gave no bundle');
  return { token: answer.token, etag: answer.etag };
}

function bundleUrl(registry: unknown): string {
  let url: URL;
  try {
    url = new URL(registry as string | URL);
  } catch {
    throw refused('`registry` is no URL');
  }
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname));
  if (!plain || !safe) throw refused('`registry` is not an https URL without user, query and fragment');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/api/v1/bundle`;
}
