// Story 4: an MCP server whose refund tool is guarded.
// Acme's agent calls Globex's server over stdio, with papers that Acme's registry issued a moment ago.
//
// `cargo xtask stories 04_mcp_refund`

import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { presenting } from '@chancery/verifier/mcp';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

import { office } from '../office.mjs';
import { AUDIENCE, CAPABILITY, policy } from '../papers.mjs';

const acme = await office('Acme');
const ada = acme.agent(CAPABILITY);

// Globex was told who signs Acme's bundles and papers; everything else it reads in the bundle.
const terms = { registry: acme.url, signer: acme.signer, policy: policy(acme.issuer) };
const transport = new StdioClientTransport({
  command: process.execPath,
  args: [fileURLToPath(new URL('server.mjs', import.meta.url))],
  env: { NODE_EXTRA_CA_CERTS: acme.ca, TERMS: JSON.stringify(terms) },
});
const client = new Client(
  { name: 'acme-agent', version: '1.0.0' },
  { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
);
client.setRequestHandler('elicitation/create', async ({ params }) => {
  const approve = params.message.includes('"1003"');
  console.log(`  a person is asked, and says ${approve ? 'yes' : 'no'}`);
  return { action: 'accept', content: { approve } };
});
await client.connect(transport);

let presentations = 0;
const callTool = presenting(client, (nonce) => {
  presentations += 1;
  return ada.present(AUDIENCE, nonce);
});
async function refund(order, amount, call = callTool) {
  const result = await call({ name: 'refund', arguments: { order, amount } });
  return result.content[0].text;
}

console.log('without papers:', await refund('1001', '35.00', (params) => client.callTool(params)));
console.log('with papers:', await refund('1001', '35.00'));
console.log('with papers:', await refund('1002', '12.50'));
console.log('presentations made:', presentations);
console.log('60 EUR:', await refund('1003', '60.00'));
console.log('70 EUR:', await refund('1004', '70.00'));
console.log('90 EUR:', await refund('1005', '90.00'));

ada.revoke();
console.log('Acme revokes the capability');
const deadline = Date.now() + 20_000;
let said = await refund('1006', '1.00');
while (!said.includes('status.revoked') && Date.now() < deadline) {
  await wait(100);
  said = await refund('1006', '1.00');
}
console.log('1 EUR:', said.slice(0, said.indexOf(':', 'denied: '.length)));

await client.close();
await acme.close();
