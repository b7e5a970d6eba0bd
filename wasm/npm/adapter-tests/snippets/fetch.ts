import { guard } from '@chancery/verifier/fetch';
import { refundOrder, verifier } from './papers.js';

const tool = ({ url }: Request) => (new URL(url).pathname === '/refunds' ? 'refund' : undefined);
export default {
  fetch: guard({ verifier, tool }, async ({ args }) => {
    return new Response(await refundOrder(args as { order: string; amount: string }));
  }),
};
