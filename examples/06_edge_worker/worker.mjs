// Globex's edge worker: it refunds for agents whose papers permit it, and takes newer bundles from anybody, for they
// are signed.

import { memoryLedger, Verifier } from '@chancery/verifier';
import { guard } from '@chancery/verifier/fetch';

import terms from './terms.mjs';

// Made at the first request: before it, a worker's clock stands still.
let verifier;
const globex = () => (verifier ??= new Verifier({ ...terms, commit: memoryLedger() }));

const tool = ({ method, url }) => (method === 'POST' && new URL(url).pathname === '/refunds' ? 'refund' : undefined);
const judge = { verifyRequest: (...asked) => globex().verifyRequest(...asked) };
const refunds = guard({ verifier: judge, tool }, ({ args }) => Response.json({ refunded: args.amount }));

export default {
  async fetch(request) {
    if (request.method === 'PUT' && new URL(request.url).pathname === '/bundle') {
      const { ok, code } = globex().refresh(await request.text());
      return Response.json({ ok, code });
    }
    return refunds(request);
  },
};
