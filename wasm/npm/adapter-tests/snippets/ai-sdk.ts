import { guard } from '@chancery/verifier/ai-sdk';
import { generateText, type LanguageModel, tool } from 'ai';
import { z } from 'zod';
import { approvals, refundOrder, session } from './papers.js';

export async function answer(model: LanguageModel, prompt: string) {
  const inputSchema = z.object({ order: z.string(), amount: z.string() });
  const refund = tool({ inputSchema, execute: (args) => refundOrder(args) });
  const approve = (call: { tool: string }) => approvals.has(call) || 'ask';
  return generateText({ model, prompt, ...guard(session, { refund }, { approve }) });
}
