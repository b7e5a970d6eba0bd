// Vercel AI SDK: guards a set of tools, for `generateText`, `streamText` and agents.
//
// INVARIANT: a tool's `execute` runs only on a copy of arguments that were judged. An approval serves for the call that
// it was asked for, and a client cannot make one up, for the SDK signs approvals with the secret that is given here.

import { plainText } from '../plain.js';
import { random } from './challenges.js';
import { judge, own, type Rules, type Sessions, type Verdict, words } from './gate.js';

/** What of the SDK's options of an execution is read. */
interface Execution {
  readonly toolCallId: string;
}

type Execute = (input: unknown, options: Execution) => unknown;

/** What the SDK takes as `toolApproval`. */
export type ToolApproval = (asked: {
  readonly toolCall: { readonly toolCallId: string; readonly toolName: string; readonly input: unknown };
}) => Promise<undefined | { type: 'denied' | 'user-approval'; reason: string }>;

/** What is spread into the settings of a call: `generateText({ model, prompt, ...guard(session, tools) })`. */
export interface Guarded<Tools> {
  tools: Tools;
  toolApproval: ToolApproval;
  experimental_toolApprovalSecret: string;
}

/** Rules, and the secret that approvals are signed with where several processes serve one conversation. */
export interface AiRules extends Rules {
  readonly approvalSecret?: string;
}

let ownSecret: string | undefined;

/** Guards every tool of the set that is executed here; make it anew for every request. */
export function guard<Tools extends Readonly<Record<string, object>>>(
  sessions: Sessions<void>,
  tools: Tools,
  rules: AiRules = {},
): Guarded<Tools> {
  // What was allowed, and what people were asked about, by the tool and the id of the call: a model may give one id to
  // two calls.
  const allowed = new Map<string, Verdict>();
  const asked = new Map<string, string>();
  const toolApproval: ToolApproval = async ({ toolCall: { toolCallId, toolName, input } }) => {
    if (!Object.hasOwn(tools, toolName) || !('execute' in (tools[toolName] as object))) return undefined;
    const verdict = await judge(sessions, undefined, toolName, plain(input), rules);
    if (verdict.go) {
      allowed.set(callOf(toolName, toolCallId), verdict);
      return undefined;
    }
    if (verdict.ask) asked.set(callOf(toolName, toolCallId), verdict.text);
    return { type: verdict.ask ? 'user-approval' : 'denied', reason: words(verdict.decision) };
  };
  const execution = (name: string, execute: Execute): Execute => {
    return async (input, options) => {
      const call = callOf(name, options.toolCallId);
      const before = allowed.get(call);
      allowed.delete(call);
      const text = plain(input);
      let verdict = before?.text === text ? before : undefined;
      verdict ??= await judge(sessions, undefined, name, text, rules);
      if (!verdict.go && verdict.ask && asked.get(call) === verdict.text) {
        asked.delete(call);
        verdict = await judge(sessions, undefined, name, text);
      }
      if (!verdict.go) throw new Error(words(verdict.decision));
      return last(execute(verdict.args, options));
    };
  };
  const guarded = Object.entries(tools).map(([name, tool]) => {
    const { execute } = tool as { execute?: Execute };
    return [name, execute === undefined ? tool : { ...tool, execute: execution(name, execute) }];
  });
  const experimental_toolApprovalSecret = own(rules, 'approvalSecret') ?? (ownSecret ??= random(32));
  return { tools: Object.fromEntries(guarded) as Tools, toolApproval, experimental_toolApprovalSecret };
}

function callOf(tool: string, id: string): string {
  return JSON.stringify([tool, id]);
}

/** The text of plain data; of anything else a value that {@link judge} refuses. */
function plain(input: unknown): unknown {
  try {
    return plainText(input ?? {});
  } catch {
    return input;
  }
}

/** What a tool gives; of one that gives parts, the last, for a guarded tool answers once. */
async function last(result: unknown): Promise<unknown> {
  const given = await result;
  if (typeof given !== 'object' || given === null || !(Symbol.asyncIterator in given)) return given;
  let final: unknown;
  for await (const part of given as AsyncIterable<unknown>) final = part;
  return final;
}
