// Texts of peers, as strings or as bytes, on their way into the module.
//
// INVARIANT: nothing is repaired. What is not Unicode reaches the module as a text that it refuses for that, what is
// too long as a text that is too long, and bytes are copied once before anything looks at them.

import { blanks, isBytes, isUnicode, lengthOf, utf8 } from './intrinsics.js';

/** A JSON text that escapes half a character: the module answers `parse.utf8`, as it does for bytes that are no UTF-8. */
const NOT_UNICODE = '{"\\ud800":0}';

/** Gives the text of a string or of UTF-8 bytes of at most `most` bytes; nothing for a value that is neither. */
export function textOf(given: unknown, most: number): string | undefined {
  if (typeof given === 'string') {
    if (given.length > most) return tooLong(most);
    return isUnicode(given) ? given : NOT_UNICODE;
  }
  if (!isBytes(given)) return undefined;
  try {
    return lengthOf(given) > most ? tooLong(most) : utf8(given);
  } catch {
    return NOT_UNICODE;
  }
}

/** A text that the module refuses for its length before it reads any of it. */
function tooLong(most: number): string {
  return blanks(most + 1);
}
