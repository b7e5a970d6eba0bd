// LangChain agents: the hook `wrapToolCall` of a middleware.
//
// INVARIANT: the tool that runs has its arguments judged once more when they are not those that were judged here, so a
// middleware that comes later cannot turn an allowed call into another one.

import { ToolMessage } from '@langchain/core/messages';

import { judge, type Rules, type Sessions, type Verdict, words } from './gate.js';

/** What of the SDK's `ToolCallRequest` is read. */
export interface ToolCallRequest {
  readonly toolCall: { readonly id?: string; readonly name: string; readonly args: unknown };
  readonly tool: unknown;
  readonly runtime: { readonly context?: unknown; readonly configurable?: unknown };
}

interface Invokable {
  invoke(input: { readonly args: unknown }, config: unknown): unknown;
}

type Judge = (args: unknown) => Promise<Verdict>;

/** Makes the hook: `createMiddleware({ name: 'Chancery', wrapToolCall: guard(session) })`. */
export function guard(
  sessions: Sessions<ToolCallRequest>,
  rules?: Rules,
): <Request extends ToolCallRequest, Answer>(
  request: Request,
  next: (request: Request) => Answer | Promise<Answer>,
) => Promise<Answer> {
  // What people were asked about, so that their answer serves for that and for nothing else.
  const asked = new Map<string, string>();
  return async (request, next) => {
    const { name, args, id = '' } = request.toolCall;
    const decide: Judge = async (given) => {
      const verdict = await judge(sessions, request, name, given, rules);
      if (verdict.go || !verdict.ask || !agreed(request, verdict.text, asked)) return verdict;
      return judge(sessions, request, name, verdict.text);
    };
    const refused = (verdict: Verdict): never => {
      const content = words(verdict.decision);
      return new ToolMessage({ content, tool_call_id: id, name, status: 'error' }) as never;
    };
    const verdict = await decide(args);
    if (!verdict.go) return refused(verdict);
    const toolCall = { ...request.toolCall, args: verdict.args };
    return next({ ...request, toolCall, tool: sealed(request.tool, verdict.args, decide, refused) });
  };
}

/** The tool, but for its `invoke`, which takes other arguments than `allowed` only when they are allowed too. */
function sealed(tool: unknown, allowed: unknown, decide: Judge, refused: (verdict: Verdict) => unknown): unknown {
  if (typeof tool !== 'object' || tool === null || !('invoke' in tool)) return tool;
  const text = JSON.stringify(allowed);
  const invoke = async (input: { readonly args: unknown }, config: unknown): Promise<unknown> => {
    if (JSON.stringify(input.args) === text) return (tool as Invokable).invoke(input, config);
    const verdict = await decide(input.args);
    return verdict.go ? (tool as Invokable).invoke({ ...input, args: verdict.args }, config) : refused(verdict);
  };
  return Object.create(tool, { invoke: { value: invoke } });
}

/** Interrupts the graph to ask a person, in the shape of LangChain's own human-in-the-loop middleware. */
function agreed(request: ToolCallRequest, text: string, asked: Map<string, string>): boolean {
  const { name, id = '' } = request.toolCall;
  // A model may give one id to two calls.
  const call = JSON.stringify([name, id]);
  const { interrupt } = request.runtime as { interrupt?: (question: unknown) => unknown };
  if (typeof interrupt !== 'function') return false;
  const shown = asked.get(call);
  if (shown !== undefined && shown !== text) return false;
  asked.set(call, text);
  const answer = interrupt({
    actionRequests: [{ name, args: JSON.parse(text), description: `${name} wants an approval` }],
    reviewConfigs: [{ actionName: name, allowedDecisions: ['approve', 'reject'] }],
  }) as { readonly decisions?: readonly { readonly type?: unknown }[] } | null;
  asked.delete(call);
  return answer?.decisions?.length === 1 && answer.decisions[0]?.type === 'approve';
}
