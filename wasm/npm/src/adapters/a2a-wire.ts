// What of A2A's messages and tasks the adapter reads and writes, in the shape of the SDK's own objects.
//
// A2A v1.0.1, sections 4.1 and 4.6. INVARIANT: of a peer's `metadata` only the extension's own member is looked at.

/** The URI of the extension: in the card, in the header `A2A-Extensions`, and in `metadata`. */
export const EXTENSION = 'https://w3id.org/chancery/a2a/v1';

/** `TaskState`: a task that was refused, and one that waits for somebody's word. */
export const REJECTED = 7;
export const INPUT_REQUIRED = 6;
/** `Role`: who speaks in an answer. */
const AGENT = 2;

/** What of a message is read. */
export interface Message {
  readonly parts: readonly { readonly content?: { readonly $case: string; readonly value?: unknown } | undefined }[];
  metadata: Record<string, unknown> | undefined;
}

/** The call that a message stands for. */
export interface MessageCall {
  readonly tool: string;
  readonly args: unknown;
}

/** The call of a message's first data part, `{ tool, args }`. */
export function firstCall(message: Message): MessageCall | undefined {
  const part = message.parts.find(({ content }) => content?.$case === 'data');
  const value = part?.content?.value as { tool?: unknown; args?: unknown } | null | undefined;
  return typeof value?.tool === 'string' ? { tool: value.tool, args: value.args } : undefined;
}

/** The extension's own member of `metadata`. */
export function extensionOf(metadata: unknown): Readonly<Record<string, unknown>> {
  const members = typeof metadata === 'object' && metadata !== null ? (metadata as Record<string, unknown>) : {};
  const found = members[EXTENSION];
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}

/** What an executor publishes of a task that goes no further: the task, and that it has come to this state. */
export function events(
  { taskId, contextId }: { readonly taskId: string; readonly contextId: string },
  state: number,
  text: string,
  said: Record<string, unknown>,
): readonly { readonly kind: 'task' | 'statusUpdate'; readonly data: object }[] {
  const part = { content: { $case: 'text', value: text }, metadata: undefined, filename: '', mediaType: 'text/plain' };
  const message = {
    messageId: crypto.randomUUID(),
    contextId,
    taskId,
    role: AGENT,
    parts: [part],
    metadata: undefined,
    extensions: [EXTENSION],
    referenceTaskIds: [],
  };
  const status = { state, message, timestamp: undefined };
  const metadata = { [EXTENSION]: said };
  return [
    { kind: 'task', data: { id: taskId, contextId, status, artifacts: [], history: [], metadata } },
    { kind: 'statusUpdate', data: { taskId, contextId, status, metadata } },
  ];
}
