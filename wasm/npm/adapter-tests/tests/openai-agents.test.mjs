// The adapter for OpenAI Agents, against the SDK itself with its own scripted model.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { guard } from '@chancery/verifier/openai-agents';
import { Agent, RunState, run, setTracingDisabled, tool } from '@openai/agents';
import { assistantMessage, functionCall, ScriptedModel } from '@openai/agents/testing';
import { z } from 'zod';

import { ABOVE, refused, session, WITHIN } from './cast.mjs';

setTracingDisabled(true);

/** A tool that remembers what it ran on, and an agent whose model calls it once. */
function scene(args, sessions, rules) {
  const ran = [];
  const refund = tool({
    name: 'refund',
    description: 'Refunds an order.',
    parameters: z.object({ order: z.string(), amount: z.string() }),
    execute: async (input) => {
      ran.push(input);
      return `refunded ${input.amount}`;
    },
  });
  const model = new ScriptedModel([[functionCall('refund', args, { callId: 'c1' })], [assistantMessage('done')]]);
  const agent = new Agent({ name: 'desk', model, tools: [guard(sessions, refund, rules)] });
  const told = () => JSON.stringify(model.lastCall.request.input);
  return { ran, agent, told };
}

test('an allowed call runs on what was judged', async () => {
  const { ran, agent, told } = scene(WITHIN, session());
  const result = await run(agent, 'refund');
  assert.deepEqual(ran, [WITHIN]);
  assert.equal(result.finalOutput, 'done');
  assert.match(told(), /refunded 35\.00/);
});

test('the reason of a denial reaches the model', async () => {
  const { ran, agent, told } = scene(ABOVE, session());
  await run(agent, 'refund');
  assert.deepEqual(ran, []);
  assert.match(told(), /denied: constraint\.amount: /);
});

test('without a presentation nothing runs', async () => {
  const { ran, agent, told } = scene(WITHIN, () => undefined);
  await run(agent, 'refund');
  assert.deepEqual(ran, []);
  assert.match(told(), /binding\.presentation_missing/);
});

test('a refused presentation refuses every call', async () => {
  const { ran, agent, told } = scene(WITHIN, refused('garbage'));
  await run(agent, 'refund');
  assert.deepEqual(ran, []);
  assert.match(told(), /denied: parse\./);
});

test('the session is found by the context of the run', async () => {
  const { ran, agent } = scene(WITHIN, (context) => context.context.papers);
  await run(agent, 'refund', { context: { papers: session() } });
  assert.deepEqual(ran, [WITHIN]);
});

test('arguments that name a member twice are refused as the text that they are', async () => {
  const { ran, agent, told } = scene('{"order":"1001","amount":"35.00","amount":"36.00"}', session());
  await run(agent, 'refund');
  assert.deepEqual(ran, []);
  assert.match(told(), /denied: parse\.duplicate_member/);
});

test('arguments that are no JSON run nothing', async () => {
  const { ran, agent } = scene('{"order":', session());
  await run(agent, 'refund');
  assert.deepEqual(ran, []);
});

test('an approval that the host refuses denies, and one that it has goes on', async () => {
  const denied = scene(WITHIN, session(), { approve: () => false });
  await run(denied.agent, 'refund');
  assert.deepEqual(denied.ran, []);
  assert.match(denied.told(), /approval\.missing/);
  const allowed = scene(WITHIN, session(), { approve: async () => true });
  await run(allowed.agent, 'refund');
  assert.deepEqual(allowed.ran, [WITHIN]);
});

test('an approval that is wanted interrupts the run, and lets that one call run', async () => {
  const { ran, agent } = scene(WITHIN, session(), { approve: () => 'ask' });
  const first = await run(agent, 'refund');
  assert.equal(first.interruptions.length, 1);
  assert.deepEqual(ran, []);
  const state = await RunState.fromString(agent, first.state.toString());
  for (const item of state.getInterruptions()) state.approve(item);
  const second = await run(agent, state);
  assert.deepEqual(ran, [WITHIN]);
  assert.equal(second.finalOutput, 'done');
});

test('a rejected approval runs nothing', async () => {
  const { ran, agent, told } = scene(WITHIN, session(), { approve: () => 'ask' });
  const first = await run(agent, 'refund');
  for (const item of first.interruptions) first.state.reject(item);
  await run(agent, first.state);
  assert.deepEqual(ran, []);
  assert.match(told(), /not approved/i);
});

test('what is denied is not asked about', async () => {
  const { ran, agent, told } = scene(ABOVE, session(), { approve: () => 'ask' });
  const result = await run(agent, 'refund');
  assert.equal(result.interruptions.length, 0);
  assert.deepEqual(ran, []);
  assert.match(told(), /constraint\.amount/);
});

test('an approval does not serve for arguments that were changed after it was asked for', async () => {
  for (const amount of ['36.00', '81.00']) {
    const { ran, agent, told } = scene(WITHIN, session(), { approve: () => 'ask' });
    const first = await run(agent, 'refund');
    const changed = first.state.toString().replaceAll('35.00', amount);
    const state = await RunState.fromString(agent, changed);
    for (const item of state.getInterruptions()) state.approve(item);
    await run(agent, state);
    assert.deepEqual(ran, []);
    assert.match(told(), amount === '36.00' ? /approval\.missing/ : /constraint\.amount/);
  }
});
