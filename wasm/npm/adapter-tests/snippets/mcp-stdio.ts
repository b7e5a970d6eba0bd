import { McpGate } from '@chancery/verifier/mcp';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';
import { audience, refundOrder, verifier } from './papers.js';

const gate = new McpGate({ resource: audience, admit: (papers, nonce) => verifier.admit(papers, { nonce }) });
const refund = gate.guard('refund', async (args: { order: string; amount: string }) => ({
  content: [{ type: 'text' as const, text: await refundOrder(args) }],
}));
serveStdio(() => {
  const server = new McpServer({ name: 'refunds', version: '1.0.0' });
  server.registerTool('refund', { inputSchema: z.object({ order: z.string(), amount: z.string() }) }, refund);
  return server;
});
