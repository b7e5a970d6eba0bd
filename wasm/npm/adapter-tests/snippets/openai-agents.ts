import { guard } from '@chancery/verifier/openai-agents';
import { Agent, tool } from '@openai/agents';
import { z } from 'zod';
import { approvals, refundOrder, session } from './papers.js';

const refund = tool({
  name: 'refund',
  description: 'Refunds an order.',
  parameters: z.object({ order: z.string(), amount: z.string() }),
  execute: refundOrder,
});
const approve = (call: { tool: string }) => approvals.has(call) || 'ask';
export const agent = new Agent({ name: 'desk', tools: [guard(session, refund, { approve })] });
