// The verifier: evidence from a signed bundle, trust from a policy, verdicts on the spot.
//
// Profile, "Judging" and "Bundles". INVARIANT: bundle, expected signer, policy and audience are all given before there
// is a verifier. Verdicts are synchronous and coded; no method throws, and none allows what the module did not.

import { denial, FAILED, read, type Failure } from './answer.js';
import { refusal, type CardReport, type Decision, type Extra, type Refreshed, type Request } from './decision.js';
import { Held } from './held.js';
import { parse } from './intrinsics.js';
import { checked, members, MOST, refused, some, TERMS, type VerifierOptions } from './options.js';
import { NotPlain, plainText } from './plain.js';
import { firstBundle, OF_SOURCE, RegistrySource, type LoadOptions } from './registry.js';
import { callText, httpText, type HttpRequest } from './request.js';
import { openSession, refusedSession, type Session } from './session.js';
import { textOf } from './text.js';

export type { Code } from './code.js';
export type {
  ActionCall,
  Call,
  CardReport,
  Check,
  CommitEntry,
  Decision,
  Extra,
  Hop,
  HopConstraint,
  Need,
  Principal,
  Refreshed,
  Reliance,
  Request,
  ToolCall,
  Verdict,
} from './decision.js';
export type { Commit, Signer, Terms, VerifierOptions } from './options.js';
export type { Fetch, FetchBody, FetchInit, FetchReply, LoadOptions } from './registry.js';
export type { HttpRequest } from './request.js';
export type { AdmittedSession, RefusedSession, Session } from './session.js';

/** Judges what agents present to one service, under one policy. */
export class Verifier {
  readonly #held: Held;
  readonly #audience: string;
  readonly #signer: string;
  #source: RegistrySource | undefined;
  #refreshing: Promise<Refreshed> | undefined;

  /** Throws {@link ChanceryError} for a bundle that does not verify and for options that cannot be a verifier. */
  constructor(options: VerifierOptions) {
    const found = members(options, 'options', [...TERMS, 'bundle']);
    const known = checked(found);
    const text = textOf(found['bundle'], MOST.bundle);
    if (text === undefined) throw refused('`bundle` is neither a text nor bytes');
    this.#held = new Held(known, text);
    this.#audience = known.audience;
    this.#signer = known.signer;
  }

  /** Makes a verifier of a registry's bundle; rejects with {@link ChanceryError} when there is none to be had. */
  static async load(options: LoadOptions): Promise<Verifier> {
    const found = members(options, 'options', [...TERMS, ...OF_SOURCE]);
    checked(found);
    const source = new RegistrySource(found);
    const first = await firstBundle(source);
    const terms = some(found, TERMS);
    terms['bundle'] = first.token;
    const verifier = new Verifier(terms as unknown as VerifierOptions);
    source.holds(first.etag);
    verifier.#source = source;
    return verifier;
  }

  /** When the bundle was signed, RFC 3339: what a host keeps over a restart, as `seen`. */
  get issuedAt(): string {
    return this.#held.report('ok', '').issuedAt;
  }

  /** When the bundle ends, RFC 3339: from then on everything is denied. */
  get expiresAt(): string {
    return this.#held.report('ok', '').expiresAt;
  }

  /** The URL of this service, as presentations must name it. */
  get audience(): string {
    return this.#audience;
  }

  /** The DID that signs the bundle. */
  get signer(): string {
    return this.#signer;
  }

  /** Takes a later bundle, or a change of the present one, which stays when this one is refused; never throws. */
  refresh(token: string | Uint8Array): Refreshed;
  /** Fetches what is new from the registry that `load` was given; never rejects. */
  refresh(): Promise<Refreshed>;
  refresh(...given: readonly (string | Uint8Array)[]): Refreshed | Promise<Refreshed> {
    if (given.length > 0) {
      this.#source?.holds(null);
      return this.#take(given[0]);
    }
    // Two timers at once ask once.
    this.#refreshing ??= this.#fetch().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** Decides one request: whether these papers permit it here and now. Never throws. */
  verify(presentation: string | Uint8Array, request: Request, extra?: Extra): Decision {
    try {
      const papers = textOf(presentation, MOST.text);
      if (papers === undefined) return unreadable('presentation');
      const asked = callText(request, 'the request');
      if (typeof asked !== 'string') return asked;
      return this.#held.decide((glue, held, evidence, at) => glue.verify(held, papers, asked, evidence, at), extra);
    } catch {
      return FAILED;
    }
  }

  /** Admits a presentation to a session of many calls, each of which is decided by itself. Never throws. */
  admit(
    presentation: string | Uint8Array,
    options: { readonly nonce: string; readonly audience?: string },
    extra?: Extra,
  ): Session {
    try {
      const found = this.#admit(presentation, options, extra);
      return 'admitted' in found ? openSession(this.#held, found.admitted, found.since) : refusedSession(found);
    } catch {
      return refusedSession(FAILED);
    }
  }

  /** Decides an HTTP request whose `Authorization: Chancery ...` carries the presentation. Never throws. */
  verifyRequest(request: HttpRequest, call: Request, extra?: Extra): Decision {
    try {
      const asked = httpText(request, call);
      if (typeof asked !== 'string') return asked;
      return this.#held.decide((glue, held, evidence, at) => glue.verifyRequest(held, asked, evidence, at), extra);
    } catch {
      return FAILED;
    }
  }

  /** Checks the signatures of an A2A AgentCard against this verifier's own trust; its `jku` is ignored. Never throws. */
  verifyCard(card: string | Uint8Array): CardReport {
    try {
      const text = textOf(card, MOST.text);
      if (text === undefined) return report(unreadable('card'));
      const answer = this.#held.inform((glue, verifier, at) => glue.verifyCard(verifier, text, at));
      const found = typeof answer === 'string' ? read<'CardReport', CardReport>(answer, 'CardReport') : answer;
      return found.kind === 'Error' ? report(denial(found)) : found;
    } catch {
      return report(FAILED);
    }
  }

  /** Gives the DID document that the bundle's evidence makes, as JSON text, or nothing. Never throws. */
  resolve(did: string): string | undefined {
    try {
      const text = textOf(did, MOST.text);
      if (text === undefined) return undefined;
      const answer = this.#held.inform((glue, verifier, at) => glue.resolve(verifier, text, at));
      return typeof answer === 'string' && !isFailure(answer) ? answer : undefined;
    } catch {
      return undefined;
    }
  }

  #admit(
    presentation: unknown,
    options: { readonly nonce: string; readonly audience?: string },
    extra: Extra | undefined,
  ): ReturnType<Held['admit']> {
    const papers = textOf(presentation, MOST.text);
    if (papers === undefined) return unreadable('presentation');
    let nonce: string;
    try {
      const found = members(options, 'options', ['nonce', 'audience']);
      const { audience } = found;
      if (audience !== undefined && audience !== this.#audience) {
        return refusal('binding.audience', 'invalid', 'the verifier was made for another audience');
      }
      nonce = plainText(some(found, ['nonce']));
    } catch (error) {
      const why = error instanceof NotPlain ? error.message : 'the options cannot be read';
      return refusal('request.malformed', 'invalid', why);
    }
    return this.#held.admit((glue, held, evidence, at) => glue.admit(held, papers, nonce, evidence, at), extra);
  }

  #take(token: unknown): Refreshed {
    try {
      return this.#held.refresh(token);
    } catch {
      return this.#held.report('host.failed', 'the verifier failed');
    }
  }

  async #fetch(): Promise<Refreshed> {
    try {
      const source = this.#source;
      if (source === undefined) return this.#held.report('host.options', 'made without `Verifier.load`');
      for (const since of [this.issuedAt, undefined]) {
        const answer = await source.fetch(since);
        if ('code' in answer) return this.#held.report(answer.code, answer.detail);
        if (answer.token === undefined) return this.#held.report('ok', 'nothing is newer');
        const taken = this.#held.refresh(answer.token);
        // A change of what is not held here: the whole bundle helps.
        if (taken.code === 'bundle.base' && since !== undefined) continue;
        if (taken.ok) source.holds(answer.etag);
        return taken;
      }
    } catch {
      // Said below.
    }
    return this.#held.report('host.failed', 'the refresh failed');
  }
}

function unreadable(name: string): Decision {
  return refusal('request.malformed', 'invalid', `the ${name} is neither a text nor bytes: give it exactly as it came`);
}

function isFailure(answer: string): boolean {
  const found: unknown = parse(answer);
  return (found as Failure | null)?.kind === 'Error';
}

function report({ code, verdict, reason }: Decision): CardReport {
  return { kind: 'CardReport', verified: false, verdict, code, reason, did: null, key: null, interfaces: [], needs: [] };
}
