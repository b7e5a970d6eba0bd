// What the verifier says, as TypeScript: the JSON of the Rust library's `Decision`, member for member.
//
// Profile, "Judging". INVARIANT: `allow` is a primitive boolean and an own property of every answer, and it is true
// only when the verdict is valid, the code is `ok` and everything that had to be committed was.

import type { Code } from './code.js';

/** Whether the papers hold: `valid` may still deny a request that lies outside of them. */
export type Verdict = 'valid' | 'invalid' | 'indeterminate';

/** The answer to one request. */
export interface Decision {
  readonly apiVersion: 'chancery.v1';
  readonly kind: 'Decision';
  /** Whether the host may act. */
  readonly allow: boolean;
  readonly verdict: Verdict;
  /** The stable code: `ok`, or that of the first check that did not pass. */
  readonly code: Code;
  /** One sentence for a reader; switch on `code`, never on this. */
  readonly reason: string;
  /** The DID of the instance that presented, when its papers' signatures held. */
  readonly agent: string | null;
  /** Who answers for the agent, when its papers' signatures held. */
  readonly principal: Principal | null;
  readonly chain: readonly Hop[];
  /** The constraints of the cited path and of the grant, all of which must permit. */
  readonly effective: readonly HopConstraint[];
  /** One check per step, in the order of the profile. */
  readonly checks: readonly Check[];
  /** When this decision ceases to hold by itself, RFC 3339. */
  readonly expiresAt: string | null;
  /** The oldest signing time among the status lists that were relied on, RFC 3339. */
  readonly statusAsOf: string | null;
  readonly statusFloors: Readonly<Record<string, string>>;
  readonly didFloors?: Readonly<Record<string, string>>;
  /** What was relied on, by digest. */
  readonly evidence: readonly Reliance[];
  /** What was committed before an allow was given; empty when nothing had to be. */
  readonly commit: readonly CommitEntry[];
  /** What the first undecided step wants. */
  readonly needs: readonly Need[];
  readonly historical: boolean;
  /** How many signature verifications were done. */
  readonly signatures: number;
}

/** Who answers for the agent. */
export interface Principal {
  readonly authority: string;
  /** The human or team that the passport names, unless it is withheld. */
  readonly owner?: string;
}

/** One paper of the chain and what it gives (at the root) or takes away (below). */
export interface Hop {
  readonly issuer: string;
  readonly subject: string;
  readonly type: string;
  readonly digest: string;
  readonly narrowed: readonly string[];
  readonly proven: boolean;
}

/** One constraint and the hop that put it there: a place in the presentation, or the verifier's own grant. */
export interface HopConstraint {
  readonly hop: number | 'grant';
  readonly constraint: unknown;
}

/** The outcome of one step. */
export interface Check {
  readonly id: string;
  readonly status: 'pass' | 'fail' | 'skip' | 'stale';
  readonly code?: Code;
  /** The JSON pointer of what was wrong. */
  readonly pointer?: string;
  readonly hop?: number | 'grant';
  readonly detail?: string;
  readonly hint?: string;
}

/** One text that the decision relied on. */
export interface Reliance {
  readonly kind: string;
  readonly id: string;
  readonly digest: string;
}

/** One effect that the host applies, together with all others, in one atomic step before it acts. */
export type CommitEntry =
  | { readonly kind: 'consumeNonce'; readonly audience: string; readonly nonce: string; readonly until: string }
  | { readonly kind: 'consumeApproval'; readonly issuer: string; readonly id: string; readonly until: string }
  | {
      readonly kind: 'debit';
      readonly root: string;
      readonly constraint: string;
      readonly window: string;
      readonly amount: string;
    };

/** One piece of evidence that the verifier wants. */
export type Need =
  | { readonly kind: 'document'; readonly did: string }
  | { readonly kind: 'statusList'; readonly url: string }
  | { readonly kind: 'tokenStatusList'; readonly url: string }
  | { readonly kind: 'zoneOffset'; readonly zone: string; readonly at: string }
  | {
      readonly kind: 'trustStatement';
      readonly registry: string;
      readonly endpoint: string;
      readonly query: string;
      readonly question: unknown;
    };

/** What is asked of `verify`: one call, and the nonce that the presentation answers. */
export type Request = Call & { readonly nonce: string };

/**
 * One call: of a tool that the policy maps, or an action and a resource in the policy's own words.
 *
 * `args` and `arguments` are the relying party's values, plain data, or a JSON text.
 */
export type Call = ToolCall | ActionCall;

/** A call of one of the policy's tools. */
export interface ToolCall {
  readonly tool: string;
  readonly args?: unknown;
}

/** An action on a resource; facts are the relying party's word. */
export interface ActionCall {
  readonly action: string;
  readonly resource: string;
  readonly arguments?: unknown;
  readonly facts?: unknown;
}

/** What else a question may bring. */
export interface Extra {
  /** The host's own Evidence document as JSON text, as `gather` of `./evidence` makes it; never a peer's text. */
  readonly evidence?: string;
}

/** What is known of a signed A2A AgentCard. */
export interface CardReport {
  readonly kind: 'CardReport';
  /** Whether a signature held of a DID that the policy's anchors speak for. */
  readonly verified: boolean;
  readonly verdict: Verdict;
  readonly code: Code;
  readonly reason: string;
  readonly did: string | null;
  readonly key: string | null;
  /** The addresses that the card names. */
  readonly interfaces: readonly string[];
  readonly needs: readonly Need[];
}

/** What became of a refresh; where `ok` is false the bundle before it stays. */
export interface Refreshed {
  readonly ok: boolean;
  readonly code: Code;
  readonly detail: string;
  /** When the bundle that holds now was signed, and when it ends, RFC 3339. */
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** Makes the denial that the package itself gives, where the module could not be asked. */
export function refusal(code: Code, verdict: Verdict, reason: string): Decision {
  return {
    apiVersion: 'chancery.v1',
    kind: 'Decision',
    allow: false,
    verdict,
    code,
    reason,
    agent: null,
    principal: null,
    chain: [],
    effective: [],
    checks: [],
    expiresAt: null,
    statusAsOf: null,
    statusFloors: {},
    evidence: [],
    commit: [],
    needs: [],
    historical: false,
    signatures: 0,
  };
}
