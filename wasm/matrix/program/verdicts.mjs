// The little program that every runtime runs: one Verifier, every step of one story, and garbage.
// It knows nothing about where it runs; what it gives back is plain data, the same everywhere.

const GARBAGE = ['', 'not a presentation', '{"allow":true,"verdict":"valid","code":"ok"}', '\u0000\uD800', '[[[[[[[['];

/** Builds the verifier of a story and answers its steps; every answer is plain JSON data. */
export function verdicts(chancery, story) {
  const verifier = new chancery.Verifier(options(story));
  const steps = story.steps.map((step) => answer(verifier, step));
  const request = story.steps[0].request;
  const garbage = GARBAGE.map((text) => verifier.verify(text, request));
  garbage.push(verifier.verify(new Uint8Array([0xff, 0xfe, 0x00]), request));
  return plain({ version: chancery.version, steps, garbage, refused: refused(chancery, story) });
}

/** The options of a story's verifier; time stands still at the story's moment. */
export function options(story) {
  return { ...story.options, clock: () => story.at, commit: () => 'applied' };
}

/** One step's answer: a decision. */
export function answer(verifier, step) {
  if (step.call === 'verify') return verifier.verify(step.presentation, step.request);
  const admission = verifier.admit(step.presentation, { nonce: step.nonce });
  if (!admission.ok) return admission.decision;
  const decision = admission.authorize(step.request);
  admission.end();
  return decision;
}

/** What a configuration that cannot be a verifier is refused with: a code, never a verifier. */
function refused(chancery, story) {
  const bad = [
    { ...options(story), bundle: 'a.b.c' },
    { ...options(story), policy: '[]' },
  ];
  return bad.map((configuration) => {
    try {
      new chancery.Verifier(configuration);
      return 'no error';
    } catch (error) {
      return error instanceof chancery.ChanceryError ? error.code : `not a ChanceryError: ${error}`;
    }
  });
}

function plain(value) {
  return JSON.parse(JSON.stringify(value));
}
