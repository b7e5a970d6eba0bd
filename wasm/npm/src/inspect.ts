// Looking at a text without judging it, and a decision for people.
//
// INVARIANT: an inspection is never verified and says so; nothing here decides, and nothing throws.

import { read } from './answer.js';
import type { Code } from './code.js';
import type { Decision } from './decision.js';
import { ask } from './engine.js';
import { MOST } from './options.js';
import { NotPlain, plainText } from './plain.js';
import { textOf } from './text.js';

/** What a text seems to be; `verified` is always false. */
export interface Inspection {
  readonly kind: 'Inspection';
  readonly verified: false;
  /** Why the text could not be read; absent when it could. */
  readonly code?: Code;
  readonly detail?: string;
  readonly [member: string]: unknown;
}

/** Decodes a presentation, paper, token, bundle or card, and verifies nothing. */
export function inspect(given: string | Uint8Array): Inspection {
  try {
    const text = textOf(given, MOST.bundle);
    if (text === undefined) return unread('request.malformed', 'give a text or its bytes');
    const found = read<'Inspection', Inspection>(ask((glue) => glue.inspect(text)), 'Inspection');
    return found.kind === 'Error' ? unread(found.code, found.detail) : { ...found, verified: false };
  } catch {
    return unread('host.failed', 'the text could not be looked at');
  }
}

/** Draws the chain of a decision: as text, as a Mermaid diagram, or as the JSON text of its hops. */
export function renderChain(decision: Decision, form: 'text' | 'mermaid' | 'json' = 'text'): string {
  try {
    const given = plainText(decision);
    const drawn = ask((glue) => glue.renderChain(given, String(form)));
    if (!drawn.startsWith('{')) return drawn;
    const found = read<'Chain', { readonly kind: 'Chain' }>(drawn, 'Chain');
    return found.kind === 'Error' ? `error[${found.code}]: ${found.detail}` : drawn;
  } catch (error) {
    return `error[request.malformed]: ${error instanceof NotPlain ? error.message : 'the decision cannot be read'}`;
  }
}

function unread(code: Code, detail: string): Inspection {
  return { kind: 'Inspection', verified: false, code, detail };
}
