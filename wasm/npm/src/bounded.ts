// One HTTP request with a bound on time, bytes and redirects: everything that this package fetches goes through here.
//
// INVARIANT: it never rejects and never waits longer than its time, whatever the platform's fetch does; a redirect is
// not followed; bytes are counted as they come, after decompression.

import type { Code } from './code.js';
import { isBytes, lengthOf } from './intrinsics.js';

/** What is handed to `fetch` beside the URL. */
export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly redirect: 'manual';
  readonly body?: string;
}

/** What is read of an answer. */
export interface FetchReply {
  readonly status: number;
  readonly type?: string;
  readonly redirected?: boolean;
  readonly headers: { get(name: string): string | null };
  readonly body?: FetchBody | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A body that comes in parts. */
export interface FetchBody {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    cancel(): Promise<void>;
  };
}

/** The part of the platform's `fetch` that is used. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchReply>;

/** What one request may take. */
export interface Bounds {
  /** In milliseconds, to the last byte of the body. */
  readonly timeout: number;
  readonly bytes: number;
}

/** What came: the status, and of a 200 the body. */
export interface Got {
  readonly status: number;
  readonly mediaType: string;
  readonly header: (name: string) => string | null;
  readonly bytes: Uint8Array;
}

/** Why nothing came. */
export interface NotGot {
  readonly code: Code;
  readonly detail: string;
  /** Where a redirect points, which was not followed. */
  readonly location?: string;
}

/** In how many parts a body may come: without an end to them, no timer would ever have its turn. */
const MOST_PARTS = 100_000;

/** Sends one request and reads its answer within the bounds. */
export async function bounded(fetch: Fetch, url: string, init: FetchInit, bounds: Bounds): Promise<Got | NotGot> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<NotGot>((resolve) => {
    timer = setTimeout(() => {
      resolve({ code: 'fetch.timeout', detail: `no answer within ${bounds.timeout} ms` });
      controller.abort();
    }, bounds.timeout);
  });
  try {
    return await Promise.race([late, exchange(fetch, url, { ...init, signal: controller.signal }, bounds.bytes)]);
  } catch {
    return { code: 'fetch.failed', detail: 'the request failed' };
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

async function exchange(
  fetch: Fetch,
  url: string,
  init: FetchInit & { readonly signal: AbortSignal },
  most: number,
): Promise<Got | NotGot> {
  let reply: FetchReply;
  try {
    reply = await fetch(url, init);
  } catch {
    return { code: 'fetch.failed', detail: 'the request failed' };
  }
  const { status } = reply;
  const header = (name: string): string | null => reply.headers.get(name);
  const isRedirect =
    reply.type === 'opaqueredirect' || reply.redirected === true || [301, 302, 303, 307, 308].includes(status);
  if (isRedirect) {
    const location = header('location');
    return { code: 'fetch.redirect', detail: 'the answer is a redirect', ...(location === null ? {} : { location }) };
  }
  const mediaType = (header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (status !== 200) return { status, mediaType, header, bytes: new Uint8Array() };
  const bytes = await body(reply, header('content-length'), most);
  if (bytes === undefined) return { code: 'fetch.too_large', detail: `the body is longer than ${most} bytes` };
  return { status, mediaType, header, bytes };
}

async function body(reply: FetchReply, announced: string | null, most: number): Promise<Uint8Array | undefined> {
  const reader = reply.body?.getReader();
  if (Number(announced) > most) {
    await reader?.cancel();
    return undefined;
  }
  if (reader === undefined) {
    const whole = new Uint8Array(await reply.arrayBuffer());
    return whole.length > most ? undefined : whole;
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!isBytes(value)) throw new TypeError('a part of the body is no bytes');
    length += lengthOf(value);
    if (length > most || parts.length >= MOST_PARTS) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += lengthOf(part);
  }
  return whole;
}
