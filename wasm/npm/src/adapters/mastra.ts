// Mastra: guards the tools of an agent.
//
// INVARIANT: a tool's `execute` runs only on a copy of arguments that were judged; where an approval is wanted, only
// for what was shown, and inside the run of an agent that waited for the answer.

import { judge, type Rules, type Sessions, words } from './gate.js';

/** What of the SDK's context of an execution is read. */
interface Execution {
  readonly agent?: { readonly toolCallId?: string };
}

interface Executable {
  readonly id: string;
  readonly execute?: (input: unknown, context: Execution) => Promise<unknown>;
  readonly requireApproval?: boolean | ((input: unknown, context?: object) => boolean | Promise<boolean>);
}

/** Guards every tool of the set, by its id: `new Agent({ tools: guard(session, { refund }) })`. */
export function guard<Tools extends Readonly<Record<string, object>>>(
  sessions: Sessions<object>,
  tools: Tools,
  rules: Rules = {},
): Tools {
  const guarded = Object.entries(tools).map(([name, tool]) => [name, guardOne(sessions, tool as Executable, rules)]);
  return Object.fromEntries(guarded) as Tools;
}

function guardOne(sessions: Sessions<object>, tool: Executable, rules: Rules): Executable {
  const run = tool.execute;
  if (run === undefined) return tool;
  // What people were asked about; Mastra asks again for the rule when a run goes on, so this need not last.
  const asked = new Set<string>();
  const requireApproval = async (input: unknown, context?: object): Promise<boolean> => {
    const always = tool.requireApproval;
    if (typeof always === 'function' ? await always(input, context) : always === true) return true;
    if (rules.approve === undefined) return false;
    const verdict = await judge(sessions, context ?? {}, tool.id, input, rules);
    if (verdict.go || !verdict.ask) return false;
    asked.add(verdict.text);
    return true;
  };
  const execute = async (input: unknown, context: Execution = {}): Promise<unknown> => {
    let verdict = await judge(sessions, context, tool.id, input, rules);
    const waited = context.agent?.toolCallId !== undefined && asked.delete(verdict.text);
    if (!verdict.go && verdict.ask && waited) verdict = await judge(sessions, context, tool.id, input);
    if (!verdict.go) throw new Error(words(verdict.decision));
    return run(verdict.args, context);
  };
  const copy = Object.create(Object.getPrototypeOf(tool) as object) as Executable;
  return Object.assign(copy, tool, { execute, requireApproval });
}
