// Values that a careless host hands over instead of plain ones: as a call's arguments, as a whole request, as a
// presentation. INVARIANT: each is a denial with a code; no getter, trap or conversion of a value runs to any use.

const thrower = () => {
  throw new Error('asked');
};

/** Arguments that are no plain data; `good` are arguments that would be allowed. */
export function args(good) {
  const cycle = { ...good };
  cycle.self = cycle;
  const changing = { ...good };
  Object.defineProperty(changing, 'late', { enumerable: true, get: thrower });
  const sparse = [1, 2, 3];
  delete sparse[1];
  return {
    cycle,
    getter: changing,
    sparse: { ...good, sparse },
    proxy: new Proxy({ ...good }, {}),
    'inner proxy': { ...good, inner: new Proxy({}, {}) },
    'throwing proxy': new Proxy({ ...good }, { ownKeys: thrower, get: thrower, getPrototypeOf: thrower }),
    'revoked proxy': revoked(),
    bigint: { ...good, big: 1n },
    symbol: { ...good, symbol: Symbol('s') },
    function: { ...good, act: thrower },
    NaN: { ...good, number: Number.NaN },
    infinite: { ...good, number: Number.POSITIVE_INFINITY },
    date: { ...good, date: new Date(0) },
    map: { ...good, map: new Map([['a', 1]]) },
    'class instance': new (class Good {
      constructor() {
        Object.assign(this, good);
      }
    })(),
    'own toJSON': { ...good, toJSON: () => good },
    'lone surrogate': { ...good, text: '\uD800' },
    'boxed text': new String('{}'),
    'array of arguments': [good],
    number: 7,
    'not JSON': 'not JSON',
    'double member': '{"amount":"1.00","amount":"35.00"}',
    deep: deep(10_000),
    long: { ...good, text: 'x'.repeat(3_000_000) },
    many: { ...good, many: Array.from({ length: 100_000 }, () => 0) },
  };
}

/** Requests that are none; `good` is one that would be allowed. */
export function requests(good) {
  const { nonce, ...unasked } = good;
  return {
    undefined,
    null: null,
    text: JSON.stringify(good),
    number: 1,
    array: [good],
    empty: {},
    'no nonce': unasked,
    'nonce of another kind': { ...good, nonce: 1 },
    'boxed nonce': { ...good, nonce: new String(nonce) },
    'another nonce': { ...good, nonce: `${nonce}x` },
    'tool and action': {
      ...good,
      tool: 'refund',
      action: 'refund:create',
      resource: 'https://api.globex.example/orders/1',
    },
    'nonce by getter': Object.defineProperty({ ...unasked }, 'nonce', { enumerable: true, get: () => nonce }),
    'nonce inherited': Object.assign(Object.create({ nonce }), unasked),
    'unknown member': { ...good, allow: true },
    proxy: new Proxy({ ...good }, { get: thrower }),
    'revoked proxy': revoked(),
  };
}

/** Presentations that are neither a text nor bytes; `good` is the text of one that would be allowed. */
export function presentations(good) {
  const bytes = new TextEncoder().encode(good);
  return {
    undefined,
    null: null,
    object: JSON.parse(good),
    'boxed text': new String(good),
    'says it is a text': { toString: () => good, valueOf: () => good, length: good.length },
    proxy: new Proxy(bytes, {}),
    'array of bytes': [...bytes],
    'array buffer': bytes.buffer,
    words: new Uint16Array(4),
    view: new DataView(bytes.buffer),
    'prototype alone': Object.create(Uint8Array.prototype),
    function: () => good,
    promise: Promise.resolve(good),
    'half a character': new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]),
    'long bytes': new Uint8Array(3_000_000),
  };
}

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function deep(levels) {
  let value = {};
  for (let level = 0; level < levels; level += 1) value = { value };
  return value;
}
