// A2A v1.0: signed cards checked against the verifier's own trust, and the passport as an extension of messages.
//
// A2A v1.0.1, sections 4.6 and 8.4. INVARIANT: keys come from the verifier's trust root, never from a card's `jku`; an
// executor runs only on a copy of the call that was judged, and every message brings a presentation of its own.

import { refusal, type Decision } from '../decision.js';
import type { Verifier } from '../verifier.js';
import { events, EXTENSION, extensionOf, firstCall, INPUT_REQUIRED, REJECTED } from './a2a-wire.js';
import type { Message, MessageCall } from './a2a-wire.js';
import { Challenges } from './challenges.js';
import { judge, missing, own, type Rules, words } from './gate.js';

export { cardCheck, cardFetch } from './a2a-card.js';
export { Passport } from './a2a-client.js';
export { EXTENSION, type MessageCall } from './a2a-wire.js';
export { Challenges } from './challenges.js';

/** The extension as a card names it, in `capabilities.extensions`. */
export const extension = {
  uri: EXTENSION,
  description: 'Messages carry a presentation of the calling agent that answers a nonce of the called one.',
  required: true,
  params: {},
};

/** What of the SDK's `RequestContext` is read. */
export interface RequestContext {
  readonly taskId: string;
  readonly contextId: string;
  readonly userMessage: Message;
  readonly context: {
    readonly requestedExtensions: readonly string[] | undefined;
    addActivatedExtension(uri: string): void;
  };
}

/** The verifier that judges messages, and the rules of the host. */
export interface A2aOptions extends Rules {
  readonly verifier: Pick<Verifier, 'verify'>;
  readonly challenges?: Pick<Challenges, 'issue' | 'take'>;
  /** Which call a message stands for; `{ tool, args }` of its first data part when this is left out. */
  readonly call?: (message: Message) => MessageCall | undefined;
}

/** Makes an executor's `execute`: `run` is called with the call that was judged. */
export function guard<Request extends RequestContext, Bus extends { publish(event: never): void }>(
  options: A2aOptions,
  run: (call: MessageCall, request: Request, bus: Bus) => Promise<void>,
): (request: Request, bus: Bus) => Promise<void> {
  const challenges = own(options, 'challenges') ?? new Challenges();
  return async (request, bus) => {
    const { decision, call, waits } = await decide(options, challenges, request);
    if (call !== undefined) return run(call, request, bus);
    const { code, reason, verdict } = decision;
    const metadata = { nonce: challenges.issue(), code, reason, verdict };
    for (const event of events(request, waits ? INPUT_REQUIRED : REJECTED, words(decision), metadata)) {
      bus.publish(event as never);
    }
  };
}

interface Outcome {
  readonly decision: Decision;
  readonly call?: MessageCall;
  /** Whether the task waits for somebody's word: a later message brings the call again. */
  readonly waits?: boolean;
}

async function decide(
  options: A2aOptions,
  challenges: Pick<Challenges, 'take'>,
  { context, userMessage }: RequestContext,
): Promise<Outcome> {
  if (context.requestedExtensions?.includes(EXTENSION) !== true) return { decision: missing() };
  context.addActivatedExtension(EXTENSION);
  const { presentation, nonce: claimed } = extensionOf(userMessage.metadata);
  if (typeof presentation !== 'string') return { decision: missing() };
  const nonce = challenges.take(claimed);
  if (nonce === undefined) {
    const reason = 'the nonce was not given out here, or was answered before';
    return { decision: refusal('binding.nonce', 'invalid', reason) };
  }
  let call: MessageCall | undefined;
  try {
    call = (options.call ?? firstCall)(userMessage);
  } catch {
    // Said below.
  }
  if (call === undefined) {
    return { decision: refusal('request.malformed', 'invalid', 'the message stands for no call') };
  }
  const { tool, args } = call;
  const authorize = (asked: object): Decision => {
    return options.verifier.verify(presentation, { ...(asked as MessageCall), nonce });
  };
  const verdict = await judge({ authorize }, undefined, tool, args, options);
  if (verdict.go) return { decision: verdict.decision, call: { tool, args: verdict.args } };
  return { decision: verdict.decision, waits: verdict.ask };
}
