// Several instances at once: threads, a second copy of the package, and many verifiers of this realm asked crosswise.
// INVARIANT: every one of them gives the answers that one alone gives.

import story from './story.mjs';
import { answer, options, verdicts } from './verdicts.mjs';

const THREADS = 3;
const VERIFIERS = 30;

/** Starts the threads with `start`, answers meanwhile, and gives the line; `copies` are more copies of the package. */
export async function crowd(chancery, copies, start) {
  const threads = Promise.all(Array.from({ length: THREADS }, () => message(start())));
  const alone = verdicts(chancery, story);
  const others = copies.map((copy) => verdicts(copy, story).steps);
  const verifiers = Array.from({ length: VERIFIERS }, () => new chancery.Verifier(options(story)));
  for (const verifier of verifiers.reverse()) others.push(story.steps.map((step) => answer(verifier, step)));
  for (const text of await threads) others.push(JSON.parse(text).steps);
  const wanted = JSON.stringify(alone.steps);
  const same = others.filter((steps) => JSON.stringify(steps) === wanted).length;
  return JSON.stringify({ ...alone, same, asked: others.length });
}

/** The first message of a thread, of the web's kind or of Node's. */
function message(thread) {
  return new Promise((resolve, reject) => {
    const take = (text) => {
      thread.terminate();
      resolve(text);
    };
    if (typeof thread.on === 'function') {
      thread.on('message', take).on('error', reject);
    } else {
      thread.onmessage = ({ data }) => take(data);
      thread.onerror = ({ message: said }) => reject(new Error(said));
    }
  });
}
