// The host's own functions, a clock and a ledger, called so that nothing they do gets past their answer.
//
// INVARIANT: at most one is running at any time, over all verifiers: a callback that asks a verifier is refused, so
// that neither a loop nor a half-made decision can come of it.

import type { CommitEntry } from './decision.js';
import { apply, floor, freeze } from './intrinsics.js';
import type { Commit } from './options.js';

/** 9999-12-31T23:59:59.999Z. */
const LAST = 253_402_300_799_999;

const { then } = Promise.prototype;

let running = false;

/** Whether the host is being asked right now, which means that it is asking back. */
export function isAsking(): boolean {
  return running;
}

/** Asks the clock for milliseconds since 1970; nothing when it gives none. */
export function timeOf(clock: () => unknown): number | undefined {
  const at = asked(clock);
  return typeof at === 'number' && at >= 0 && at <= LAST ? floor(at) : undefined;
}

/** Hands the entries to the ledger and says what became of them. */
export function outcomeOf(
  commit: Commit | undefined,
  entries: readonly CommitEntry[],
): 'applied' | 'seen' | 'failed' | 'none' {
  if (commit === undefined) return 'none';
  for (const entry of entries) freeze(entry);
  freeze(entries);
  const outcome = asked(() => commit(entries));
  if (outcome === 'applied' || outcome === 'seen') return outcome;
  silence(outcome);
  return 'failed';
}

function asked(question: () => unknown): unknown {
  if (running) return undefined;
  running = true;
  try {
    return question();
  } catch {
    return undefined;
  } finally {
    running = false;
  }
}

/** A promise came too late to count; its rejection must not end the process. */
function silence(outcome: unknown): void {
  const nothing = (): void => undefined;
  try {
    void apply(then, outcome, [nothing, nothing]);
  } catch {
    // It is no promise.
  }
}
