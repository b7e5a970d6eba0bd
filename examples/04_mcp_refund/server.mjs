// Globex's MCP server over stdio. Its refund tool runs only for agents whose papers permit the very call.

import { memoryLedger, Verifier } from '@chancery/verifier';
import { McpGate } from '@chancery/verifier/mcp';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

import { AUDIENCE } from '../papers.mjs';

const terms = JSON.parse(process.env.TERMS);
const verifier = await Verifier.load({ ...terms, audience: AUDIENCE, commit: memoryLedger() });
setInterval(() => verifier.refresh(), 250).unref();

const gate = new McpGate({ resource: AUDIENCE, admit: (papers, nonce) => verifier.admit(papers, { nonce }) });
const refund = async ({ order, amount }) => ({
  content: [{ type: 'text', text: `refunded ${amount} EUR of order ${order}` }],
});
// Above 50 EUR the person at the client is asked, the way MCP asks.
const approve = ({ args }) => (Number(args.amount) > 50 ? 'ask' : true);

serveStdio(() => {
  const server = new McpServer({ name: 'globex-refunds', version: '1.0.0' });
  const inputSchema = z.object({ order: z.string(), amount: z.string() });
  server.registerTool('refund', { inputSchema }, gate.guard('refund', refund, { approve }));
  return server;
});
