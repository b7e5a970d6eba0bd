import { guard } from '@chancery/verifier/langchain';
import { createAgent, createMiddleware, type CreateAgentParams } from 'langchain';
import { approvals, session } from './papers.js';

export function guarded({ model, tools }: Pick<CreateAgentParams, 'model' | 'tools'>) {
  const approve = (call: { tool: string }) => approvals.has(call) || 'ask';
  const chancery = createMiddleware({ name: 'Chancery', wrapToolCall: guard(session, { approve }) });
  return createAgent({ model, tools: tools ?? [], middleware: [chancery] });
}
