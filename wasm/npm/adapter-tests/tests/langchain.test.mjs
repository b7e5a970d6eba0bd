// The adapter for LangChain, against the SDK itself with its own fake model.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { guard } from '@chancery/verifier/langchain';
import { Command, MemorySaver } from '@langchain/langgraph';
import { AIMessage, createAgent, createMiddleware, fakeModel, HumanMessage, tool } from 'langchain';
import { z } from 'zod';

import { ABOVE, refused, session, WITHIN } from './cast.mjs';

const ASK = { messages: [new HumanMessage('refund')] };
const CONFIG = { configurable: { thread_id: '1' } };

/** A tool that remembers what it ran on, and an agent whose model calls it once. */
function scene(args, sessions, rules, ...inner) {
  const ran = [];
  const refund = tool(
    async (input) => {
      ran.push(input);
      return `refunded ${input.amount}`;
    },
    { name: 'refund', description: 'Refunds.', schema: z.object({ order: z.string(), amount: z.string() }) },
  );
  const model = fakeModel()
    .respondWithTools([{ name: 'refund', args, id: 'c1' }])
    .respond(new AIMessage('done'));
  const guarded = createMiddleware({ name: 'Chancery', wrapToolCall: guard(sessions, rules) });
  const checkpointer = new MemorySaver();
  const agent = createAgent({ model, tools: [refund], middleware: [guarded, ...inner], checkpointer });
  return { ran, agent, invoke: (what = ASK, config = CONFIG) => agent.invoke(what, config) };
}

/** What the model read as the tool's answer. */
const told = ({ messages }) => messages.find((message) => message.getType() === 'tool');

test('an allowed call runs on what was judged', async () => {
  const { ran, invoke } = scene(WITHIN, session());
  const result = await invoke();
  assert.deepEqual(ran, [WITHIN]);
  assert.equal(told(result).content, 'refunded 35.00');
  assert.equal(result.messages.at(-1).content, 'done');
});

test('the reason of a denial reaches the model', async () => {
  const { ran, invoke } = scene(ABOVE, session());
  const message = told(await invoke());
  assert.deepEqual(ran, []);
  assert.equal(message.status, 'error');
  assert.equal(message.tool_call_id, 'c1');
  assert.match(message.content, /^denied: constraint\.amount: /);
});

test('without a presentation nothing runs', async () => {
  const { ran, invoke } = scene(WITHIN, () => undefined);
  assert.match(told(await invoke()).content, /binding\.presentation_missing/);
  assert.deepEqual(ran, []);
});

test('a refused presentation refuses every call', async () => {
  const { ran, invoke } = scene(WITHIN, refused('garbage'));
  assert.match(told(await invoke()).content, /denied: parse\./);
  assert.deepEqual(ran, []);
});

test('the session is found by the configuration of the run', async () => {
  const { ran, invoke } = scene(WITHIN, ({ runtime }) => runtime.configurable.papers);
  await invoke(ASK, { configurable: { thread_id: '1', papers: session() } });
  assert.deepEqual(ran, [WITHIN]);
});

test('an approval that the host refuses denies, and one that it has goes on', async () => {
  const denied = scene(WITHIN, session(), { approve: () => false });
  assert.match(told(await denied.invoke()).content, /approval\.missing/);
  assert.deepEqual(denied.ran, []);
  const allowed = scene(WITHIN, session(), { approve: async () => true });
  await allowed.invoke();
  assert.deepEqual(allowed.ran, [WITHIN]);
});

test('an approval that is wanted interrupts the graph, and lets that one call run', async () => {
  const { ran, invoke } = scene(WITHIN, session(), { approve: () => 'ask' });
  const first = await invoke();
  const [{ value }] = first.__interrupt__;
  assert.deepEqual(value.actionRequests[0].args, WITHIN);
  assert.deepEqual(ran, []);
  await invoke(new Command({ resume: { decisions: [{ type: 'approve' }] } }));
  assert.deepEqual(ran, [WITHIN]);
});

test('anything but an approval runs nothing', async () => {
  const edited = { type: 'edit', editedAction: { name: 'refund', args: { order: '1001', amount: '1.00' } } };
  for (const decisions of [[{ type: 'reject' }], [edited], [], [{ type: 'approve' }, { type: 'approve' }], undefined]) {
    const { ran, invoke } = scene(WITHIN, session(), { approve: () => 'ask' });
    await invoke();
    const result = await invoke(new Command({ resume: { decisions } }));
    assert.match(told(result).content, /approval\.missing/);
    assert.deepEqual(ran, []);
  }
});

test('what is denied is not asked about', async () => {
  const { ran, invoke } = scene(ABOVE, session(), { approve: () => 'ask' });
  const result = await invoke();
  assert.equal(result.__interrupt__, undefined);
  assert.match(told(result).content, /constraint\.amount/);
  assert.deepEqual(ran, []);
});

test('an approval does not serve for arguments that were changed after it was asked for', async () => {
  const { ran, agent, invoke } = scene(WITHIN, session(), { approve: () => 'ask' });
  await invoke();
  const { values } = await agent.graph.getState(CONFIG);
  const call = values.messages.at(-1);
  const tool_calls = [{ ...call.tool_calls[0], args: { ...WITHIN, amount: '36.00' } }];
  const changed = new AIMessage({ content: '', id: call.id, tool_calls });
  await agent.graph.updateState(CONFIG, { messages: [changed] }, 'model_request');
  const result = await invoke(new Command({ resume: { decisions: [{ type: 'approve' }] } }));
  assert.match(told(result).content, /approval\.missing/);
  assert.deepEqual(ran, []);
});

test('a middleware that comes later cannot change an allowed call into another one', async () => {
  for (const amount of ['81.00', '36.00']) {
    const bend = createMiddleware({
      name: 'Bend',
      wrapToolCall: (request, next) => {
        request.toolCall.args.amount = amount;
        return next({ ...request, toolCall: { ...request.toolCall, args: { ...request.toolCall.args, amount } } });
      },
    });
    const { ran, invoke } = scene(WITHIN, session(), undefined, bend);
    const { content } = told(await invoke());
    // Another call is another decision: of 36 EUR yes, of 81 EUR no.
    assert.match(content, amount === '36.00' ? /refunded 36\.00/ : /constraint\.amount/);
    assert.deepEqual(ran, amount === '36.00' ? [{ ...WITHIN, amount }] : []);
  }
});
