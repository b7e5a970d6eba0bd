// The package under attack: hostile texts, hostile values of the host, hostile callbacks, a hostile realm.
// What it gives back counts what was tried and names what did not hold; where it runs does not matter.
//
// INVARIANT: every question is answered by a decision with a code; nothing is thrown, nothing becomes an allow,
// and afterwards the same verifier still gives the right answers.

import { clocks, ledgers } from './callbacks.mjs';
import { pollutions, replacements } from './globals.mjs';
import { hostile } from './hostile.mjs';
import { args, presentations, requests } from './values.mjs';

const CODE = /^[a-z][a-z0-9]*\.[a-z][a-z0-9_]*$/;
const GARBAGE = '{"allow":true,"verdict":"valid","code":"ok"}';
const { parse, stringify } = JSON;

/** Runs every attack on the story's verifier. */
export function attack({ Verifier, ChanceryError }, story) {
  const asked = (allow) => story.steps.find(({ call, expect }) => call === 'verify' && expect.allow === allow);
  const held = { allow: asked(true), deny: asked(false), tried: {}, broken: [] };
  held.make = (more) => new Verifier({ ...story.options, clock: () => story.at, commit: () => 'applied', ...more });
  held.verifier = held.make({});
  held.ask = (presentation, request, verifier = held.verifier) => verifier.verify(presentation, request);
  const before = truth(held);
  texts(held);
  given(held);
  called(held, story);
  polluted(held, story);
  replacedFunctions(held);
  if (truth(held) !== before) held.broken.push('the answers after it all are others than before');
  configured(held, { Verifier, ChanceryError }, story);
  return stringify({ tried: held.tried, broken: held.broken.slice(0, 40), failures: held.broken.length });
}

/** What the verifier says when nothing is wrong: an allow and a refusal of the story, and garbage. */
export function truth({ verifier, allow, deny }) {
  const decisions = [allow, deny].map(({ presentation, request }) => verifier.verify(presentation, request));
  decisions.push(verifier.verify(GARBAGE, allow.request));
  return stringify(decisions);
}

/** Notes the answer of one attack: it must be a denial with a code, and not one that calls the papers valid. */
function denied(held, kind, name, question) {
  held.tried[kind] = (held.tried[kind] ?? 0) + 1;
  let decision;
  try {
    decision = question();
  } catch (error) {
    held.broken.push(`${kind}, ${name}: threw ${said(error)}`);
    return;
  }
  const { allow, verdict, code } = decision ?? {};
  if (allow !== false || verdict === 'valid' || !CODE.test(code))
    held.broken.push(`${kind}, ${name}: ${allow} ${verdict} ${code}`);
}

function texts(held) {
  let count = 0;
  for (const text of hostile(held.allow.presentation)) {
    denied(held, 'texts', `number ${(count += 1)} (${stringify(text.slice(0, 40))})`, () =>
      held.ask(text, held.allow.request),
    );
  }
}

function given(held) {
  const { presentation, request } = held.allow;
  const member = request.tool === undefined ? 'arguments' : 'args';
  for (const [name, value] of Object.entries(args(request[member] ?? {}))) {
    denied(held, 'arguments', name, () => held.ask(presentation, { ...request, [member]: value }));
  }
  for (const [name, value] of Object.entries(requests(request)))
    denied(held, 'requests', name, () => held.ask(presentation, value));
  for (const [name, value] of Object.entries(presentations(presentation))) {
    denied(held, 'presentations', name, () => held.ask(value, request));
    denied(held, 'admissions', name, () => held.verifier.admit(value, { nonce: request.nonce }).decision);
  }
}

function called(held, story) {
  const { presentation, request } = held.allow;
  for (const [name, clock] of Object.entries(clocks)) {
    let now = () => story.at;
    const verifier = held.make({ clock: () => now() });
    now = clock;
    denied(held, 'clocks', name, () => held.ask(presentation, request, verifier));
  }
  for (const [name, commit] of Object.entries(ledgers)) {
    const verifier = held.make({ commit });
    held.tried.ledgers = (held.tried.ledgers ?? 0) + 1;
    try {
      const { allow, code } = held.ask(presentation, request, verifier);
      if (allow !== false || !CODE.test(code)) held.broken.push(`ledgers, ${name}: ${allow} ${code}`);
    } catch (error) {
      held.broken.push(`ledgers, ${name}: threw ${said(error)}`);
    }
  }
  again(held, presentation, request);
}

/** A ledger that asks its own verifier: the inner question must not be allowed by what the outer one commits. */
function again(held, presentation, request) {
  let inner;
  const verifier = held.make({
    commit: () => {
      inner = verifier.verify(presentation, request);
      return 'seen';
    },
  });
  denied(held, 'reentry', 'of the ledger', () => {
    verifier.verify(presentation, request);
    return inner;
  });
}

/** Data on `Object.prototype` changes nothing at all. */
function polluted(held, story) {
  const before = truth(held);
  const silent = () => new held.verifier.constructor({ ...story.options, clock: () => story.at });
  const unable = silent();
  for (const { name, put } of pollutions) {
    let after;
    let uncommitted = [];
    const undo = put();
    if (undo === undefined) continue;
    held.tried.pollutions = (held.tried.pollutions ?? 0) + 1;
    try {
      after = truth(held);
      // Neither a verifier that was made before nor one that is made now has a ledger.
      uncommitted = [unable, silent()].map((one) => one.verify(held.allow.presentation, held.allow.request).allow);
    } catch (error) {
      after = `threw ${said(error)}`;
    }
    undo();
    if (after !== before)
      held.broken.push(`pollutions, ${name}: ${after.startsWith('threw') ? after : 'another answer'}`);
    if (uncommitted.includes(true)) held.broken.push(`pollutions, ${name}: allowed without a ledger`);
  }
}

/** A replaced function may cost the allow; it never throws and never makes one. */
function replacedFunctions(held) {
  const { presentation, request } = held.allow;
  const elsewhere = { nonce: request.nonce, action: 'elsewhere:act', resource: 'https://elsewhere.example/' };
  for (const { name, put } of replacements) {
    let garbage;
    let other;
    let good;
    let thrown;
    const undo = put();
    if (undo === undefined) continue;
    try {
      garbage = held.verifier.verify(GARBAGE, request);
      other = held.verifier.verify(presentation, elsewhere);
      good = held.verifier.verify(presentation, request);
    } catch (error) {
      thrown = error ?? 'nothing';
    }
    undo();
    held.tried.replacements = (held.tried.replacements ?? 0) + 1;
    if (thrown !== undefined) held.broken.push(`replacements, ${name}: threw ${said(thrown)}`);
    else if (garbage.allow !== false || other.allow !== false)
      held.broken.push(`replacements, ${name}: ALLOWED ${garbage.allow} ${other.allow}`);
    else if (typeof good.allow !== 'boolean') held.broken.push(`replacements, ${name}: no decision`);
  }
}

/** A configuration that cannot be a verifier throws a ChanceryError with a code, and nothing else. */
function configured(held, { Verifier, ChanceryError }, story) {
  const good = { ...story.options, clock: () => story.at };
  const bad = {
    nothing: undefined,
    null: null,
    text: stringify(story.options),
    empty: {},
    inherited: Object.create(good),
    'policy as an object': { ...good, policy: typeof good.policy === 'string' ? parse(good.policy) : good.policy },
    'another signer': { ...good, signer: { ...good.signer, did: 'did:web:elsewhere.example' } },
    'another thumbprint': { ...good, signer: { ...good.signer, thumbprint: 'A'.repeat(43) } },
    'signer as a text': { ...good, signer: good.signer.did },
    'no audience': { ...good, audience: '' },
    'audience that is no URL': { ...good, audience: 'elsewhere' },
    'bundle cut off': { ...good, bundle: good.bundle.slice(0, -2) },
    'bundle of nothing': { ...good, bundle: '' },
    'bundle as a number': { ...good, bundle: 7 },
    'long after': { ...good, clock: () => story.at + 1e11 },
    'unknown member': { ...good, insecure: true },
    'ledger as a text': { ...good, commit: 'applied' },
    'age below nothing': { ...good, maxStatusAge: -1 },
    proxy: new Proxy(good, {
      ownKeys: () => {
        throw new Error('asked');
      },
    }),
  };
  for (const [name, options] of Object.entries(bad)) {
    held.tried.configurations = (held.tried.configurations ?? 0) + 1;
    try {
      new Verifier(options);
      held.broken.push(`configurations, ${name}: made a verifier`);
    } catch (error) {
      const coded = error instanceof ChanceryError && CODE.test(error.code);
      if (!coded) held.broken.push(`configurations, ${name}: threw ${said(error)}`);
    }
  }
}

function said(error) {
  try {
    return String(error?.stack ?? error)
      .split('\n')
      .slice(0, 3)
      .join(' | ');
  } catch {
    return 'something that does not say what it is';
  }
}
