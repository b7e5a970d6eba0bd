import { guard } from '@chancery/verifier/mastra';
import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { z } from 'zod';
import { approvals, refundOrder, session } from './papers.js';

const inputSchema = z.object({ order: z.string(), amount: z.string() });
const refund = createTool({ id: 'refund', description: 'Refunds an order.', inputSchema, execute: refundOrder });
const approve = (call: { tool: string }) => approvals.has(call) || 'ask';
const tools = guard(session, { refund }, { approve });
export const agent = new Agent({ id: 'desk', name: 'desk', instructions: 'Refund.', model: 'openai/gpt-5', tools });
