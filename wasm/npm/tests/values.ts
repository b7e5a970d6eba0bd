// Values of every kind that JavaScript has, each as unfriendly as its kind allows.

import { createContext, runInContext } from 'node:vm';

const boom = (): never => {
  throw new Error('boom');
};

const traps: ProxyHandler<object> = Object.fromEntries(
  ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'isExtensible', 'set', 'deleteProperty', 'apply', 'construct', 'defineProperty', 'preventExtensions', 'setPrototypeOf'].map((trap) => [trap, boom]),
);

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function cyclic(): object {
  const value: { self?: object; in: object[] } = { in: [] };
  value.self = value;
  value.in.push(value);
  return value;
}

function deep(levels: number): object {
  let value = {};
  for (let level = 0; level < levels; level += 1) value = { in: value };
  return value;
}

/** Small, and a billion values when written out. */
function laughs(): object {
  let value: object = { ha: 1 };
  for (let level = 0; level < 30; level += 1) value = [value, value];
  return value;
}

function detached(): Uint8Array {
  const bytes = new Uint8Array([123, 125]);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

class Longer extends Uint8Array {
  override get length(): number {
    return 1_000_000;
  }
  override get byteLength(): number {
    return 1_000_000;
  }
  override slice(): never {
    return boom();
  }
}

/** Says that it is bytes, and is none. */
const pretender: object = Object.create(Uint8Array.prototype) as object;

/** Makes every value anew, by a name for the message of a failing test. */
export const VALUES: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  zero: () => 0,
  NaN: () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  bigint: () => 10n ** 40n,
  symbol: () => Symbol('s'),
  'registered symbol': () => Symbol.for('nodejs.util.inspect.custom'),
  'empty text': () => '',
  nul: () => '\0',
  'huge text': () => 'x'.repeat(2_000_000),
  'huge text of wide characters': () => '\u{1f600}'.repeat(600_000),
  'first half of a character': () => 'a\ud800',
  'second half of a character': () => '\udc00a',
  'halves in the wrong order': () => '\udc00\ud800',
  'byte order mark': () => '\ufeff{}',
  'JSON of the wrong kind': () => '[]',
  'deep JSON': () => '['.repeat(100_000),
  array: () => [],
  'array with holes': () => [1, , 2], // eslint-disable-line no-sparse-arrays
  'array with names': () => Object.assign([1], { name: 1 }),
  'array of another prototype': () => Object.setPrototypeOf([1], { length: 5 }) as unknown,
  'huge array': () => new Array(10_000_000),
  'array of undefined': () => [undefined],
  object: () => ({}),
  'no prototype': () => Object.create(null) as unknown,
  'inherited members': () => Object.create({ nonce: 'n', tool: 'refund', args: {} }) as unknown,
  'deep object': () => deep(20_000),
  laughs,
  cyclic,
  'own __proto__': () => JSON.parse('{"__proto__":{"allow":true},"constructor":{"prototype":{}},"toString":1,"then":2}') as unknown,
  thenable: () => ({ then: boom }),
  'throwing getter': () => ({ get nonce() { return boom(); } }),
  'changing getter': () => { let calls = 0; return { get nonce() { calls += 1; return `n${calls}`; } }; },
  'hidden member': () => Object.defineProperty({}, 'nonce', { value: 'n', enumerable: false }),
  'symbol member': () => ({ [Symbol('s')]: 1 }),
  'throwing conversions': () => ({ toString: boom, valueOf: boom, toJSON: boom, [Symbol.toPrimitive]: boom }),
  'toJSON that allows': () => ({ toJSON: () => ({ allow: true }) }),
  'boxed text': () => new String('{}'),
  'boxed number': () => new Number(1),
  date: () => new Date(Number.NaN),
  expression: () => /a/g,
  map: () => new Map([['nonce', 'n']]),
  set: () => new Set([1]),
  'weak map': () => new WeakMap(),
  error: () => new Error('e'),
  promise: () => Promise.resolve({}),
  'never settled': () => new Promise(() => undefined),
  function: () => boom,
  'async function': () => async () => boom(),
  generator: () => (function* () { yield boom(); })(),
  class: () => class {},
  'throwing iterator': () => ({ [Symbol.iterator]: boom }),
  'endless iterator': () => ({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: ['a', 'b'] }) }) }),
  arguments: (...given: unknown[]) => (function () { return arguments; })(...(given as [])), // eslint-disable-line prefer-rest-params
  global: () => globalThis,
  'of another realm': () => runInContext('({ nonce: 1n })', createContext()) as unknown,
  proxy: () => new Proxy({}, {}),
  'proxy that throws': () => new Proxy({}, traps),
  'proxy of a function': () => new Proxy(boom, traps),
  'proxy of an array': () => new Proxy([1, 2], {}),
  'proxy of bytes': () => new Proxy(new Uint8Array(8), {}),
  'revoked proxy': revoked,
  'proxy of endless depth': () => { const endless: object = new Proxy({}, { ownKeys: () => ['in'], getOwnPropertyDescriptor: () => ({ value: endless, enumerable: true, configurable: true }), get: () => endless }); return endless; },
  'proxy of endless names': () => new Proxy({}, { ownKeys: () => Array.from({ length: 30_000 }, (_, at) => `n${at}`), getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) }),
  'proxy inside': () => ({ in: [new Proxy({ a: 1 }, {})] }),
  'empty bytes': () => new Uint8Array(),
  'bytes that are no UTF-8': () => new Uint8Array([0xff, 0xfe, 0xc0, 0x80]),
  'bytes of half a character': () => new Uint8Array([0xed, 0xa0, 0x80]),
  'huge bytes': () => new Uint8Array(2_000_000),
  'detached bytes': detached,
  'shared bytes': () => new Uint8Array(new SharedArrayBuffer(64)),
  'growing bytes': () => new Uint8Array(new (SharedArrayBuffer as unknown as new (length: number, options: object) => SharedArrayBuffer)(8, { maxByteLength: 64 })),
  'bytes that lie': () => new Longer([123, 125]),
  pretender: () => pretender,
  'half words': () => new Uint16Array([123, 125]),
  'clamped bytes': () => new Uint8ClampedArray([123, 125]),
  view: () => new DataView(new ArrayBuffer(8)),
  buffer: () => new ArrayBuffer(8),
  'buffer of Node': () => Buffer.from('{"a":1'),
};
