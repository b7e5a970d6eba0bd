// The adapter for the Vercel AI SDK, against the SDK itself with its own mock of a model.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { guard } from '@chancery/verifier/ai-sdk';
import { generateText, stepCountIs, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';

import { ABOVE, refused, session, WITHIN } from './cast.mjs';

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};
const says = (content, unified) => ({ content, finishReason: { unified, raw: undefined }, usage, warnings: [] });
const DONE = says([{ type: 'text', text: 'done' }], 'stop');
const calls = (input) => says([{ type: 'tool-call', toolCallId: 'c1', toolName: 'refund', input }], 'tool-calls');

/** A tool that remembers what it ran on, a model that calls it, and what the model was told. */
function scene(args) {
  const ran = [];
  const refund = tool({
    inputSchema: z.object({ order: z.string(), amount: z.string() }),
    execute: async (input) => {
      ran.push(input);
      return `refunded ${input.amount}`;
    },
  });
  const input = typeof args === 'string' ? args : JSON.stringify(args);
  const model = new MockLanguageModelV4({ doGenerate: [calls(input), DONE] });
  const told = () => JSON.stringify(model.doGenerateCalls.at(-1).prompt.at(-1));
  const run = (settings) => generateText({ model, prompt: 'refund', stopWhen: stepCountIs(3), ...settings });
  return { ran, refund, model, told, run };
}

test('an allowed call runs on what was judged', async () => {
  const { ran, refund, told, run } = scene(WITHIN);
  const result = await run(guard(session(), { refund }));
  assert.deepEqual(ran, [WITHIN]);
  assert.equal(result.text, 'done');
  assert.match(told(), /refunded 35\.00/);
});

test('the reason of a denial reaches the model', async () => {
  const { ran, refund, told, run } = scene(ABOVE);
  await run(guard(session(), { refund }));
  assert.deepEqual(ran, []);
  assert.match(told(), /execution-denied.*denied: constraint\.amount: /);
});

test('without a presentation nothing runs', async () => {
  const { ran, refund, told, run } = scene(WITHIN);
  await run(guard(() => undefined, { refund }));
  assert.deepEqual(ran, []);
  assert.match(told(), /binding\.presentation_missing/);
});

test('a refused presentation refuses every call', async () => {
  const { ran, refund, told, run } = scene(WITHIN);
  await run(guard(refused('garbage'), { refund }));
  assert.deepEqual(ran, []);
  assert.match(told(), /denied: parse\./);
});

test('a function that fails to find the session denies', async () => {
  const { ran, refund, told, run } = scene(WITHIN);
  const find = () => {
    throw new Error('the database is gone');
  };
  await run(guard(find, { refund }));
  assert.deepEqual(ran, []);
  assert.match(told(), /host\.callback/);
});

test('an approval that the host refuses denies, and so does a rule that throws', async () => {
  for (const approve of [() => false, () => 'yes', () => Promise.reject(new Error('no'))]) {
    const { ran, refund, told, run } = scene(WITHIN);
    await run(guard(session(), { refund }, { approve }));
    assert.deepEqual(ran, []);
    assert.match(told(), /approval\.missing/);
  }
});

test('a rule that is a method of a class is a rule', async () => {
  class Desk {
    approve() {
      return false;
    }
  }
  const { ran, refund, run } = scene(WITHIN);
  await run(guard(session(), { refund }, new Desk()));
  assert.deepEqual(ran, []);
});

test('an approval that the host has goes on, and is not asked about what is denied', async () => {
  const asked = [];
  const approve = (call) => asked.push(call) > 0;
  const allowed = scene(WITHIN);
  await allowed.run(guard(session(), { refund: allowed.refund }, { approve }));
  assert.deepEqual(allowed.ran, [WITHIN]);
  const denied = scene(ABOVE);
  await denied.run(guard(session(), { refund: denied.refund }, { approve }));
  assert.deepEqual(asked, [{ tool: 'refund', args: WITHIN }]);
});

/** Runs until a person is asked, and gives the conversation so far. */
async function asked(scene, guarded) {
  const result = await scene.run(guarded);
  const request = result.content.find(({ type }) => type === 'tool-approval-request');
  return { request, messages: [{ role: 'user', content: 'refund' }, ...result.response.messages] };
}

const answer = (request, approved) => ({
  role: 'tool',
  content: [{ type: 'tool-approval-response', approvalId: request.approvalId, approved }],
});

test('the approval that a person gives by the SDK lets that one call run', async () => {
  for (const [approved, expected] of [[true, [WITHIN]], [false, []]]) {
    const play = scene(WITHIN);
    const guarded = guard(session(), { refund: play.refund }, { approve: () => 'ask' });
    const { request, messages } = await asked(play, guarded);
    assert.match(request.reason, /approval\.missing/);
    assert.deepEqual(play.ran, []);
    // The next request of the conversation: nothing is remembered but what the client sends.
    const next = guard(session(), { refund: play.refund }, { approve: () => 'ask' });
    const { model } = play;
    const sent = { model, messages: [...messages, answer(request, approved)], stopWhen: stepCountIs(3), ...next };
    await generateText(sent);
    assert.deepEqual(play.ran, expected);
  }
});

test('an approval does not serve for arguments that were changed after it was asked for', async () => {
  const play = scene(WITHIN);
  const guarded = guard(session(), { refund: play.refund }, { approve: () => 'ask' });
  const { request, messages } = await asked(play, guarded);
  const forged = JSON.parse(JSON.stringify(messages).replaceAll('35.00', '36.00'));
  const next = guard(session(), { refund: play.refund }, { approve: () => 'ask' });
  const sent = { model: play.model, messages: [...forged, answer(request, true)], stopWhen: stepCountIs(3), ...next };
  await assert.rejects(generateText(sent), /signature/i);
  assert.deepEqual(play.ran, []);
});

test('arguments that change between decision and execution are judged again', async () => {
  const play = scene(WITHIN);
  const guarded = guard(session(), { refund: play.refund });
  await guarded.toolApproval({ toolCall: { toolCallId: 'c1', toolName: 'refund', input: WITHIN } });
  await assert.rejects(guarded.tools.refund.execute(ABOVE, { toolCallId: 'c1', messages: [] }), /constraint\.amount/);
  assert.deepEqual(play.ran, []);
});

test('what was decided about one tool serves for no other tool, though the calls have one id', async () => {
  for (const rules of [{}, { approve: () => 'ask' }]) {
    const play = scene(WITHIN);
    const guarded = guard(session(), { refund: play.refund, wipe: play.refund }, rules);
    await guarded.toolApproval({ toolCall: { toolCallId: 'c1', toolName: 'refund', input: WITHIN } });
    await assert.rejects(guarded.tools.wipe.execute(WITHIN, { toolCallId: 'c1', messages: [] }), /denied: parse\.tool/);
    assert.deepEqual(play.ran, []);
  }
});

test('a tool gets a copy: who keeps the arguments cannot change what runs', async () => {
  const play = scene(WITHIN);
  const given = { ...WITHIN };
  const approve = (call) => {
    call.args.amount = '81.00';
    given.amount = '81.00';
    return true;
  };
  const guarded = guard(session(), { refund: play.refund }, { approve });
  await guarded.tools.refund.execute(given, { toolCallId: 'c1', messages: [] });
  assert.deepEqual(play.ran, [WITHIN]);
});

test('arguments that are not plain data are refused', async () => {
  const play = scene(WITHIN);
  const { tools } = guard(session(), { refund: play.refund });
  const loop = { ...WITHIN };
  loop.self = loop;
  for (const odd of [loop, new Date(0), { ...WITHIN, note: 1n }, { ...WITHIN, toJSON: () => WITHIN }]) {
    await assert.rejects(tools.refund.execute(odd, { toolCallId: 'c1', messages: [] }), /request\.malformed/);
  }
  assert.deepEqual(play.ran, []);
});

test('a tool of another name than the policy knows is denied', async () => {
  const play = scene(WITHIN);
  const { tools } = guard(session(), { toString: play.refund });
  await assert.rejects(tools.toString.execute(WITHIN, { toolCallId: 'c1', messages: [] }), /denied: parse\.tool/);
  assert.deepEqual(play.ran, []);
});
