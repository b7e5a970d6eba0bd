// What the stories agree on: Globex serves orders, Acme's agent may refund up to 100 EUR, and Globex grants 80 EUR.

export const AUDIENCE = 'https://globex.example';

const RESOURCE = [`${AUDIENCE}/orders/*`];
const upTo = (max) => [{ type: 'Amount', fact: 'amount', max, currency: 'EUR' }];

/** What Acme gives its agent. */
export const CAPABILITY = [{ action: ['refund:create'], resource: RESOURCE, constraint: upTo('100.00') }];

/** Globex's trust policy: the one document that says whom it believes, and in what. */
export function policy(issuer) {
  return JSON.stringify({
    version: 1,
    audience: AUDIENCE,
    anchors: [
      {
        issuer: issuer.did,
        keys: [issuer.thumbprint],
        papers: ['AgentPassportCredential', 'AgentCapabilityCredential'],
        subjects: ['did:key', issuer.did],
        grant: [{ action: ['refund:create'], resource: RESOURCE, constraint: upTo('80.00') }],
      },
    ],
    tools: [
      {
        name: 'refund',
        action: 'refund:create',
        resource: `${AUDIENCE}/orders/{order}`,
        facts: { amount: { type: 'Amount', value: '/amount', currency: 'EUR' } },
      },
    ],
  });
}

/** Acme's policy towards Globex: the one agent that Globex told it of. It grants nothing. */
export function recognizes(issuer, agent, audience) {
  const papers = ['AgentPassportCredential'];
  const anchor = { issuer: issuer.did, keys: [issuer.thumbprint], papers, subjects: [agent], grant: [] };
  return JSON.stringify({ version: 1, audience, anchors: [anchor], tools: [] });
}
