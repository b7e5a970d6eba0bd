// A host's clock and ledger that do what they should not. INVARIANT: no allow comes of it, and nothing is thrown.

const thrower = () => {
  throw new Error('asked');
};

/** Clocks that tell no time at which the story's presentation holds. */
export const clocks = {
  throws: thrower,
  NaN: () => Number.NaN,
  infinite: () => Number.POSITIVE_INFINITY,
  negative: () => -1,
  huge: () => Number.MAX_SAFE_INTEGER,
  text: () => '2026-06-17T08:00:00Z',
  date: () => new Date(0),
  bigint: () => 0n,
  nothing: () => undefined,
  'an object with valueOf': () => ({ valueOf: thrower }),
  promise: () => Promise.resolve(0),
};

/** Ledgers that apply nothing; each must deny an allow that has something to commit. */
export const ledgers = {
  throws: thrower,
  'throws nothing': () => {
    throw undefined;
  },
  'throws a proxy': () => {
    throw new Proxy({}, { get: thrower, getPrototypeOf: thrower, has: thrower });
  },
  nothing: () => undefined,
  true: () => true,
  'another word': () => 'APPLIED',
  'boxed word': () => new String('applied'),
  'says it is the word': () => ({ toString: () => 'applied' }),
  promise: () => Promise.resolve('applied'),
  'rejected promise': () => Promise.reject(new Error('late')),
  thenable: () => ({ then: thrower }),
  'thenable getter': () => Object.defineProperty({}, 'then', { get: thrower }),
  seen: () => 'seen',
};
