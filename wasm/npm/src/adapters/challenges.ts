// Nonces that this server gave out and nobody has answered yet, for a presentation to be made for.
// INVARIANT: a nonce is taken at most once, and not after its time; what is kept is bounded.

/** Limits of the challenges that stand open. */
export interface ChallengeOptions {
  /** How long a nonce can be answered, in milliseconds. */
  readonly lifetime?: number;
  /** How many stand open at once; the oldest goes first. */
  readonly most?: number;
  readonly clock?: () => number;
}

/** Gives out nonces and takes each back once. Several processes need one store of their own instead. */
export class Challenges {
  readonly #open = new Map<string, number>();
  readonly #lifetime: number;
  readonly #most: number;
  readonly #clock: () => number;

  constructor(options: ChallengeOptions = {}) {
    this.#lifetime = options.lifetime ?? 300_000;
    this.#most = options.most ?? 10_000;
    this.#clock = options.clock ?? Date.now;
  }

  /** Gives out a fresh nonce of 128 bits. */
  issue(): string {
    for (const oldest of this.#open.keys()) {
      if (this.#open.size < this.#most) break;
      this.#open.delete(oldest);
    }
    const nonce = random(16);
    this.#open.set(nonce, this.#clock() + this.#lifetime);
    return nonce;
  }

  /** Gives back the nonce that the peer names, when it was given out here, in time, and not taken before. */
  take(claimed: unknown): string | undefined {
    if (typeof claimed !== 'string') return undefined;
    const until = this.#open.get(claimed);
    this.#open.delete(claimed);
    return until !== undefined && this.#clock() < until ? claimed : undefined;
  }
}

/** Random bytes as base64url without padding. */
export function random(bytes: number): string {
  const raw = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...raw)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
