// Fetching what a decision still needs, for server hosts that want it: `@chancery/verifier/evidence`.
//
// Profile, "Judging". INVARIANT: nothing is fetched but what the verifier names, from origins that the bundle's signer
// or the host names, within limits on time, bytes, count, rounds and redirects. What comes is judged like anything
// else, and what does not come is recorded with its code.
//
// What it cannot guard, because the platform's `fetch` does not let it: to which address a name leads. A name of an
// allowed origin that resolves to a private address, or to another one each time (DNS rebinding), is connected to;
// proxies of the environment are used; connections are shared with the rest of the process. Where that matters, give a
// `fetch` that pins addresses, or gather with the native library, whose client does.

import type { Fetch } from './bounded.js';
import type { Decision, Extra, Need } from './decision.js';
import { fetched, type Budget, type Piece } from './evidence/source.js';
import { originsOf } from './evidence/origin.js';
import { members, refused } from './options.js';
import { plainText, quoted } from './plain.js';
import type { Session, Verifier } from './verifier.js';

export type { Fetch, FetchBody, FetchInit, FetchReply } from './bounded.js';

/** What one decision may fetch, and from where; every limit has a default. */
export interface GatherOptions {
  /** The platform's own when absent. */
  readonly fetch?: Fetch;
  /** Origins such as `https://acme.example`, in place of those that the bundle's signer names in its DID document. */
  readonly origins?: readonly string[];
  /** For one answer, in milliseconds: 5,000. */
  readonly timeout?: number;
  /** For everything, in milliseconds: 15,000. */
  readonly deadline?: number;
  /** Of one body: 1 MiB, and four times that for the log of a DID. */
  readonly bytes?: number;
  /** Requests altogether: 32. */
  readonly fetches?: number;
  /** Redirects followed per answer, each to an allowed origin: none. */
  readonly redirects?: number;
  /** How often the verifier may ask for more: 4. */
  readonly rounds?: number;
}

/** How many requests run at a time. */
const AT_A_TIME = 4;

/**
 * Asks the question, fetches what its answer needs, and asks again: `gather(v, (extra) => v.verify(p, request, extra))`.
 *
 * Rejects with `ChanceryError` only for options that cannot be taken, and with what the question itself throws.
 */
export async function gather<Answer extends Decision | Session>(
  verifier: Verifier,
  question: (extra: Extra) => Answer,
  options: GatherOptions = {},
): Promise<Answer> {
  const { rounds, budget } = read(verifier, options);
  const pieces = new Map<string, Piece>();
  for (let round = 0; ; round += 1) {
    const answer = question(pieces.size === 0 ? {} : { evidence: evidence([...pieces.values()]) });
    const wanted = needs(answer).filter((need) => need.kind !== 'zoneOffset' && !pieces.has(plainText(need)));
    if (wanted.length === 0 || round >= rounds) return answer;
    for (let from = 0; from < wanted.length; from += AT_A_TIME) {
      const batch = wanted.slice(from, from + AT_A_TIME);
      const brought = await Promise.all(batch.map((need) => fetched(need, budget)));
      brought.forEach((piece, at) => pieces.set(plainText(batch[at]), piece));
    }
  }
}

function needs(answer: Decision | Session): readonly Need[] {
  if ('needs' in answer) return answer.needs;
  return answer.decision?.needs ?? [];
}

/** The Evidence document of what was fetched. */
function evidence(pieces: readonly Piece[]): string {
  const named = (member: Piece['member']): string =>
    pieces
      .filter((piece) => piece.member === member)
      .map((piece) => (piece.key === '' ? piece.json : `${quoted(piece.key)}:${piece.json}`))
      .join(',');
  return (
    `{"documents":{${named('documents')}},"didLogs":{${named('didLogs')}},"statusLists":{${named('statusLists')}},` +
    `"tokenStatusLists":{${named('tokenStatusLists')}},"trustStatements":[${named('trustStatements')}],` +
    `"failures":[${named('failures')}]}`
  );
}

const KNOWN = ['fetch', 'origins', 'timeout', 'deadline', 'bytes', 'fetches', 'redirects', 'rounds'];

function read(verifier: Verifier, given: GatherOptions): { readonly rounds: number; readonly budget: Budget } {
  const options = members(given, 'options', KNOWN);
  const count = (name: string, fallback: number, most: number): number => {
    const value = options[name] ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > most) {
      throw refused(`\`${name}\` is not a whole number up to ${most}`);
    }
    return value as number;
  };
  const platform: unknown = options['fetch'] ?? globalThis.fetch;
  if (typeof platform !== 'function') throw refused('`fetch` is not a function');
  return {
    rounds: count('rounds', 4, 16),
    budget: {
      fetch: (url, init) => (platform as Fetch)(url, init),
      origins: originsOf(verifier, options['origins']),
      timeout: count('timeout', 5_000, 60_000),
      bytes: count('bytes', 1_048_576, 4_194_304),
      redirects: count('redirects', 0, 5),
      end: performance.now() + count('deadline', 15_000, 300_000),
      left: { fetches: count('fetches', 32, 256) },
    },
  };
}
