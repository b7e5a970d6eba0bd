// A plain fetch handler whose every request carries a presentation: `Authorization: Chancery <presentation>` and
// `Chancery-Nonce: <nonce>`.
//
// RFC 9110, section 11. INVARIANT: the handler gets a copy of the arguments that were judged, and the request as it
// came but for its body, which was read.

import { refusal, type Decision } from '../decision.js';
import type { Verifier } from '../verifier.js';
import { Challenges } from './challenges.js';
import { bounded, problem } from './exchange.js';
import { judge, missing, own, type Rules } from './gate.js';

export { Challenges } from './challenges.js';

/** How requests become calls, and the rules of the host. */
export interface FetchOptions extends Rules {
  readonly verifier: Pick<Verifier, 'verifyRequest'>;
  /** The tool that a request asks for; nothing where there is none, which is answered with 404. */
  readonly tool: (request: Request) => string | undefined;
  readonly challenges?: Pick<Challenges, 'issue' | 'take'>;
  /** The most bytes of a body. */
  readonly most?: number;
}

/** The call that was allowed. */
export interface Granted {
  readonly tool: string;
  readonly args: unknown;
  readonly decision: Decision;
}

/** Wraps a fetch handler: its requests' JSON bodies are the tools' arguments. */
export function guard(
  options: FetchOptions,
  handler: (granted: Granted, request: Request) => Response | Promise<Response>,
): (request: Request) => Promise<Response> {
  const challenges = own(options, 'challenges') ?? new Challenges();
  return async (request) => {
    let tool: string | undefined;
    try {
      tool = options.tool(request);
    } catch {
      // Such a request asks for no tool.
    }
    if (tool === undefined) return new Response(null, { status: 404 });
    const body = await bounded(request, own(options, 'most') ?? 1_048_576);
    const authorize = authorizer(options, challenges, request, body);
    const verdict = await judge({ authorize }, undefined, tool, body === '' ? '{}' : (body ?? '0'), options);
    const { decision } = verdict;
    if (verdict.go) return handler({ tool, args: verdict.args, decision }, request);
    // 403 where the papers hold and only the request is outside of them: presenting again does not help.
    return problem(decision, challenges.issue(), decision.verdict === 'valid' ? 403 : 401);
  };
}

function authorizer(
  { verifier }: FetchOptions,
  challenges: Pick<Challenges, 'take'>,
  { method, url, headers }: Request,
  body: string | undefined,
): (call: object) => Decision {
  if (!headers.has('authorization')) return missing;
  const nonce = challenges.take(headers.get('chancery-nonce'));
  if (nonce === undefined) {
    return () => refusal('binding.nonce', 'invalid', 'the nonce was not given out here, or was answered before');
  }
  if (body === undefined) return () => refusal('request.malformed', 'invalid', 'the body is too long or not UTF-8');
  return (call) => verifier.verifyRequest({ method, url, headers }, { nonce, ...(call as { tool: string }) });
}
