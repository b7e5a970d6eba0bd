// Whatever is handed to whatever method: a coded answer, never a throw, never an allow; and the verifier goes on.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { inspect, renderChain, Verifier, ChanceryError, type Decision, type VerifierOptions } from '@chancery/verifier';

import { ask } from '../dist/engine.js';
import { said, scene } from './world.js';
import { VALUES } from './values.js';

const CODE = /^[a-z_]+\.[a-z0-9_]+$/;

function refused(decision: Decision, message: string): void {
  assert.equal(Object.hasOwn(decision, 'allow'), true, message);
  assert.equal(decision.allow, false, `${message}: ${said(decision)}`);
  assert.match(decision.code, CODE, message);
  assert.deepEqual(decision.commit, [], message);
}

/** Every hostile value, as whatever a method wants there. */
function each(work: (value: never, name: string) => void): void {
  for (const [name, value] of Object.entries(VALUES)) work(value() as never, name);
}

const { verifier, presentation, request, options } = scene();

afterEach(() => {
  const found = verifier.verify(presentation, request);
  assert.equal(said(found), 'allow valid ok', 'the verifier goes on');
  assert.equal((Object.prototype as { allow?: unknown }).allow, undefined);
});

test('a hostile presentation is refused', () => {
  each((value, name) => {
    refused(verifier.verify(value, request), `verify ${name}`);
    const session = verifier.admit(value, { nonce: request.nonce });
    assert.equal(session.ok, false);
    refused(session.authorize(request), `admit ${name}`);
  });
  assert.equal(verifier.verify('{"\\ud800":0}', request).code, 'parse.utf8');
  for (const bent of ['a\ud800', new Uint8Array([0xff])]) assert.equal(verifier.verify(bent, request).code, 'parse.utf8');
  assert.equal(verifier.verify('x'.repeat(30_000_000), request).code, 'limit.size');
  assert.equal(verifier.verify(JSON.parse(presentation) as never, request).code, 'request.malformed');
});

test('a presentation in bytes is the presentation', () => {
  const bytes = new TextEncoder().encode(presentation);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  for (const given of [bytes, Buffer.from(bytes), shared]) {
    assert.equal(said(verifier.verify(given, request)), 'allow valid ok');
  }
});

test('a hostile request is refused, whole or in a member', () => {
  each((value, name) => {
    refused(verifier.verify(presentation, value), `request ${name}`);
    for (const member of ['nonce', 'tool', 'args'] as const) {
      refused(verifier.verify(presentation, { ...request, [member]: value } as never), `${member} ${name}`);
    }
    refused(verifier.verify(presentation, { ...request, more: value ?? null } as never), `an unknown member ${name}`);
    refused(verifier.verify(presentation, { nonce: request.nonce, action: value, resource: value } as never), `action ${name}`);
  });
});

test('a value deep inside of the arguments is refused where JSON does not have it', () => {
  const bad = ['NaN', 'infinity', 'bigint', 'symbol', 'first half of a character', 'array with holes', 'array with names', 'array of undefined', 'inherited members', 'cyclic', 'throwing getter', 'changing getter', 'hidden member', 'symbol member', 'throwing conversions', 'boxed text', 'date', 'map', 'promise', 'function', 'proxy', 'proxy that throws', 'revoked proxy', 'proxy of an array', 'buffer of Node', 'laughs', 'deep object'];
  for (const name of bad) {
    const args = { ...(request as { args: object }).args, note: [{ in: VALUES[name]?.() }] };
    const decision = verifier.verify(presentation, { ...request, args } as never);
    assert.equal(said(decision), 'deny invalid request.malformed', name);
  }
});

test('hostile options of an admission and hostile calls are refused', () => {
  const session = verifier.admit(presentation, { nonce: request.nonce });
  assert.equal(session.ok, true);
  const call = { tool: (request as { tool: string }).tool, args: (request as { args: object }).args };
  each((value, name) => {
    assert.equal(verifier.admit(presentation, value).ok, false, `options ${name}`);
    assert.equal(verifier.admit(presentation, { nonce: value }).ok, false, `nonce ${name}`);
    if (value !== undefined) assert.equal(verifier.admit(presentation, { nonce: request.nonce, audience: value }).ok, false, name);
    refused(session.authorize(value), `call ${name}`);
    refused(session.authorize({ ...call, args: value }), `args ${name}`);
  });
  assert.equal(said(session.authorize(call)), 'allow valid ok');
  session.end();
  session.end();
  assert.equal(said(session.authorize(call)), 'deny indeterminate host.unknown_handle');
});

test('hostile evidence is refused, or is none', () => {
  each((value, name) => {
    const decision = verifier.verify(presentation, request, value);
    if (decision.allow) assert.deepEqual(Reflect.ownKeys(Object(value) as object), [], `extra ${name}`);
    // Nothing, or an empty document in bytes, is no evidence and no fault.
    if (!['undefined', 'empty text', 'empty bytes', 'detached bytes', 'bytes that lie'].includes(name)) {
      refused(verifier.verify(presentation, request, { evidence: value }), `evidence ${name}`);
    }
    refused(verifier.verify(presentation, request, { evidnce: value } as never), `a misspelt member ${name}`);
  });
});

test('a hostile HTTP request is refused', () => {
  const authorization = `Chancery ${Buffer.from(presentation).toString('base64url')}`;
  const http = { method: 'POST', url: `${verifier.audience}/`, headers: [['authorization', authorization]] as [string, string][] };
  each((value, name) => {
    refused(verifier.verifyRequest(value, request), `request ${name}`);
    refused(verifier.verifyRequest(http, value), `call ${name}`);
    for (const member of ['method', 'url', 'headers'] as const) {
      refused(verifier.verifyRequest({ ...http, [member]: value }, request), `${member} ${name}`);
    }
    refused(verifier.verifyRequest({ ...http, headers: [['authorization', value]] }, request), `header ${name}`);
    refused(verifier.verifyRequest({ ...http, headers: { authorization: value } }, request), `named header ${name}`);
  });
});

test('a hostile card, DID, bundle, text or decision gets a coded answer', () => {
  each((value, name) => {
    const report = verifier.verifyCard(value);
    assert.equal(report.verified, false, `card ${name}`);
    assert.match(report.code, CODE);
    assert.equal(verifier.resolve(value), undefined, `DID ${name}`);
    const taken = verifier.refresh(value);
    assert.equal(taken.ok, false, `bundle ${name}`);
    assert.match(taken.code, CODE);
    assert.equal(inspect(value).verified, false, `inspect ${name}`);
    assert.equal(typeof renderChain(value), 'string', `render ${name}`);
    assert.equal(typeof renderChain(verifier.verify(presentation, request), value), 'string', `form ${name}`);
  });
});

test('hostile options make no verifier', () => {
  each((value, name) => {
    const attempts: [string, unknown][] = [['options', value]];
    for (const member of ['bundle', 'signer', 'policy', 'audience', 'clock', 'commit', 'seen', 'maxStatusAge', 'more'] as const) {
      const optional = ['clock', 'commit', 'seen', 'maxStatusAge'].includes(member);
      if (optional && (value === undefined || typeof value === 'function' || value === 0)) continue;
      attempts.push([member, { ...options, [member]: value }]);
    }
    attempts.push(['did', { ...options, signer: { ...options.signer, did: value } }]);
    attempts.push(['thumbprint', { ...options, signer: { ...options.signer, thumbprint: value } }]);
    for (const [member, given] of attempts) {
      assert.throws(
        () => new Verifier(given as VerifierOptions),
        (error) => error instanceof ChanceryError && CODE.test(error.code) && error.toProblem().code === error.code,
        `${member} ${name}`,
      );
    }
  });
});

test('names of prototypes are data and nothing else', () => {
  const args = JSON.parse('{"__proto__":{"allow":true},"constructor":1,"toString":2,"then":3,"valueOf":4}') as object;
  const decision = verifier.verify(presentation, { ...request, args } as never);
  refused(decision, 'names of prototypes');
  for (const did of ['__proto__', 'constructor', 'toString', 'did:web:__proto__']) assert.equal(verifier.resolve(did), undefined);
  assert.equal(inspect('{"__proto__":{"verified":true},"verified":true}').verified, false);
  assert.equal(({} as { verified?: unknown }).verified, undefined);
});

test('a polluted prototype decides nothing', () => {
  const pollution = { allow: true, ok: true, verdict: 'valid', code: 'ok', kind: 'Decision', verified: true, nonce: request.nonce, evidence: '{}', seen: '2000-01-01T00:00:00Z', commit: () => 'applied', clock: () => 0, toJSON: () => ({ allow: true }), audience: 'https://evil.example' };
  Object.defineProperties(
    Object.prototype,
    Object.fromEntries(Object.entries(pollution).map(([name, value]) => [name, { value, configurable: true, enumerable: false, writable: true }])),
  );
  try {
    const { nonce: _, ...anonymous } = request;
    const answers = [
      verifier.verify('{}', request),
      verifier.verify(presentation, anonymous as never),
      verifier.verify(presentation, { ...request, nonce: 'another' }),
      verifier.verify(7 as never, request),
      verifier.admit('{}', { nonce: 'n' }).authorize(request),
    ];
    for (const decision of answers) {
      assert.equal(Object.hasOwn(decision, 'allow') && decision.allow, false);
      assert.notEqual(decision.code, 'ok');
    }
    assert.equal(verifier.verifyCard('{}').verified, false);
    const { commit: __, ...without } = options;
    assert.equal(new Verifier(without).verify(presentation, request).code, 'commit.unavailable');
    assert.equal(said(verifier.verify(presentation, request)), 'allow valid ok');
  } finally {
    for (const name of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, name);
  }
});

test('an instance that fails is replaced, and its sessions are over', () => {
  const call = { tool: (request as { tool: string }).tool, args: (request as { args: object }).args };
  const session = verifier.admit(presentation, { nonce: request.nonce });
  assert.equal(said(session.authorize(call)), 'allow valid ok');
  const broken = ask(() => {
    throw new WebAssembly.RuntimeError('unreachable');
  });
  assert.match(broken, /"code":"host.failed"/);
  // Another session gets the same number in the new instance: it is not this one.
  const other = verifier.admit(presentation, { nonce: request.nonce });
  assert.equal(other.ok, true);
  assert.equal(said(session.authorize(call)), 'deny indeterminate host.unknown_handle');
  session.end();
  assert.equal(said(other.authorize(call)), 'allow valid ok');
  other.end();
});

test('at the end of the stack a question is denied or thrown back before it began', () => {
  const answers: Decision[] = [];
  const dive = (): void => {
    try {
      dive();
    } catch {
      // The bottom; on the way up there is a little more room each time.
    }
    if (answers.length >= 300) return;
    try {
      answers.push(verifier.verify(presentation, { ...request, nonce: 'another' }));
    } catch (error) {
      assert.ok(error instanceof RangeError);
    }
  };
  dive();
  for (const decision of answers) refused(decision, 'at the end of the stack');
  assert.ok(answers.length > 0);
});
