import { McpGate } from '@chancery/verifier/mcp';
import { type McpServerFactory, createMcpHandler, requireBearerAuth } from '@modelcontextprotocol/server';
import { audience, verifier } from './papers.js';

// The server's tools are guarded as over stdio: `gate.guard('refund', refund)`.
export function http(gate: McpGate, factory: McpServerFactory): (request: Request) => Promise<Response> {
  const bearer = requireBearerAuth({ verifier: gate, expectedResource: new URL(audience) });
  const handler = createMcpHandler(factory);
  return async (request) => {
    if (new URL(request.url).pathname === '/token') return gate.token(request);
    const authInfo = await bearer(request);
    return authInfo instanceof Response ? authInfo : handler.fetch(request, { authInfo });
  };
}
export const gate = new McpGate({ resource: audience, admit: (papers, nonce) => verifier.admit(papers, { nonce }) });
