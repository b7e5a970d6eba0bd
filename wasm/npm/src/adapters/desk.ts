// Admits presentations and remembers their sessions under a secret handle, so that a presentation is shown once and
// never becomes a bearer token.
//
// Profile, "Chain and presentation". INVARIANT: a handle names exactly one admitted session; nonces and sessions are
// bounded in number, and a nonce is answered once.

import type { Decision } from '../decision.js';
import { refusal } from '../decision.js';
import type { AdmittedSession, Session } from '../verifier.js';
import { Challenges, random } from './challenges.js';
import { missing, own } from './gate.js';

/** What a desk needs of its host. */
export interface DeskOptions {
  /** Admits a presentation for the nonce that it answers: `(text, nonce) => verifier.admit(text, { nonce })`. */
  readonly admit: (presentation: string, nonce: string) => Session;
  /** The nonces: a store of the host's own where several processes serve one audience. */
  readonly challenges?: Pick<Challenges, 'issue' | 'take'>;
  /** How many sessions are kept; the oldest goes first. */
  readonly most?: number;
}

/** A session that was opened, with the handle that finds it again; or why there is none. */
export type Opened =
  | { readonly ok: true; readonly handle: string; readonly session: AdmittedSession }
  | { readonly ok: false; readonly decision: Decision };

/** Opens sessions for presentations and finds them again. */
export class Desk {
  readonly #sessions = new Map<string, AdmittedSession>();
  readonly #admit: DeskOptions['admit'];
  readonly #challenges: Pick<Challenges, 'issue' | 'take'>;
  readonly #most: number;

  constructor(options: DeskOptions) {
    this.#admit = options.admit;
    this.#challenges = own(options, 'challenges') ?? new Challenges();
    this.#most = own(options, 'most') ?? 10_000;
  }

  /** Gives out a nonce to present for. */
  challenge(): string {
    return this.#challenges.issue();
  }

  /** Opens a session for a presentation that answers a nonce of this desk. */
  open(presentation: unknown, nonce: unknown): Opened {
    if (typeof presentation !== 'string' || presentation === '') return { ok: false, decision: missing() };
    const expected = this.#challenges.take(nonce);
    if (expected === undefined) {
      const reason = 'the nonce was not given out here, or was answered before';
      return { ok: false, decision: refusal('binding.nonce', 'invalid', reason) };
    }
    let session: Session;
    try {
      session = this.#admit(presentation, expected);
    } catch {
      const reason = 'the function that admits the presentation failed';
      return { ok: false, decision: refusal('host.callback', 'indeterminate', reason) };
    }
    if (session.ok !== true) return { ok: false, decision: session.decision };
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size < this.#most) break;
      this.end(oldest);
    }
    const handle = random(32);
    this.#sessions.set(handle, session);
    return { ok: true, handle, session };
  }

  /** The session of a handle, as long as it is kept. */
  find(handle: unknown): AdmittedSession | undefined {
    return typeof handle === 'string' ? this.#sessions.get(handle) : undefined;
  }

  /** Ends a session before its time. */
  end(handle: string): void {
    this.#sessions.get(handle)?.end();
    this.#sessions.delete(handle);
  }
}
