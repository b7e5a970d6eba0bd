// The story that every cell runs: one verifier of the host corpus, its questions, and the same ones in a session.
// The corpus' offsets of zones are left out, so that each runtime's own Intl has to know them.
// INVARIANT: the story has an allow and a refusal, each with what the corpus expects of it.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A hop handed on, a tool call within its bounds and one beyond them, a constraint on the hours of a zone. */
const CASE = 'verify_delegated.json';

/** Reads one case, or of the host corpus' folder the one that fits. */
export function story(path) {
  const file = statSync(path).isDirectory() ? join(path, CASE) : path;
  const told = read(JSON.parse(readFileSync(file, 'utf8')));
  if (told === undefined) throw new Error(`${file}: not a case with an allow and a refusal`);
  return told;
}

function read({ at, options, steps, raw }) {
  const plain = steps.filter(({ call, outcome, at: when, ...step }) => {
    return call === 'verify' && !step.raw && outcome === undefined && (when === undefined || when === at);
  });
  const wanted = plain.map(({ expect }) => expect.allow);
  if (raw || !wanted.includes(true) || !wanted.includes(false)) return undefined;
  return {
    at: Date.parse(at),
    options: { ...options, policy: JSON.stringify(options.policy) },
    steps: plain.flatMap(({ args: [presentation, request], expect }) => {
      const { nonce, ...call } = request;
      const { commit, ...decided } = expect;
      return [
        { call: 'verify', presentation, request, expect: decided },
        { call: 'session', presentation, nonce, request: call, expect: decided },
      ];
    }),
  };
}
