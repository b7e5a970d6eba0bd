// Signed agent cards, believed under the verifier's own trust.
//
// A2A v1.0.1, section 8.4. INVARIANT: keys come from the verifier's trust root, never from a card's `jku`, and a card
// speaks for the addresses that it names, and for no other.

import { canonicalizeAgentCard } from '@a2a-js/sdk';

import type { CardReport } from '../decision.js';
import type { Verifier } from '../verifier.js';
import { bounded } from './exchange.js';

type Judge = Pick<Verifier, 'verifyCard'>;
type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** The most bytes of a card. */
const MOST_BYTES = 1_048_576;

/**
 * Wraps the `fetchImpl` of the SDK's card resolver: a card comes through only as it was signed.
 *
 * The text is judged as it came; where it was signed without its empty members, as this SDK's own signer does, so.
 */
export function cardFetch(verifier: Judge, fetchImpl: Fetch = (input, init) => fetch(input, init)): Fetch {
  return async (input, init) => {
    const response = await fetchImpl(input, init);
    if (!response.ok) return response;
    const text = (await bounded(response, MOST_BYTES)) ?? '';
    let report = verifier.verifyCard(text);
    // Read already, so nothing in it is there twice.
    if (report.code.startsWith('signature.')) report = verifier.verifyCard(canonical(JSON.parse(text) as object));
    believe(report, input instanceof Request ? input.url : input);
    return new Response(text, { status: response.status, headers: { 'content-type': 'application/json' } });
  };
}

/** Makes the SDK's `AgentCardSignatureVerifier`, which throws on a denial; `url` is where the card was fetched. */
export function cardCheck(verifier: Judge, url?: string | URL): (card: object) => Promise<void> {
  return async (card) => believe(verifier.verifyCard(canonical(card)), url);
}

/** The card in the canonical form of this SDK, with its signatures and nothing of their unprotected headers. */
function canonical(card: object): string {
  const { signatures = [] } = card as { signatures?: readonly { protected: string; signature: string }[] };
  const kept = signatures.map((one) => ({ protected: one.protected, signature: one.signature }));
  return JSON.stringify({ ...(JSON.parse(canonicalizeAgentCard(card)) as object), signatures: kept });
}

function believe(report: CardReport, url: string | URL | undefined): void {
  if (report.verified !== true) throw new Error(`denied: ${report.code}: ${report.reason}`);
  if (url === undefined) return;
  const { origin } = new URL(url);
  if (!report.interfaces.some((named) => originOf(named) === origin)) {
    throw new Error('denied: request.origin: the card names no address where it was fetched');
  }
}

function originOf(named: string): string | undefined {
  try {
    return new URL(named).origin;
  } catch {
    return undefined;
  }
}
