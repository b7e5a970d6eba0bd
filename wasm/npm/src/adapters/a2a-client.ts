// The passport extension on the side of the agent that calls.
//
// INVARIANT: a presentation is made for one nonce of one peer and sent once.

import { EXTENSION, extensionOf, type Message } from './a2a-wire.js';

/** Presents to one other agent, for each nonce that it gives. */
export class Passport {
  readonly #present: (nonce: string) => string | Promise<string>;
  #nonce: string | undefined;

  /** `present` makes a presentation for the other agent's audience and this nonce. */
  constructor(present: (nonce: string) => string | Promise<string>) {
    this.#present = present;
  }

  /** Of the SDK's `CallInterceptor`: names the extension, and presents when there is a nonce to present for. */
  readonly before = async (args: {
    readonly input: { readonly method: string; value?: unknown } | undefined;
    options?: object | undefined;
  }): Promise<void> => {
    const options: { serviceParameters?: Record<string, string> } = args.options ?? {};
    const named = options.serviceParameters?.['A2A-Extensions'] ?? '';
    const list = named === '' ? EXTENSION : `${named},${EXTENSION}`;
    args.options = { ...options, serviceParameters: { ...options.serviceParameters, 'A2A-Extensions': list } };
    const { message } = (args.input?.value ?? {}) as { message?: Message };
    const nonce = this.#nonce;
    if (nonce === undefined || message === undefined) return;
    this.#nonce = undefined;
    message.metadata = { ...message.metadata, [EXTENSION]: { presentation: await this.#present(nonce), nonce } };
  };

  /** Of the SDK's `CallInterceptor`: keeps the nonce of an answer. */
  readonly after = async (args: {
    readonly result: { readonly value?: unknown } | undefined;
  }): Promise<void> => {
    const { metadata } = (args.result?.value ?? {}) as { metadata?: unknown };
    const { nonce } = extensionOf(metadata);
    if (typeof nonce === 'string') this.#nonce = nonce;
  };

  /** Sends a message; when there was no nonce to present for and the answer gives one, sends it once more. */
  async send<Sent, Answer>(client: { sendMessage(sent: Sent): Promise<Answer> }, sent: Sent): Promise<Answer> {
    const first = this.#nonce === undefined;
    const answer = await client.sendMessage(structuredClone(sent));
    return first && this.#nonce !== undefined ? client.sendMessage(structuredClone(sent)) : answer;
  }
}
