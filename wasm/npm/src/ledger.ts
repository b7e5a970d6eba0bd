// A ledger for one process: what was used up is remembered for as long as it could be used again.
//
// Profile, "Judging" (replay keys: audience and nonce, issuer and id of an approval). INVARIANT: all entries are
// applied or none. A counter cannot be kept here, for the entry does not say its cap: a debit is refused.

import type { CommitEntry } from './decision.js';
import { apply, stringify } from './intrinsics.js';
import type { Commit } from './options.js';

/** How many entries are remembered before those that ended are looked for. */
const SWEEP = 1_024;

const { has, set } = Map.prototype;

/**
 * Makes a ledger in memory. It forgets on restart and knows nothing of other processes: where there are several, or
 * presentations outlive the process, commit to a shared store instead.
 */
export function memoryLedger(clock: () => number = Date.now): Commit {
  const used = new Map<string, number>();
  let sweep = SWEEP;
  return (entries) => {
    const keys: string[] = [];
    for (let at = 0; at < entries.length; at += 1) {
      const key = keyOf(entries[at] as CommitEntry);
      if (apply(has, used, [key])) return 'seen';
      keys[at] = key;
    }
    for (let at = 0; at < entries.length; at += 1) apply(set, used, [keys[at], untilOf(entries[at] as CommitEntry)]);
    if (used.size >= sweep) {
      const now = clock();
      for (const [key, until] of used) if (until < now) used.delete(key);
      sweep = Math.max(SWEEP, used.size * 2);
    }
    return 'applied';
  };
}

function keyOf(entry: CommitEntry): string {
  switch (entry.kind) {
    case 'consumeNonce':
      return stringify(['nonce', entry.audience, entry.nonce]);
    case 'consumeApproval':
      return stringify(['approval', entry.issuer, entry.id]);
    default:
      throw new TypeError('a counter needs a ledger that knows its cap');
  }
}

/** A minute more than the end, for clocks that differ; for ever where there is no end to be read. */
function untilOf(entry: CommitEntry): number {
  const until = entry.kind === 'debit' ? Number.NaN : Date.parse(entry.until) + 60_000;
  return Number.isNaN(until) ? Number.POSITIVE_INFINITY : until;
}
