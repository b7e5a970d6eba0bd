// Asking for an approval the way MCP has: the result is a question, and the client calls again with the answer.
//
// MCP 2026-07-28, multi-round-trip requests. The person at the client answers, so this is for servers whose clients
// have such a person; others answer from records of their own. INVARIANT: an answer counts for exactly the call that
// was shown, for its key is the digest of that call.

/** The SDK's `InputRequiredResult` with one elicitation. */
export interface Question {
  [member: string]: unknown;
  resultType: 'input_required';
  inputRequests: Record<string, { method: 'elicitation/create'; params: Elicitation }>;
  requestState?: string;
  _meta?: Record<string, unknown>;
}

interface Elicitation {
  mode: 'form';
  message: string;
  requestedSchema: {
    type: 'object';
    properties: { approve: { type: 'boolean'; title: string } };
    required: string[];
  };
}

/** Gives the answer about one call, or the question where there is none yet. */
export async function ask(
  tool: string,
  text: string,
  answers: Readonly<Record<string, unknown>> | undefined,
): Promise<{ readonly agreed: boolean; readonly question?: Question }> {
  const key = await digest(`${tool}\n${text}`);
  const answer = answers !== undefined && Object.hasOwn(answers, key) ? answers[key] : undefined;
  if (typeof answer === 'object' && answer !== null) {
    const { action, content } = answer as { action?: unknown; content?: { approve?: unknown } };
    return { agreed: action === 'accept' && content?.approve === true };
  }
  const params: Elicitation = {
    mode: 'form',
    message: `An approval is wanted for ${tool} ${text}`,
    requestedSchema: {
      type: 'object',
      properties: { approve: { type: 'boolean', title: 'Approve this one call' } },
      required: ['approve'],
    },
  };
  const inputRequests = { [key]: { method: 'elicitation/create' as const, params } };
  return { agreed: false, question: { resultType: 'input_required', inputRequests } };
}

async function digest(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
