import { ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory } from '@a2a-js/sdk/client';
import { cardFetch, Passport } from '@chancery/verifier/a2a';
import { verifier } from './papers.js';

export async function connect(url: string, present: (nonce: string) => Promise<string>) {
  const card = await new DefaultAgentCardResolver({ fetchImpl: cardFetch(verifier) }).resolve(url);
  const passport = new Passport(present);
  const clientConfig = { interceptors: [passport] };
  const factory = new ClientFactory({ transports: [new JsonRpcTransportFactory()], clientConfig });
  return { client: await factory.createFromAgentCard(card), passport };
}
