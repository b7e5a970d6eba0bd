// The host corpus through the package: verifiers, sessions, commits and bundles as every host language must hold them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ChanceryError, inspect, Verifier, type HttpRequest, type Session } from '@chancery/verifier';

import { hostCorpus, millis, optionsOf, type Case, type Expected, type Step, type World } from './world.js';

/** Calls that only a door without objects of its own can make: here a verifier is closed when it is gone. */
const ELSEWHERE = ['settle', 'close', 'renderChain'];

let steps = 0;
let apart = 0;
let byIntl = 0;

class Run {
  readonly #world: World;
  readonly #verifier: Verifier;
  /** The same without a ledger, for the steps that have none. */
  readonly #without: Verifier;
  readonly #sessions: Session[] = [];

  readonly #ownOffsets: boolean;

  /** With `ownOffsets`, offsets of zones are left to the package, which has them from Intl. */
  constructor(found: Case, ownOffsets: boolean) {
    this.#ownOffsets = ownOffsets;
    this.#world = { at: millis(found.at), commit: undefined, committed: [] };
    this.#verifier = new Verifier(optionsOf(found, this.#world));
    this.#without = new Verifier(optionsOf(found, this.#world, false));
  }

  get opened(): Expected {
    const { issuedAt, expiresAt, audience } = this.#verifier;
    return { kind: 'Verifier', issuedAt, expiresAt, audience };
  }

  #evidence({ evidence }: Step): { evidence: string } | undefined {
    if (evidence === undefined || (this.#ownOffsets && Object.keys(evidence).join() === 'zoneOffsets')) return undefined;
    return { evidence: JSON.stringify(evidence) };
  }

  answer(step: Step, at: unknown): unknown {
    this.#world.at = at;
    const { outcome } = step;
    this.#world.commit = () => {
      if (outcome === 'failed') throw new Error('the ledger is down');
      return (outcome ?? 'applied') as 'applied';
    };
    const verifier = outcome === 'none' ? this.#without : this.#verifier;
    const extra = this.#evidence(step);
    const [first, second] = step.args as [never, never];
    switch (step.call) {
      case 'verify':
        return verifier.verify(text(first), second, extra);
      case 'admit': {
        const session = verifier.admit(text(first), second, extra);
        this.#sessions.push(session);
        return session.ok ? { ...session, kind: 'Admission', allow: true, verdict: 'valid', code: 'ok' } : session.decision;
      }
      case 'authorize':
        return this.#sessions[step.admission ?? 0]?.authorize(first, extra);
      case 'end':
        this.#sessions[step.admission ?? 0]?.end();
        return {};
      case 'verifyRequest': {
        const { method, url, headers, ...call } = first as HttpRequest;
        return verifier.verifyRequest({ method, url, headers }, call as never, extra);
      }
      case 'verifyCard':
        return verifier.verifyCard(text(first));
      case 'refresh': {
        this.#without.refresh(text(first));
        const { ok, ...report } = verifier.refresh(text(first));
        return ok ? { ...report, kind: 'Verifier' } : { ...report, kind: 'Error', allow: false };
      }
      case 'resolve': {
        const document = verifier.resolve(text(first));
        return document === undefined ? { kind: 'Error', allow: false } : (JSON.parse(document) as unknown);
      }
      case 'inspect':
        return inspect(text(first));
      default:
        return assert.fail(`a call that this door does not know: ${step.call}`);
    }
  }
}

function text(given: unknown): string {
  return typeof given === 'string' ? given : JSON.stringify(given);
}

/** What is not as expected, member by member. */
function differences(found: unknown, expected: Expected): string[] {
  return Object.entries(expected).flatMap(([member, wanted]) => {
    const is: unknown = (found as { readonly [member: string]: unknown } | undefined)?.[member];
    try {
      assert.deepEqual(is, wanted);
      return [];
    } catch {
      return [`${member}: expected ${JSON.stringify(wanted)}, npm said ${JSON.stringify(is)}`];
    }
  });
}

/** Of an error this door has a code alone, and of a document that there is none not even that. */
function wantedOf(step: Step): Expected {
  const { expect } = step;
  if (step.call === 'resolve' && expect['kind'] === 'Error') return { kind: 'Error' };
  const { signer: _, verifier: __, maxStatusAge: ___, session: ____, ...rest } = expect;
  return step.call === 'inspect' && rest['kind'] === 'Error' ? { code: rest['code'] } : rest;
}

for (const found of hostCorpus()) {
  test(found.name, () => {
    if (found.raw === true || found.steps.some(({ call }) => call === 'close')) {
      apart += found.steps.length;
      return;
    }
    if (found.expect['kind'] === 'Error') {
      const world: World = { at: millis(found.at), commit: undefined, committed: [] };
      assert.throws(
        () => new Verifier(optionsOf(found, world)),
        (error) => error instanceof ChanceryError && error.code === found.expect['code'],
      );
      return;
    }
    const { signer: _, verifier: __, maxStatusAge: ___, apiVersion: ____, ...opened } = found.expect;
    // What the corpus says of zones themselves needs its own, wrong, offsets.
    const ways = found.name.startsWith('zone_') || found.name.startsWith('evidence_') ? [false] : [false, true];
    for (const ownOffsets of ways) {
      const run = new Run(found, ownOffsets);
      assert.deepEqual(differences(run.opened, opened), []);
      found.steps.forEach((step, number) => {
        if (step.handle !== undefined || step.raw === true || ELSEWHERE.includes(step.call)) {
          apart += ownOffsets ? 0 : 1;
          return;
        }
        const answer = run.answer(step, 'clock' in step ? step.clock : millis(step.at ?? found.at));
        assert.deepEqual(differences(answer, wantedOf(step)), [], `step ${number}, ${step.call}`);
        if (ownOffsets) byIntl += 1;
        else steps += 1;
      });
    }
  });
}

test('the corpus was there', () => {
  console.log(`host corpus npm: ${hostCorpus().length} cases, ${steps} steps as expected (${byIntl} again with offsets from Intl), ${apart} that only other doors can take`);
  assert.ok(steps > 0);
});
