// MCP servers (TypeScript SDK v2): a token verifier for HTTP, and a guard around a tool's callback.
//
// A presentation is shown once and opens a session. Over HTTP the session's handle is the access token; over stdio,
// which has no tokens, presentation and handle travel in `_meta`. INVARIANT: a callback runs only in a session that
// this gate opened, on a copy of the arguments that were judged.

import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';

import type { Decision } from '../decision.js';
import type { Session } from '../verifier.js';
import { Desk, type DeskOptions } from './desk.js';
import { exchange } from './exchange.js';
import { judge, missing, type Rules, words } from './gate.js';
import { ask, type Question } from './mcp-approval.js';
import { DECISION, NONCE, PRESENTATION, SESSION } from './mcp-wire.js';

export { Challenges } from './challenges.js';
export { presenting } from './mcp-client.js';
export { DECISION, NONCE, PRESENTATION, SESSION } from './mcp-wire.js';

/** What a gate needs: how to admit, and the resource that its tokens are for. */
export interface McpOptions extends DeskOptions {
  /** The URL of this MCP server: the `expectedResource` of its bearer gate. */
  readonly resource: string;
}

/** What of the SDK's `ServerContext` is read. */
export interface ToolContext {
  readonly mcpReq: {
    readonly _meta?: Readonly<Record<string, unknown>>;
    readonly inputResponses?: Readonly<Record<string, unknown>>;
    /** What the client brings back of a question: the session's handle. */
    readonly requestState?: () => unknown;
  };
  readonly http?: { readonly authInfo?: { readonly token: string } };
}

/** The SDK's `AuthInfo` of a session. */
export interface AuthInfo {
  token: string;
  /** The DID of the agent. */
  clientId: string;
  scopes: string[];
  expiresAt: number;
  resource: URL;
  /** Who the agent is, and who answers for it: `agent`, `principal`. */
  extra: Record<string, unknown>;
}

/** A tool's result that says why not, to the model. */
export interface Refusal {
  [member: string]: unknown;
  isError: true;
  content: { type: 'text'; text: string }[];
  _meta: Record<string, unknown>;
}

interface Found {
  readonly session?: Session;
  readonly handle?: string;
  readonly refused?: Decision;
}

/** Guards the tools of an MCP server. */
export class McpGate {
  readonly #desk: Desk;
  readonly #resource: URL;

  constructor(options: McpOptions) {
    this.#desk = new Desk(options);
    this.#resource = new URL(options.resource);
  }

  /** Of the SDK's `OAuthTokenVerifier`: takes a handle that this gate gave out, as long as its session lasts. */
  readonly verifyAccessToken = async (token: string): Promise<AuthInfo> => {
    const session = this.#desk.find(token);
    if (session?.ok !== true) throw new OAuthError(OAuthErrorCode.InvalidToken, words(missing()));
    const { agent, principal, expiresAt } = session;
    const until = Math.floor(Date.parse(expiresAt) / 1000);
    const extra = { agent, principal };
    return { token, clientId: agent, scopes: [], expiresAt: until, resource: this.#resource, extra };
  };

  /** The token endpoint, a fetch handler: GET gives a nonce, POST takes a presentation and gives an access token. */
  readonly token = (request: Request): Promise<Response> => exchange(this.#desk, request);

  /** Wraps the callback of the tool that the policy knows under this name. */
  guard<Args, Context extends ToolContext, Result extends object>(
    tool: string,
    run: (args: Args, context: Context) => Result | Promise<Result>,
    rules?: Rules,
  ): (args: Args, context: Context) => Promise<Result | Refusal | Question> {
    return async (args, context) => {
      const { session, refused, ...known } = this.#session(context);
      // Over HTTP the handle is the token, which stays in its header.
      const handle = context.http === undefined ? known.handle : undefined;
      if (refused !== undefined) return this.#refuse(refused);
      const find = (): Session | undefined => session;
      let verdict = await judge(find, context, tool, args, rules);
      if (!verdict.go && verdict.ask) {
        const { agreed, question } = await ask(tool, verdict.text, context.mcpReq.inputResponses);
        if (question !== undefined) return handle === undefined ? question : { ...question, requestState: handle };
        if (agreed) verdict = await judge(find, context, tool, verdict.text);
      }
      if (!verdict.go) return this.#refuse(verdict.decision);
      const result = await run(verdict.args as Args, context);
      if (handle === undefined) return result;
      const { _meta: meta } = result as { _meta?: Record<string, unknown> };
      return { ...result, _meta: { ...meta, [SESSION]: handle } };
    };
  }

  #session({ http, mcpReq }: ToolContext): Found {
    // Over HTTP the bearer gate has looked at the token, and `_meta` is no second way in.
    if (http !== undefined) return this.#known(http.authInfo?.token);
    // A call that is repeated with an answer brings what it brought the first time, which was used up.
    const asked = this.#known(mcpReq.requestState?.());
    if (asked.session !== undefined) return asked;
    const { [PRESENTATION]: presentation, [NONCE]: nonce, [SESSION]: handle } = mcpReq._meta ?? {};
    if (presentation === undefined) return this.#known(handle);
    const opened = this.#desk.open(presentation, nonce);
    return opened.ok ? { session: opened.session, handle: opened.handle } : { refused: opened.decision };
  }

  #known(handle: unknown): Found {
    const session = this.#desk.find(handle);
    return session === undefined ? {} : { session, handle: handle as string };
  }

  #refuse(decision: Decision): Refusal {
    const { code, reason, verdict } = decision;
    const meta: Record<string, unknown> = { [DECISION]: { code, reason, verdict } };
    // Where the papers hold, presenting them again changes nothing.
    if (verdict !== 'valid') meta[NONCE] = this.#desk.challenge();
    return { isError: true, content: [{ type: 'text', text: words(decision) }], _meta: meta };
  }
}
