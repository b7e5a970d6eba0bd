// What a verifier is constructed with: bundle, expected signer, policy and audience, all required.
//
// Profile, "Bundles". INVARIANT: a member that is missing, unknown or of another kind throws before anything is
// judged; nothing is taken from a prototype, and nothing has a default that trusts somebody.

import type { CommitEntry } from './decision.js';
import { ChanceryError } from './error.js';
import { create, isSafeInteger, keys } from './intrinsics.js';
import { NotPlain, quoted } from './plain.js';
import { textOf } from './text.js';

/** Who must have signed the bundle: told by another way than the bundle itself. */
export interface Signer {
  readonly did: string;
  /** The RFC 7638 thumbprint of its key. */
  readonly thumbprint: string;
}

/**
 * Applies every entry in one atomic step, or none, and says `applied`; says `seen` when one was used up before.
 *
 * It is called before an allow is returned. Whatever else it does (throwing, a promise, another word) denies.
 */
export type Commit = (entries: readonly CommitEntry[]) => 'applied' | 'seen';

/** What makes a verifier, however it comes by its bundle. */
export interface Terms {
  readonly signer: Signer;
  /** The trust policy, a JSON text: the only source of trust. */
  readonly policy: string | Uint8Array;
  /** This service's own URL, as presentations must name it. */
  readonly audience: string;
  /** The time in milliseconds since 1970; `Date.now` when absent. */
  readonly clock?: () => number;
  /** Without it, everything that must be committed denies `commit.unavailable`. */
  readonly commit?: Commit;
  /** When the newest bundle was signed that this host ever accepted, RFC 3339: an older one is refused. */
  readonly seen?: string;
  /** How old a status list may be, in milliseconds; can only lower what the policy says. */
  readonly maxStatusAge?: number;
}

/** Everything that a verifier needs. */
export interface VerifierOptions extends Terms {
  /** The signed trust bundle, exactly as the registry gave it. */
  readonly bundle: string | Uint8Array;
}

/** The longest texts, in bytes, that the module reads of each kind. */
export const MOST = { bundle: 12 * 1024 * 1024, evidence: 16 * 1024 * 1024, text: 1024 * 1024 } as const;

/** The options as the module takes them: everything but the bundle, which changes. */
export interface Checked {
  readonly terms: string;
  readonly clock: () => number;
  readonly commit: Commit | undefined;
  readonly audience: string;
  /** The DID of the expected signer. */
  readonly signer: string;
}

/** The members of {@link Terms}. */
export const TERMS = ['signer', 'policy', 'audience', 'clock', 'commit', 'seen', 'maxStatusAge'];

/** Takes some of the members that were read; what is not there is not inherited from anywhere either. */
export function some(found: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const taken = create(null) as Record<string, unknown>;
  for (const name of names) if (name in found) taken[name] = found[name];
  return taken;
}

/** Checks the terms, which {@link members} read: an object without a prototype. */
export function checked(options: Record<string, unknown>): Checked {
  try {
    const signer = members(options['signer'] as Signer, 'signer', ['did', 'thumbprint']);
    const policy = textOf(options['policy'], MOST.text);
    if (policy === undefined) throw refused('`policy` is neither a JSON text nor its bytes');
    const parts = [
      `"signer":{"did":${string(signer, 'did')},"thumbprint":${string(signer, 'thumbprint')}}`,
      `"policy":${quoted(policy)}`,
      `"audience":${string(options, 'audience')}`,
    ];
    if (options['seen'] !== undefined) parts.push(`"seen":${string(options, 'seen')}`);
    const age = options['maxStatusAge'];
    if (age !== undefined) {
      if (!isSafeInteger(age) || (age as number) < 0) throw refused('`maxStatusAge` is not milliseconds');
      parts.push(`"maxStatusAge":${String(age)}`);
    }
    return {
      terms: parts.join(','),
      clock: callback(options, 'clock') ?? Date.now,
      commit: callback(options, 'commit'),
      audience: options['audience'] as string,
      signer: signer['did'] as string,
    };
  } catch (error) {
    throw error instanceof NotPlain ? refused(error.message) : error;
  }
}

/** Says what is wrong with a configuration. */
export function refused(detail: string): ChanceryError {
  return new ChanceryError('host.options', detail);
}

/** Reads every own member once; an unknown one is refused, for it may be a known one misspelt. */
export function members(given: object, name: string, known: readonly string[]): Record<string, unknown> {
  if (typeof given !== 'object' || given === null) throw refused(`\`${name}\` is not an object`);
  const found: Record<string, unknown> = create(null) as Record<string, unknown>;
  try {
    for (const key of keys(given)) {
      if (!known.includes(key)) throw refused(`\`${name}\` has an unknown member \`${key.slice(0, 64)}\``);
      found[key] = (given as Record<string, unknown>)[key];
    }
  } catch (error) {
    throw error instanceof ChanceryError ? error : refused(`\`${name}\` cannot be read`);
  }
  return found;
}

function string(found: Record<string, unknown>, name: string): string {
  const value = found[name];
  if (typeof value !== 'string' || value.length > 4096) throw refused(`\`${name}\` is missing or no text`);
  return quoted(value);
}

function callback<Given extends (...given: never[]) => unknown>(
  found: Record<string, unknown>,
  name: string,
): Given | undefined {
  const value = found[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'function') throw refused(`\`${name}\` is not a function`);
  return value as Given;
}
