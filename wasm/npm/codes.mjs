// Writes `src/code.ts`, the union of every code, from the verifier's one table; with `--check` it compares.

import { readFileSync, writeFileSync } from 'node:fs';

const table = readFileSync(new URL('../../crates/verifier/src/rejection/table.rs', import.meta.url), 'utf8');
const rows = [...table.matchAll(/^ {4}(?:valid|invalid|undecided|elsewhere)\((?:Verdict::\w+, )?"([a-z0-9_.]+)"/gm)];
const codes = [...new Set(rows.map(([, code]) => code))].sort();
if (codes.length < 200 || !codes.includes('ok')) throw new Error(`the table was not understood: ${codes.length} codes`);

const text = `// Written by \`npm run codes\` from crates/verifier/src/rejection/table.rs: one code, one meaning, at every door.

/** Every code that an answer can carry, \`class.reason\`. */
export type Code =
${codes.map((code) => `  | '${code}'`).join('\n')};
`;
const file = new URL('src/code.ts', import.meta.url);
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) throw new Error('src/code.ts is not as the table says: npm run codes');
} else {
  writeFileSync(file, text);
}
console.log(`${codes.length} codes`);
