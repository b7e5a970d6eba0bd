// Globex's agent: refunds over A2A for agents whose papers permit it, behind a card that it signs.

import { AgentCard, Extensions, generateAgentCardSignature } from '@a2a-js/sdk';
import {
  AgentEvent,
  DefaultRequestHandler,
  InMemoryTaskStore,
  JsonRpcTransportHandler,
  ServerCallContext,
} from '@a2a-js/sdk/server';
import { extension, guard } from '@chancery/verifier/a2a';

import { AUDIENCE } from '../papers.mjs';
import { reply } from './message.mjs';

const CARD = AgentCard.fromJSON({
  name: 'Globex refunds',
  description: 'Refunds orders of Globex.',
  version: '1.0.0',
  supportedInterfaces: [{ url: `${AUDIENCE}/a2a`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
  capabilities: { extensions: [extension] },
  defaultInputModes: ['application/json'],
  defaultOutputModes: ['text/plain'],
  skills: [{ id: 'refund', name: 'Refund', description: 'Refunds one order.', tags: ['refund'] }],
});

/** Serves the agent as a fetch function; `key` signs its card, `verifier` judges who calls. */
export async function globex(verifier, key, kid) {
  const card = await generateAgentCardSignature(key, { alg: 'EdDSA', typ: 'JOSE', kid })(CARD);
  const execute = guard({ verifier }, async ({ args }, request, bus) => {
    bus.publish(AgentEvent.message(reply(`refunded ${args.amount} EUR of order ${args.order}`, request)));
    bus.finished();
  });
  const handler = new DefaultRequestHandler(card, new InMemoryTaskStore(), { execute, cancelTask: async () => {} });
  const rpc = new JsonRpcTransportHandler(handler);
  return async (url, init) => {
    const request = new Request(url, init);
    const { pathname } = new URL(request.url);
    if (pathname === '/.well-known/agent-card.json') return Response.json(AgentCard.toJSON(card));
    const named = request.headers.get('a2a-extensions') ?? undefined;
    const requestedExtensions = Extensions.parseServiceParameter(named);
    const context = new ServerCallContext({ requestedExtensions, requestedVersion: request.headers.get('a2a-version') });
    return Response.json(await rpc.handle(await request.text(), context));
  };
}
