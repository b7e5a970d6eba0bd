// A conversation of many calls: admitted once, authorized each time.
//
// Profile, "Chain and presentation". INVARIANT: a refused presentation gives a session too, one that answers every
// call with the refusal, so that code that forgets to look at `ok` denies.

import { FAILED, type Admitted } from './answer.js';
import type { Call, Decision, Extra, Principal } from './decision.js';
import { forget } from './engine.js';
import type { Held } from './held.js';
import { callText } from './request.js';

/** What the module forgets when a session is no longer reachable. */
interface Lease {
  readonly session: number;
  readonly generation: number;
}

const leases = typeof FinalizationRegistry === 'function' ? new FinalizationRegistry<Lease>(end) : undefined;

/** What `admit` gives: a session of at most fifteen minutes, or the refusal in its place. */
export type Session = AdmittedSession | RefusedSession;

interface Conversation {
  /** Decides one call; never throws. */
  authorize(call: Call, extra?: Extra): Decision;
  /** Ends the session: every later call is denied. */
  end(): void;
}

/** A presentation that was admitted: every call is decided by itself. */
export interface AdmittedSession extends Conversation {
  readonly ok: true;
  readonly decision: undefined;
  /** The DID of the instance that presented. */
  readonly agent: string;
  /** Who answers for it. */
  readonly principal: Principal;
  /** When the session ends by itself, RFC 3339. */
  readonly expiresAt: string;
}

/** A presentation that was refused: every call gets the refusal. */
export interface RefusedSession extends Conversation {
  readonly ok: false;
  readonly decision: Decision;
  readonly agent: null;
  readonly principal: null;
  readonly expiresAt: null;
}

/** Makes the session of a presentation that was refused. */
export function refusedSession(decision: Decision): RefusedSession {
  return {
    ok: false,
    decision,
    agent: null,
    principal: null,
    expiresAt: null,
    authorize: () => decision,
    end: () => undefined,
  };
}

/** Makes the session that the module opened in the instance of generation `generation`. */
export function openSession(held: Held, admitted: Admitted, generation: number): AdmittedSession {
  const lease: Lease = { session: admitted.session, generation };
  const session: AdmittedSession = {
    ok: true,
    decision: undefined,
    agent: admitted.agent,
    principal: admitted.principal,
    expiresAt: admitted.expiresAt,
    authorize: (call, extra) => authorize(held, lease, call, extra),
    end: () => {
      leases?.unregister(session);
      end(lease);
    },
  };
  leases?.register(session, lease, session);
  return session;
}

function authorize(held: Held, { session, generation }: Lease, call: Call, extra: Extra | undefined): Decision {
  try {
    const text = callText(call, 'the call');
    if (typeof text !== 'string') return text;
    return held.decide((glue, _, evidence, at) => glue.authorize(session, text, evidence, at), extra, generation);
  } catch {
    return FAILED;
  }
}

function end({ session, generation }: Lease): void {
  forget(generation, (glue) => glue.end(session));
}
