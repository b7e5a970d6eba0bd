// The few members of the frameworks that adapters use at run time, so that this package builds without any of them.
// The frameworks' own types are used where the adapters are tested.

declare module '@modelcontextprotocol/server' {
  export class OAuthError extends Error {
    constructor(code: string, message: string);
  }
  export const OAuthErrorCode: { readonly InvalidToken: string };
}

declare module '@langchain/core/messages' {
  export class ToolMessage {
    constructor(fields: { content: string; tool_call_id: string; name: string; status: 'success' | 'error' });
  }
}

declare module '@a2a-js/sdk' {
  export function canonicalizeAgentCard(card: object): string;
}
