// The one JSON line of a cell: the answers, and how long importing and the first verdict took.

import { verdicts } from './verdicts.mjs';

/** Runs the program with the package; `started` is when importing began. */
export function line(chancery, story, started) {
  const imported = performance.now();
  verdicts(chancery, { ...story, steps: story.steps.slice(0, 1) });
  const first = performance.now();
  return JSON.stringify({
    ...verdicts(chancery, story),
    importing: imported - started,
    first: first - started,
  });
}
