// OpenAI Agents: guards a function tool.
//
// INVARIANT: the tool's own `invoke` gets the very text that was judged, and none of what the runner prepared from
// another one; a refusal is the tool's output, so that the model reads why.

import { judge, type Rules, type Sessions, words } from './gate.js';

/** What of the SDK's `RunContext` is read. */
interface Run {
  isToolApproved(asked: { toolName: string; callId: string }): boolean | undefined;
}

interface Details {
  readonly toolCall?: { readonly callId?: string };
  readonly signal?: AbortSignal;
}

interface FunctionTool {
  readonly name: string;
  readonly invoke: (run: never, input: string, details?: never) => Promise<unknown>;
  readonly needsApproval: (run: never, input: never, callId?: string) => Promise<boolean>;
}

/** Guards one tool: `new Agent({ tools: [guard(session, refund)] })`. */
export function guard<Tool extends object>(sessions: Sessions<object>, tool: Tool, rules: Rules = {}): Tool {
  const inner = tool as Tool & FunctionTool;
  // What people were asked about, by the id of the call.
  const asked = new Map<string, string>();
  const needsApproval = async (run: object, input: unknown, callId = ''): Promise<boolean> => {
    if (await inner.needsApproval(run as never, input as never, callId)) return true;
    if (rules.approve === undefined) return false;
    const verdict = await judge(sessions, run, inner.name, input, rules);
    if (verdict.go || !verdict.ask) return false;
    asked.set(callId, verdict.text);
    return true;
  };
  const invoke = async (run: Run, input: string, details: Details = {}): Promise<unknown> => {
    const callId = details.toolCall?.callId ?? '';
    let verdict = await judge(sessions, run, inner.name, input, rules);
    if (!verdict.go && verdict.ask && run.isToolApproved({ toolName: inner.name, callId }) === true) {
      const shown = asked.get(callId);
      asked.delete(callId);
      if (shown === undefined || same(shown, input)) verdict = await judge(sessions, run, inner.name, input);
    }
    if (!verdict.go) return words(verdict.decision);
    const { toolCall, signal } = details;
    return inner.invoke(run as never, verdict.text, { toolCall, ...(signal === undefined ? {} : { signal }) } as never);
  };
  return { ...tool, needsApproval, invoke };
}

/** Whether two JSON texts say the same, whatever the order of their members. */
function same(one: string, other: string): boolean {
  return ordered(JSON.parse(one)) === ordered(JSON.parse(other));
}

function ordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(ordered).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${ordered(member)}`).join()}}`;
}
