// What the relying party asks, as the JSON text that the module reads.
//
// INVARIANT: the text is made of plain data in one walk; which members there must be, and which not, the module says.
// A call's JSON text (`args` given as a string) goes in as that text, so that the strict reader judges it.

import { refusal, type Decision } from './decision.js';
import { keys } from './intrinsics.js';
import { NotPlain, plainText, quoted } from './plain.js';

/** The most headers that are looked at. */
const MOST_HEADERS = 256;

/** An HTTP request: a `Request` of any runtime, or its three parts. */
export interface HttpRequest {
  readonly method: string;
  /** The absolute URL. */
  readonly url: string;
  readonly headers:
    | Iterable<readonly [string, string]>
    | Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Gives the JSON text of a request or a call, or the denial of one that is no plain object. */
export function callText(given: unknown, name: string): string | Decision {
  try {
    const text = plainText(given);
    return text.startsWith('{') ? text : malformed(`${name} is not an object`);
  } catch (error) {
    return malformed(error instanceof NotPlain ? `${name}: ${error.message}` : `${name} cannot be read`);
  }
}

/** Gives the JSON text of an HTTP request with the call that it stands for. */
export function httpText(request: unknown, call: unknown): string | Decision {
  const asked = callText(call, 'the call');
  if (typeof asked !== 'string') return asked;
  try {
    const { method, url, headers } = request as HttpRequest;
    const pairs = pairsOf(headers).map(([name, value]) => `[${quoted(name)},${quoted(value)}]`);
    const own = `"method":${quoted(text(method))},"url":${quoted(text(url))},"headers":[${pairs.join(',')}]`;
    return asked === '{}' ? `{${own}}` : `{${own},${asked.slice(1)}`;
  } catch (error) {
    return malformed(error instanceof NotPlain ? `the request: ${error.message}` : 'the request cannot be read');
  }
}

function pairsOf(headers: HttpRequest['headers']): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  const add = (name: unknown, value: unknown): void => {
    if (pairs.length >= MOST_HEADERS) throw new NotPlain('there are too many headers');
    pairs.push([text(name), text(value)]);
  };
  if (Symbol.iterator in headers) {
    for (const pair of headers) add(pair[0], pair[1]);
    return pairs;
  }
  // As Node has them: a header that came more than once is an array.
  for (const name of keys(headers)) {
    const value = headers[name];
    if (value === undefined) continue;
    if (typeof value === 'string') add(name, value);
    else for (const one of value) add(name, one);
  }
  return pairs;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new NotPlain('a part is no text');
  if (value.length > 65_536) throw new NotPlain('a part is too long');
  return value;
}

function malformed(detail: string): Decision {
  return refusal('request.malformed', 'invalid', detail);
}
