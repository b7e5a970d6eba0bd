import { AgentEvent, type AgentExecutor } from '@a2a-js/sdk/server';
import { guard } from '@chancery/verifier/a2a';
import { refundOrder, verifier } from './papers.js';
import { reply } from './reply.js';

// In the card: `capabilities: { extensions: [extension] }`.
export const executor: AgentExecutor = {
  execute: guard({ verifier }, async ({ args }, request, bus) => {
    const text = await refundOrder(args as { order: string; amount: string });
    bus.publish(AgentEvent.message(reply(request, text)));
    bus.finished();
  }),
  cancelTask: async () => {},
};
