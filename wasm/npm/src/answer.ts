// The module's answers, read: JSON that our own module wrote, never a peer's.
//
// INVARIANT: what is no answer at all reads as the error `host.failed`, so a caller always has a kind and a code.

import type { Code } from './code.js';
import { refusal, type Decision, type Principal, type Verdict } from './decision.js';
import { freeze, hasOwn, parse } from './intrinsics.js';

/** What the module says of what could not be judged. */
export interface Failure {
  readonly kind: 'Error';
  readonly code: Code;
  readonly detail: string;
  readonly verdict?: Verdict;
}

/** What it says of a verifier that was opened or refreshed. */
export interface Opened {
  readonly kind: 'Verifier';
  readonly verifier: number;
  readonly issuedAt: string;
  readonly expiresAt: string;
  /** When the bundle was signed that the last change changed. */
  readonly base?: string | null;
}

/** What it says of a presentation that was admitted. */
export interface Admitted {
  readonly kind: 'Admission';
  readonly session: number;
  readonly agent: string;
  readonly principal: Principal;
  readonly commit: Decision['commit'];
  readonly expiresAt: string;
}

/** Reads an answer of one of the kinds that are expected. */
export function read<Kind extends string, Expected extends { readonly kind: Kind }>(
  text: string,
  ...kinds: readonly Kind[]
): Expected | Failure {
  let found: unknown;
  try {
    found = parse(text);
  } catch {
    return broken();
  }
  if (!isAnswer(found)) return broken();
  const { kind } = found;
  if (kind === 'Error') return found as Failure;
  for (let at = 0; at < kinds.length; at += 1) if (kinds[at] === kind) return found as Expected;
  return broken();
}

/** The denial where not even a failure could be put into words: a stack at its end, for one. */
export const FAILED: Decision = freeze(refusal('host.failed', 'indeterminate', 'the verifier failed'));

/** Makes a failure the denial that it is. */
export function denial(failure: Failure): Decision {
  return refusal(failure.code, failure.verdict ?? 'indeterminate', failure.detail);
}

function isAnswer(found: unknown): found is { readonly kind: string } {
  return typeof found === 'object' && found !== null && hasOwn(found, 'kind');
}

function broken(): Failure {
  return { kind: 'Error', code: 'host.failed', detail: 'the module gave no answer', verdict: 'indeterminate' };
}
