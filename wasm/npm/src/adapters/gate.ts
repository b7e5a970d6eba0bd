// What every adapter does with one tool call: find the session, let it decide, ask the host's own rule, and hand on
// a copy of exactly what was judged.
//
// Profile, "Chain and presentation". INVARIANT: a tool runs only on arguments parsed from the very text that the
// decision is about; whatever a host's callback does, throws or changes, the outcome is a verdict with a code.

import type { Decision, ToolCall } from '../decision.js';
import { refusal } from '../decision.js';
import { plainText } from '../plain.js';
import type { Session } from '../verifier.js';

/** `true`: a human has agreed. `false`: nobody has. `'ask'`: the framework's own way asks, where it has one. */
export type Approval = boolean | 'ask';

/** The host's own rules, asked after an allow and before the tool runs. */
export interface Rules {
  /** Whether an allowed call goes on; anything but `true` denies with `approval.missing`. `call` is a copy. */
  readonly approve?: (call: ToolCall, decision: Decision) => Approval | Promise<Approval>;
}

/** What decides about a call: an admitted session, or one that was refused. */
export type Authorizer = Pick<Session, 'authorize'>;

/** A session, or a function that finds the one for the framework's context of a call. */
export type Sessions<Context> =
  | Authorizer
  | ((context: Context) => Authorizer | undefined | Promise<Authorizer | undefined>);

/** What became of one call: go on with `args`, or do not. */
export type Verdict =
  | { readonly go: true; readonly args: unknown; readonly text: string; readonly decision: Decision }
  | { readonly go: false; readonly ask: boolean; readonly text: string; readonly decision: Decision };

/** Says a denial in one line, for a model or a caller. */
export function words(decision: Decision): string {
  return `denied: ${decision.code}: ${decision.reason}`;
}

/** Judges one call. `args` is a plain value, or its JSON text where the framework has only that. */
export async function judge<Context>(
  sessions: Sessions<Context>,
  context: Context,
  tool: string,
  args: unknown,
  rules: Rules = {},
): Promise<Verdict> {
  let text: string;
  try {
    text = typeof args === 'string' ? args : plainText(args ?? {});
  } catch {
    return stop(refusal('request.malformed', 'invalid', 'the arguments are not plain data'), '');
  }
  let decision: Decision;
  try {
    const session = typeof sessions === 'function' ? await sessions(context) : sessions;
    decision = session?.authorize({ tool, args: text }) ?? missing();
  } catch {
    decision = refusal('host.callback', 'indeterminate', 'what finds the session failed, or gave something else');
  }
  if (decision.allow !== true) return stop(decision, text);
  const approval = await approved(rules, tool, text, decision);
  if (approval === true) return { go: true, args: JSON.parse(text), text, decision };
  return { go: false, ask: approval === 'ask', text, decision: unapproved(decision) };
}

/** The denial of a call that comes without a presentation. */
export function missing(): Decision {
  return refusal('binding.presentation_missing', 'invalid', 'there is no presentation for this call');
}

/** An allowed decision turned into the denial of a call that nobody approved. */
export function unapproved(decision: Decision): Decision {
  const reason = 'an approval is wanted and there is none';
  return { ...decision, allow: false, code: 'approval.missing', reason };
}

/** An own member of what the host gave: what somebody put onto a prototype is no store or secret of the host's. */
export function own<Given extends object, Name extends keyof Given>(given: Given, name: Name): Given[Name] | undefined {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

function stop(decision: Decision, text: string): Verdict {
  return { go: false, ask: false, text, decision };
}

async function approved(rules: Rules, tool: string, text: string, decision: Decision): Promise<Approval> {
  if (rules.approve === undefined) return true;
  try {
    const answer = await rules.approve({ tool, args: JSON.parse(text) }, decision);
    return answer === true || answer === 'ask' ? answer : false;
  } catch {
    return false;
  }
}
