// The same package from CommonJS, where the resolution knows that `require` takes modules.

import chancery = require('@chancery/verifier');

const verifier: chancery.Verifier = new chancery.Verifier({
  bundle: '',
  signer: { did: 'did:web:acme.example:bundle', thumbprint: 'print' },
  policy: '{}',
  audience: 'https://api.example',
});
const decision: chancery.Decision = verifier.verify('{}', { nonce: 'n', tool: 'refund' });
// @ts-expect-error there is no default export to lean on
chancery.default;

console.log(decision.code);
