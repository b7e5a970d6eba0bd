// A relying party's program, compiled against the packed package under `strict` and more, and never run.
// Each `@ts-expect-error` is a rule: the line below it must not compile.

import {
  ChanceryError,
  Verifier,
  inspect,
  renderChain,
  version,
  type CommitEntry,
  type Decision,
  type Session,
  type VerifierOptions,
} from '@chancery/verifier';

declare const bytes: Uint8Array;

const options: VerifierOptions = {
  bundle: bytes,
  signer: { did: 'did:web:acme.example:bundle', thumbprint: 'print' },
  policy: '{}',
  audience: 'https://api.example',
  clock: () => 0,
  commit: (entries: readonly CommitEntry[]) => (entries.length > 0 ? 'applied' : 'seen'),
};
const verifier = new Verifier(options);

const decision: Decision = verifier.verify('{}', { nonce: 'n', tool: 'refund', args: { amount: '40' } });
const allow: boolean = decision.allow;
const verdict: 'valid' | 'invalid' | 'indeterminate' = decision.verdict;
const code: string = decision.code;
const codes: 'ok' | 'parse.json' | undefined =
  decision.code === 'ok' || decision.code === 'parse.json' ? decision.code : undefined;
const agent: string | null = decision.agent;
const asked: Decision = verifier.verify(bytes, {
  nonce: 'n',
  action: 'refund:create',
  resource: 'https://api.example/1',
});

const session: Session = verifier.admit('{}', { nonce: 'n' });
const called: Decision = session.authorize({ tool: 'refund', args: '{"amount":"40"}' });
if (!session.ok) {
  const refusal: Decision = session.decision;
  console.log(refusal.code);
} else {
  session.end();
}
const text: string = renderChain(decision, 'mermaid');
const names: [string, unknown] = [version, inspect('{}')];

try {
  new Verifier(options);
} catch (error) {
  if (error instanceof ChanceryError) console.log(error.code);
}

// @ts-expect-error the bundle is required
new Verifier({ signer: options.signer, policy: '{}', audience: 'https://api.example' });
// @ts-expect-error the expected signer is required
new Verifier({ bundle: '', policy: '{}', audience: 'https://api.example' });
// @ts-expect-error the policy is required
new Verifier({ bundle: '', signer: options.signer, audience: 'https://api.example' });
// @ts-expect-error the audience is required
new Verifier({ bundle: '', signer: options.signer, policy: '{}' });
// @ts-expect-error a policy is a text, not an object
new Verifier({ ...options, policy: {} });
// @ts-expect-error an unknown option is a mistake
new Verifier({ ...options, insecure: true });
// @ts-expect-error a commit cannot be asynchronous
new Verifier({ ...options, commit: async () => 'applied' });
// @ts-expect-error a presentation is a text or bytes, never a parsed object
verifier.verify({ holder: 'did:key:z6Mk' }, { nonce: 'n', tool: 'refund' });
// @ts-expect-error a request has a nonce
verifier.verify('{}', { tool: 'refund' });
// @ts-expect-error a request names a tool, or an action and a resource
verifier.verify('{}', { nonce: 'n' });
// @ts-expect-error a presentation is admitted for a nonce
verifier.admit('{}', {});
// @ts-expect-error a call has no audience of its own
session.authorize({ tool: 'refund', audience: 'https://elsewhere.example' });
// @ts-expect-error a decision cannot be changed
decision.allow = true;
// @ts-expect-error a chain is drawn in one of three forms
renderChain(decision, 'html');
// @ts-expect-error a session comes from `admit` alone
session.decision.allow;

console.log(allow, verdict, code, codes, agent, asked, called, text, names);
