// What other code of the same realm can do to the language: polluted prototypes, replaced functions.
// `put` gives the undoing, or nothing where a frozen realm refuses the change: then there was no attack.
// Each change is undone after one question. INVARIANT: no change makes an allow of what was none.

const { defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect;

const ALLOWING = { allow: true, verdict: 'valid', code: 'ok', kind: 'Decision', commit: [], ok: true };

/** Data on `Object.prototype`, as a careless merge of a peer's JSON puts there. */
const DATA = {
  ...ALLOWING,
  decision: ALLOWING,
  nonce: 'nonce-0001',
  tool: 'refund',
  action: 'refund:create',
  resource: 'https://api.globex.example/orders/1',
  args: {},
  arguments: {},
  facts: {},
  evidence: '{}',
  extra: { evidence: '{}' },
  seen: '1970-01-01T00:00:00Z',
  maxStatusAge: Number.MAX_SAFE_INTEGER,
  audience: 'https://elsewhere.example',
  base: '1970-01-01T00:00:00Z',
  session: 0,
  verifier: 0,
  historical: false,
  detail: 'polluted',
  0: 'zero',
  length: 1,
  then: 'then',
  toJSON: 'text',
};

/** The polluted names, each as data; used one by one, and all at once. */
export const pollutions = Object.entries(DATA).map(([name, value]) => ({
  name: `Object.prototype.${name}`,
  put: () => put(Object.prototype, name, value),
}));
pollutions.push({
  name: 'every name on Object.prototype',
  put: () => all(Object.entries(DATA).map(([name, value]) => put(Object.prototype, name, value))),
});
pollutions.push({
  name: 'Object.prototype.commit and clock as functions',
  put: () => all([put(Object.prototype, 'commit', () => 'applied'), put(Object.prototype, 'clock', () => 0)]),
});
for (const name of ['allow', 'verdict', 'code', 'ok', 'decision', 'kind']) {
  pollutions.push({ name: `a setter for ${name} on Object.prototype`, put: () => accessor(Object.prototype, name) });
}

/** A constructor that makes nothing but this. */
function fake(made) {
  return function Fake() {
    return made;
  };
}

/** Functions of the language, replaced after the package was imported. */
export const replacements = [
  replaced('JSON.parse', JSON, 'parse', () => ({ ...ALLOWING, checks: [], chain: [], needs: [], session: 1 })),
  replaced('JSON.stringify', JSON, 'stringify', () => '"x"'),
  replaced('Object.keys', Object, 'keys', () => []),
  replaced('Object.hasOwn', Object, 'hasOwn', () => true),
  replaced('Object.freeze', Object, 'freeze', (value) => value),
  replaced('Reflect.ownKeys', Reflect, 'ownKeys', () => []),
  replaced('Array.isArray', Array, 'isArray', () => true),
  replaced('Array.prototype.includes', Array.prototype, 'includes', () => true),
  replaced('Array.prototype.some', Array.prototype, 'some', () => true),
  replaced('Array.prototype.every', Array.prototype, 'every', () => true),
  replaced('Array.prototype.push', Array.prototype, 'push', () => 0),
  replaced('Array.prototype.join', Array.prototype, 'join', () => ''),
  replaced('String.prototype.isWellFormed', String.prototype, 'isWellFormed', () => true),
  replaced('String.prototype.slice', String.prototype, 'slice', () => ''),
  replaced('RegExp.prototype.test', RegExp.prototype, 'test', () => true),
  replaced('Map.prototype.get', Map.prototype, 'get', () => undefined),
  replaced('Number.isSafeInteger', Number, 'isSafeInteger', () => true),
  replaced('Number.isFinite', Number, 'isFinite', () => true),
  replaced('Math.floor', Math, 'floor', () => 0),
  replaced('Date.now', Date, 'now', () => 0),
  replaced('Date.prototype.toISOString', Date.prototype, 'toISOString', () => '1970-01-01T00:00:00Z'),
  replaced('Intl.DateTimeFormat', Intl, 'DateTimeFormat', fake({ formatToParts: () => [] })),
  replaced('TextDecoder', globalThis, 'TextDecoder', fake({ decode: () => '' })),
  replaced(
    'TextEncoder',
    globalThis,
    'TextEncoder',
    fake({ encodeInto: () => ({ read: 0, written: 0 }), encode: () => new Uint8Array() }),
  ),
  replaced('structuredClone', globalThis, 'structuredClone', (value) => value),
  replaced('WebAssembly.Instance', WebAssembly, 'Instance', fake({ exports: {} })),
  replaced('WebAssembly.Module', WebAssembly, 'Module', fake({})),
  replaced('atob', globalThis, 'atob', () => ''),
  replaced('Function.prototype.call', Function.prototype, 'call', () => undefined),
  replaced('Array iterator', Array.prototype, Symbol.iterator, function* nothing() {}),
];

function replaced(name, target, key, value) {
  return {
    name,
    put: () => (getOwnPropertyDescriptor(target, key) === undefined ? undefined : put(target, key, value)),
  };
}

function put(target, key, value) {
  const before = getOwnPropertyDescriptor(target, key);
  const enumerable = before?.enumerable ?? true;
  const done = defineProperty(target, key, { value, writable: true, enumerable, configurable: true });
  return done ? () => undo(target, key, before) : undefined;
}

function accessor(target, key) {
  const before = getOwnPropertyDescriptor(target, key);
  const done = defineProperty(target, key, {
    get: () => ALLOWING[key],
    set: () => {},
    enumerable: false,
    configurable: true,
  });
  return done ? () => undo(target, key, before) : undefined;
}

function undo(target, key, before) {
  if (before === undefined) deleteProperty(target, key);
  else defineProperty(target, key, before);
}

function all(undos) {
  return undos.includes(undefined) ? undefined : () => undos.forEach((each) => each());
}
