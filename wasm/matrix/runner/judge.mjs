// What a cell's answers must be: the story's own expectation, coded refusals of garbage, and the same everywhere.
// INVARIANT: the comparison is over the whole decision, not over its code alone.

import { isDeepStrictEqual } from 'node:util';

const CODE = /^[a-z][a-z0-9]*\.[a-z][a-z0-9_]*$/;

/** Throws with the first difference; `reference` is the first cell's answers, or undefined. */
export function judge(answer, story, reference) {
  const { steps, garbage, refused, version } = answer;
  if (steps.length !== story.steps.length) throw new Error(`${steps.length} answers to ${story.steps.length} steps`);
  story.steps.forEach(({ expect }, index) => {
    for (const [name, wanted] of Object.entries(expect)) {
      const got = steps[index][name];
      if (got !== wanted) throw new Error(`step ${index + 1}: ${name} is ${got}, not ${wanted}`);
    }
  });
  if (!steps.some(({ allow }) => allow === true)) throw new Error('no step was allowed');
  if (!steps.some(({ allow }) => allow === false)) throw new Error('no step was refused');
  for (const { allow, verdict, code } of garbage) {
    const coded = allow === false && verdict !== 'valid' && CODE.test(code);
    if (!coded) throw new Error(`garbage was answered ${allow} ${verdict} ${code}`);
  }
  for (const code of refused) if (!CODE.test(code)) throw new Error(`a bad configuration gave ${code}`);
  if (reference === undefined) return;
  for (const [name, value] of Object.entries({ steps, garbage, refused, version })) {
    if (!isDeepStrictEqual(value, reference[name])) throw new Error(`${name} differ from the first cell's`);
  }
}
