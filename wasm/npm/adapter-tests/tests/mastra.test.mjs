// The adapter for Mastra, against the SDK itself with its own mock of a model.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { guard } from '@chancery/verifier/mastra';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { RequestContext } from '@mastra/core/request-context';
import { InMemoryStore } from '@mastra/core/storage';
import { MastraLanguageModelV2Mock } from '@mastra/core/test-utils/llm-mock';
import { createTool } from '@mastra/core/tools';
import { z } from 'zod';

import { ABOVE, refused, session, WITHIN } from './cast.mjs';

const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
const DONE = { content: [{ type: 'text', text: 'done' }], finishReason: 'stop', usage, warnings: [] };

/** A tool that remembers what it ran on, and an agent whose model calls it once. */
function scene(args, sessions, rules, storage = new InMemoryStore()) {
  const ran = [];
  const refund = createTool({
    id: 'refund',
    description: 'Refunds an order.',
    inputSchema: z.object({ order: z.string(), amount: z.string() }),
    execute: async (input) => {
      ran.push(input);
      return { refunded: input.amount };
    },
  });
  const call = { type: 'tool-call', toolCallId: 'c1', toolName: 'refund', input: JSON.stringify(args) };
  const calling = { content: [call], finishReason: 'tool-calls', usage, warnings: [] };
  const told = [];
  const model = new MastraLanguageModelV2Mock({
    doGenerate: async ({ prompt }) => {
      told.push(JSON.stringify(prompt.at(-1)));
      return prompt.some(({ role }) => role === 'tool') ? DONE : calling;
    },
  });
  const tools = guard(sessions, { refund }, rules);
  const desk = new Agent({ id: 'desk', name: 'desk', instructions: 'Refund.', model, tools });
  const agent = new Mastra({ agents: { desk }, storage, logger: false }).getAgent('desk');
  return { ran, agent, tools, told: () => told.at(-1) };
}

test('an allowed call runs on what was judged', async () => {
  const { ran, agent, told } = scene(WITHIN, session());
  const result = await agent.generate('refund');
  assert.deepEqual(ran, [WITHIN]);
  assert.equal(result.text, 'done');
  assert.match(told(), /35\.00/);
});

test('the reason of a denial reaches the model', async () => {
  const { ran, agent, told } = scene(ABOVE, session());
  await agent.generate('refund');
  assert.deepEqual(ran, []);
  assert.match(told(), /denied: constraint\.amount: /);
});

test('without a presentation nothing runs', async () => {
  const { ran, agent, told } = scene(WITHIN, () => undefined);
  await agent.generate('refund');
  assert.deepEqual(ran, []);
  assert.match(told(), /binding\.presentation_missing/);
});

test('a refused presentation refuses every call', async () => {
  const { ran, agent, told } = scene(WITHIN, refused('garbage'));
  await agent.generate('refund');
  assert.deepEqual(ran, []);
  assert.match(told(), /denied: parse\./);
});

test('the session is found by the context of the request', async () => {
  const { ran, agent } = scene(WITHIN, ({ requestContext }) => requestContext.get('papers'));
  await agent.generate('refund', { requestContext: new RequestContext([['papers', session()]]) });
  assert.deepEqual(ran, [WITHIN]);
});

test('an approval that the host refuses denies, and one that it has goes on', async () => {
  const denied = scene(WITHIN, session(), { approve: () => false });
  await denied.agent.generate('refund');
  assert.deepEqual(denied.ran, []);
  assert.match(denied.told(), /approval\.missing/);
  const allowed = scene(WITHIN, session(), { approve: async () => true });
  await allowed.agent.generate('refund');
  assert.deepEqual(allowed.ran, [WITHIN]);
});

test('an approval that is wanted suspends the run, and lets that one call run', async () => {
  const { ran, agent } = scene(WITHIN, session(), { approve: () => 'ask' });
  const first = await agent.generate('refund');
  assert.equal(first.finishReason, 'suspended');
  assert.deepEqual(ran, []);
  const second = await agent.approveToolCallGenerate({ runId: first.runId, toolCallId: 'c1' });
  assert.deepEqual(ran, [WITHIN]);
  assert.equal(second.text, 'done');
});

test('a run that another process goes on with needs no memory of this one', async () => {
  const storage = new InMemoryStore();
  const first = await scene(WITHIN, session(), { approve: () => 'ask' }, storage).agent.generate('refund');
  const { ran, agent } = scene(WITHIN, session(), { approve: () => 'ask' }, storage);
  await agent.approveToolCallGenerate({ runId: first.runId, toolCallId: 'c1' });
  assert.deepEqual(ran, [WITHIN]);
});

test('a declined approval runs nothing', async () => {
  const { ran, agent, told } = scene(WITHIN, session(), { approve: () => 'ask' });
  const first = await agent.generate('refund');
  await agent.declineToolCallGenerate({ runId: first.runId, toolCallId: 'c1' });
  assert.deepEqual(ran, []);
  assert.match(told(), /not approved|declined/i);
});

test('a model that says itself that it was approved waits all the same', async () => {
  const { ran, agent } = scene({ ...WITHIN, resumeData: { approved: true } }, session(), { approve: () => 'ask' });
  const result = await agent.generate('refund');
  assert.equal(result.finishReason, 'suspended');
  assert.deepEqual(ran, []);
});

test('what is denied is not asked about', async () => {
  const { ran, agent, told } = scene(ABOVE, session(), { approve: () => 'ask' });
  const result = await agent.generate('refund');
  assert.notEqual(result.finishReason, 'suspended');
  assert.deepEqual(ran, []);
  assert.match(told(), /constraint\.amount/);
});

test('an approval does not serve for arguments that were changed after it was asked for', async () => {
  const { ran, tools } = scene(WITHIN, session(), { approve: () => 'ask' });
  const context = { agent: { toolCallId: 'c1' } };
  assert.equal(await tools.refund.requireApproval(WITHIN), true);
  await assert.rejects(tools.refund.execute({ ...WITHIN, amount: '36.00' }, context), /approval\.missing/);
  await assert.rejects(tools.refund.execute(ABOVE, context), /constraint\.amount/);
  // Nor outside of an agent, which nobody waits in.
  await assert.rejects(tools.refund.execute(WITHIN, {}), /approval\.missing/);
  assert.deepEqual(ran, []);
});
