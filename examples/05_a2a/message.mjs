// A2A messages in the shape of the SDK's own objects.

import { Role } from '@a2a-js/sdk';

function message(role, content, more) {
  const part = { content, metadata: undefined, filename: '', mediaType: '' };
  const own = { messageId: crypto.randomUUID(), contextId: '', taskId: '', role, parts: [part] };
  return { ...own, metadata: undefined, extensions: [], referenceTaskIds: [], ...more };
}

/** What the calling agent asks for: one call of a tool. */
export function order(id, amount) {
  const value = { tool: 'refund', args: { order: id, amount } };
  return { message: message(Role.ROLE_USER, { $case: 'data', value }) };
}

/** What the called agent answers. */
export function reply(value, { taskId, contextId }) {
  return message(Role.ROLE_AGENT, { $case: 'text', value }, { taskId, contextId });
}

/** What an answer says, whether it is a message or a task that was refused. */
export function said(answer) {
  return (answer.status?.message ?? answer).parts[0].content.value;
}
