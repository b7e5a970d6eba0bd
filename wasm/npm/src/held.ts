// A verifier as the module holds it: its handle, the host's clock and ledger, and the rounds of one question.
//
// INVARIANT: no allow leaves before the host's ledger applied what it commits. A handle is used in the instance that
// gave it and in no other; after an instance failed, the verifier is opened again from the texts that were accepted
// before, and from nothing else.

import { denial, read, type Admitted, type Failure, type Opened } from './answer.js';
import { isAsking, outcomeOf, timeOf } from './callback.js';
import { refusal, type Decision, type Extra, type Need, type Refreshed } from './decision.js';
import { ask, forget, generation, type Glue } from './engine.js';
import { ChanceryError } from './error.js';
import { getOwnPropertyDescriptor, ownKeys } from './intrinsics.js';
import { MOST, type Checked } from './options.js';
import { quoted } from './plain.js';
import { textOf } from './text.js';
import { Zones } from './zone.js';

/** One question to the module: about the verifier with this handle, with this evidence, at this moment. */
export type Question = (glue: Glue, verifier: number, evidence: string, at: number) => string;

/** What was admitted, and in which generation of the module. */
export interface Admission {
  readonly admitted: Admitted;
  readonly since: number;
}

type ZoneNeed = Need & { readonly kind: 'zoneOffset' };

/** How often one question may ask for offsets of zones. */
const MOST_ROUNDS = 8;
/** How many changes of a bundle are kept beside it; a host with more needs a whole bundle after a failure. */
const MOST_CHANGES = 64;

/** What the module forgets when a verifier is no longer reachable: it must not be reachable from here. */
interface Lease {
  verifier: number;
  generation: number;
}

const leases =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<Lease>(({ verifier, generation }) => {
        forget(generation, (glue) => glue.close(verifier));
      })
    : undefined;

/** A verifier that the module opened. */
export class Held {
  readonly #options: Checked;
  readonly #zones = new Zones();
  readonly #lease: Lease = { verifier: -1, generation: -1 };
  /** The newest whole bundle that was accepted, and the changes of it since. */
  #bundle: string;
  #changes: string[] = [];
  #state: Opened;

  constructor(options: Checked, bundle: string) {
    this.#options = options;
    this.#bundle = bundle;
    const at = this.#now();
    const opened = typeof at === 'number' ? this.#open(at) : at;
    if (opened.kind === 'Error') throw new ChanceryError(opened.code, opened.detail);
    this.#state = opened;
    leases?.register(this, this.#lease);
  }

  /** Asks one question, with offsets of zones as they are wanted, and gives the module's last answer. */
  answer(question: Question, extra: Extra | undefined, since?: number): string | Failure {
    const own = evidenceOf(extra);
    if (typeof own !== 'string') return own;
    const at = this.#now();
    if (typeof at !== 'number') return at;
    const handle = this.#handle(at);
    if (typeof handle !== 'number') return handle;
    const unknown: ZoneNeed[] = [];
    for (let round = 0; ; round += 1) {
      const zones = this.#zones.evidence(at, unknown);
      const evidence = own === '' || zones === '' ? own + zones : `[${own},${zones}]`;
      const text = ask((glue) => question(glue, handle, evidence, at), since ?? this.#lease.generation);
      if (round >= MOST_ROUNDS || !this.#learn(text, unknown)) return text;
    }
  }

  /** Asks a question whose answer is a decision, and commits what it commits. */
  decide(question: Question, extra: Extra | undefined, since?: number): Decision {
    const text = this.answer(question, extra, since);
    if (typeof text !== 'string') return denial(text);
    const found = read<'Decision', Decision>(text, 'Decision');
    if (found.kind === 'Error') return denial(found);
    if (!found.allow || found.commit.length === 0) return found;
    const outcome = outcomeOf(this.#options.commit, found.commit);
    return outcome === 'applied' ? found : denied(this.#settle(text, outcome));
  }

  /** Asks the question of admission; its answer is settled, so that the session is open or there is none. */
  admit(question: Question, extra: Extra | undefined): Admission | Decision {
    const text = this.answer(question, extra);
    if (typeof text !== 'string') return denial(text);
    const found = read<'Admission' | 'Decision', Admitted | Decision>(text, 'Admission', 'Decision');
    if (found.kind === 'Error') return denial(found);
    if (found.kind === 'Decision') return denied(found);
    const outcome = found.commit.length === 0 ? 'applied' : outcomeOf(this.#options.commit, found.commit);
    const settled = this.#settle(text, outcome);
    if (settled.kind !== 'Admission' || outcome !== 'applied') return denied(settled);
    return { admitted: settled, since: this.#lease.generation };
  }

  /** Asks a question that needs no evidence and no ledger. */
  inform(question: (glue: Glue, verifier: number, at: number) => string): string | Failure {
    return this.answer((glue, verifier, _, at) => question(glue, verifier, at), undefined);
  }

  /** Takes a later bundle or a change; the one before stays when it is refused. */
  refresh(given: unknown): Refreshed {
    const token = textOf(given, MOST.bundle);
    if (token === undefined) return this.report('request.malformed', 'the bundle is neither a text nor bytes');
    const text = this.inform((glue, verifier, at) => glue.refresh(verifier, token, at));
    const found = typeof text === 'string' ? read<'Verifier', Opened>(text, 'Verifier') : text;
    if (found.kind === 'Error') return this.report(found.code, found.detail);
    if (found.base === undefined || found.base === null) {
      this.#bundle = token;
      this.#changes = [];
    } else if (found.issuedAt !== this.#state.issuedAt && this.#changes.length < MOST_CHANGES) {
      this.#changes.push(token);
    }
    this.#state = found;
    return this.report('ok', '');
  }

  /** Says how things stand after a refresh. */
  report(code: Refreshed['code'], detail: string): Refreshed {
    const { issuedAt, expiresAt } = this.#state;
    return { ok: code === 'ok', code, detail, issuedAt, expiresAt };
  }

  #now(): number | Failure {
    if (isAsking()) return failure('host.reentered', 'a callback of the host asked the verifier that asks it');
    return timeOf(this.#options.clock) ?? failure('host.clock', 'the clock gave no time');
  }

  /** Gives the handle in the present instance, opening the verifier there if need be. */
  #handle(at: number): number | Failure {
    if (this.#lease.generation === generation()) return this.#lease.verifier;
    let state = this.#open(at);
    for (const change of this.#changes) {
      if (state.kind === 'Error') break;
      const { verifier } = state;
      const text = ask((glue) => glue.refresh(verifier, change, at), this.#lease.generation);
      state = read<'Verifier', Opened>(text, 'Verifier');
    }
    if (state.kind === 'Error') {
      this.#lease.generation = -1;
      return state;
    }
    this.#state = state;
    return state.verifier;
  }

  #open(at: number): Opened | Failure {
    const options = `{"bundle":${quoted(this.#bundle)},${this.#options.terms}}`;
    const opened = read<'Verifier', Opened>(ask((glue) => glue.open(options, at)), 'Verifier');
    if (opened.kind === 'Verifier') {
      this.#lease.verifier = opened.verifier;
      this.#lease.generation = generation();
    }
    return opened;
  }

  /** Whether an answer wants zones that are known from now on, so that it is worth asking again. */
  #learn(text: string, unknown: ZoneNeed[]): boolean {
    // A cheap look first: without such a need these words can stand in an answer, with one they do.
    if (!text.includes('"zoneOffset"')) return false;
    const found = read<'Decision', Decision>(text, 'Decision');
    if (found.kind === 'Error') return false;
    const wanted = found.needs.filter((need) => need.kind === 'zoneOffset');
    const fresh = wanted.filter((need) => !unknown.some((known) => known.zone === need.zone));
    const missing = fresh.filter((need) => !this.#zones.learn(need.zone));
    unknown.push(...missing);
    return fresh.length > 0;
  }

  #settle(answer: string, outcome: string): Admitted | Decision | Failure {
    const text = ask((glue) => glue.settle(answer, outcome), this.#lease.generation);
    return read<'Admission' | 'Decision', Admitted | Decision>(text, 'Admission', 'Decision');
  }
}

/** Makes whatever was not committed a denial. */
function denied(found: Admitted | Decision | Failure): Decision {
  if (found.kind === 'Error') return denial(found);
  if (found.kind === 'Decision' && !found.allow) return found;
  return refusal('commit.failed', 'indeterminate', 'what the decision commits was not applied');
}

/** Reads the host's own evidence; a misspelt member must not pass for none. */
function evidenceOf(extra: unknown): string | Failure {
  if (extra === undefined) return '';
  const malformed = failure('request.malformed', 'the extra is not `{evidence}` with a JSON text');
  try {
    const keys = ownKeys(extra as object);
    if (keys.some((key) => key !== 'evidence')) return malformed;
    const given: unknown = getOwnPropertyDescriptor(extra as object, 'evidence')?.value;
    return given === undefined && keys.length === 0 ? '' : (textOf(given, MOST.evidence) ?? malformed);
  } catch {
    return malformed;
  }
}

function failure(code: Failure['code'], detail: string): Failure {
  return { kind: 'Error', code, detail, verdict: 'indeterminate' };
}
