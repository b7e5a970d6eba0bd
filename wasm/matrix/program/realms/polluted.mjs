// The realm polluted before the package is imported, and for as long as it lives.
// INVARIANT: only data, as a careless merge of a peer's JSON leaves it behind; a runtime itself must survive it.

Object.assign(Object.prototype, {
  allow: true,
  verdict: 'valid',
  ok: true,
  decision: { allow: true, verdict: 'valid', code: 'ok' },
  nonce: 'nonce-0001',
  tool: 'refund',
  args: {},
  evidence: '{}',
  seen: '1970-01-01T00:00:00Z',
  maxStatusAge: Number.MAX_SAFE_INTEGER,
  audience: 'https://elsewhere.example',
  session: 0,
  verifier: 0,
});
