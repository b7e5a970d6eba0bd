// What the tests share: the corpora of `tests/vectors` and a verifier made of the first case of the host corpus.

import { readdirSync, readFileSync } from 'node:fs';

import {
  Verifier,
  type Commit,
  type CommitEntry,
  type Decision,
  type Request,
  type VerifierOptions,
} from '@chancery/verifier';

/** What must come out of every door. */
export interface Outcome {
  readonly allow: boolean;
  readonly verdict: string;
  readonly code: string;
}

/** One vector of the verdict corpus: the text that the module takes, and what it must say. */
export interface Vector {
  readonly name: string;
  readonly text: string;
  readonly expect: Outcome;
  readonly needs: readonly string[];
  readonly evidence: { readonly zoneOffsets?: readonly ZoneOffset[] };
}

export interface ZoneOffset {
  readonly zone: string;
  readonly at: string;
  readonly offset: number;
}

/** One case of the host corpus: a verifier and the questions it is asked. */
export interface Case {
  readonly name: string;
  readonly comment: string;
  readonly at: Moment;
  /** Only for doors that take JSON texts and handles. */
  readonly raw?: boolean;
  readonly options: { readonly [member: string]: unknown };
  readonly expect: Expected;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly call: string;
  readonly args: readonly unknown[];
  readonly evidence?: object;
  readonly at?: Moment;
  /** What the clock says in place of `at`. */
  readonly clock?: unknown;
  /** What the ledger says; `failed` throws, `none` is no ledger. */
  readonly outcome?: string;
  readonly admission?: number;
  readonly handle?: number;
  readonly raw?: boolean;
  readonly expect: Expected;
}

export type Moment = number | string;
export interface Expected {
  readonly [member: string]: unknown;
}

const vectors = new URL('../../../tests/vectors/', import.meta.url);

function named<Found>(folder: URL): (Found & { readonly name: string; readonly text: string })[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    return { ...(JSON.parse(text) as Found), name: name.replace('.json', ''), text };
  });
}

/** The verdict corpus, by name. */
export function corpus(): Vector[] {
  return named<Omit<Vector, 'needs'> & { needs?: string[] }>(vectors).map((vector) => ({ ...vector, needs: vector.needs ?? [] }));
}

/** The host corpus, by name. */
export function hostCorpus(): Case[] {
  return named<Case>(new URL('host/', vectors));
}

/** A moment in milliseconds since 1970. */
export function millis(moment: Moment): number {
  return typeof moment === 'number' ? moment : Date.parse(moment);
}

/** What the clock and the ledger of a verifier under test say; a test changes them as it goes. */
export interface World {
  at: unknown;
  commit: Commit | undefined;
  /** What was handed to the ledger. */
  readonly committed: CommitEntry[];
}

/** Gives the options that a case's verifier is made of. */
export function optionsOf(found: Case, world: World, ledger = true): VerifierOptions {
  const { policy, ...rest } = found.options;
  const options = {
    ...rest,
    policy: typeof policy === 'object' && policy !== null ? JSON.stringify(policy) : policy,
    clock: () => world.at as number,
  };
  const commit: Commit = (entries) => {
    world.committed.push(...entries);
    return world.commit === undefined ? 'applied' : world.commit(entries);
  };
  return (ledger ? { ...options, commit } : options) as unknown as VerifierOptions;
}

/** A verifier, and a presentation with a request that it allows. */
export interface Scene {
  readonly world: World & { at: number };
  readonly options: VerifierOptions;
  readonly verifier: Verifier;
  readonly presentation: string;
  readonly request: Request & { readonly nonce: string };
}

/** The plainest case of the host corpus, made anew for each test; the offsets of its zone come from Intl. */
export function scene(more: Partial<VerifierOptions> = {}): Scene {
  const found = hostCorpus().find(({ name }) => name === 'verify_delegated');
  const step = found?.steps[0];
  if (found === undefined || step?.expect['allow'] !== true) throw new Error('the host corpus allows no plain call');
  const [presentation, request] = step.args;
  const world = {
    at: millis(step.at ?? found.at),
    commit: undefined as Commit | undefined,
    committed: [] as CommitEntry[],
  };
  const options = { ...optionsOf(found, world), ...more };
  return {
    world,
    options,
    verifier: new Verifier(options),
    presentation: typeof presentation === 'string' ? presentation : JSON.stringify(presentation),
    request: request as Request,
  };
}

/** What a decision says, in one line. */
export function said({ allow, verdict, code }: Decision): string {
  return `${allow ? 'allow' : 'deny'} ${verdict} ${code}`;
}
