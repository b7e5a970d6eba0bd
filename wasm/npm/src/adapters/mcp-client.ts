// MCP clients that present in `_meta`: for stdio, where there is no token.
//
// INVARIANT: a presentation is made for one nonce and sent once; later calls name the session by its handle.

import { NONCE, PRESENTATION, SESSION } from './mcp-wire.js';

type Meta = Record<string, unknown> | undefined;

/** Wraps `callTool` of an SDK client: it presents when the server asks for it, and stays in the session. */
export function presenting<Params extends { _meta?: Meta }, Result extends { _meta?: Meta }>(
  client: { callTool(params: Params): Promise<Result> },
  present: (nonce: string) => string | Promise<string>,
): (params: Params) => Promise<Result> {
  let session: unknown;
  const call = async (params: Params, more: Record<string, unknown>): Promise<Result> => {
    const result = await client.callTool({ ...params, _meta: { ...params._meta, ...more } });
    session = result._meta?.[SESSION] ?? session;
    return result;
  };
  return async (params) => {
    const result = await call(params, session === undefined ? {} : { [SESSION]: session });
    const nonce = result._meta?.[NONCE];
    if (typeof nonce !== 'string') return result;
    session = undefined;
    return call(params, { [PRESENTATION]: await present(nonce), [NONCE]: nonce });
  };
}
