// A thousand hostile texts, made from a presentation that would be allowed; the same thousand everywhere.
// INVARIANT: none of them is the presentation itself, nor the same JSON in another spelling.

const MANY = 1000;
const ALPHABET = 'ABCXYZabcxyz0123456789-_.:#/{}[]",';
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'allow',
  'verdict',
  'then',
  'toJSON',
  'hasOwnProperty',
];
const PLACES = ['[0]', '{}', 'null', 'true', '1e999', '-0', '"\\ud800"', '\u0000', '\u2028', '\uFEFF', '{"a":1,"a":2}'];

/** Whole texts that are wrong in a way of their own. */
const WHOLE = [
  '',
  ' ',
  'null',
  'true',
  '"text"',
  '0',
  '-',
  '[]',
  '{}',
  '{"__proto__":{"allow":true}}',
  '{"allow":true,"verdict":"valid","code":"ok"}',
  '\uFEFF{}',
  '{"a":',
  '['.repeat(100_000),
  '{"a":'.repeat(20_000),
  `[${'1,'.repeat(100_000)}1]`,
  `"${'x'.repeat(2_000_000)}"`,
  `{"type":"${'\\u0041'.repeat(50_000)}"}`,
  `1${'0'.repeat(100_000)}`,
  'eyJhbGciOiJub25lIn0.e30.',
  'eyJhbGciOiJub25lIn0..',
  '..',
  `${'.'.repeat(10_000)}`,
  `${'A'.repeat(500_000)}.${'A'.repeat(500_000)}.AAAA`,
  'eyJhbGciOiJIUzI1NiIsInR5cCI6InZwK2p3dCJ9.e30.AAAA',
  'https://example.com/presentation.json',
  '<script>alert(1)</script>',
];

/** The thousand, one at a time. */
export function* hostile(presentation) {
  yield* WHOLE;
  const random = generator(20_261_122);
  for (let count = WHOLE.length; count < MANY; count += 1) yield changed(presentation, random);
}

function changed(text, random) {
  const at = 1 + random(text.length - 2);
  switch (random(7)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + random(8));
    case 2:
      return text.slice(0, at) + PLACES[random(PLACES.length)] + text.slice(at);
    case 3:
      return `{"${NAMES[random(NAMES.length)]}":${text}}`;
    case 4:
      return text.replace('{', `{"${NAMES[random(NAMES.length)]}":${PLACES[1 + random(4)]},`);
    case 5:
      return text + text.slice(at);
    default:
      return text.slice(0, at) + other(text[at], random) + text.slice(at + 1);
  }
}

/** Another character than the one that stands there: mostly one that a text of papers has, sometimes any. */
function other(character, random) {
  const found = random(4) === 0 ? String.fromCharCode(random(0x10000)) : ALPHABET[random(ALPHABET.length)];
  return found === character ? '~' : found;
}

/** Numbers below a bound, from one seed: xorshift, so that a failure can be had again. */
function generator(seed) {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
