// The token endpoint of a desk: a nonce for everybody, a session's handle for a presentation that answers it.
//
// RFC 6749 section 5.1, RFC 9457. INVARIANT: nothing here may be cached, and a refusal carries its code and a fresh
// nonce.

import type { Decision } from '../decision.js';
import type { Desk } from './desk.js';

/** A presentation has at most 256 KiB; as a JSON text it is longer. */
const MOST_BYTES = 600_000;

/** Answers GET with `{ nonce }`, and POST of `{ presentation, nonce }` with an access token or a problem. */
export async function exchange(desk: Desk, request: Request): Promise<Response> {
  if (request.method === 'GET') return json(200, { nonce: desk.challenge() });
  if (request.method !== 'POST') return json(405, { error: 'invalid_request' }, { allow: 'GET, POST' });
  const { presentation, nonce } = members(await bounded(request, MOST_BYTES));
  const opened = desk.open(presentation, nonce);
  if (!opened.ok) return problem(opened.decision, desk.challenge(), 401);
  const life = Math.floor((Date.parse(opened.session.expiresAt) - Date.now()) / 1000);
  return json(200, { access_token: opened.handle, token_type: 'Bearer', expires_in: Math.max(0, life) });
}

/** A denial as a problem; with 401 it says how to present, and for which nonce. */
export function problem(decision: Decision, nonce: string, status: 401 | 403): Response {
  const { code, reason } = decision;
  const body = { type: `https://w3id.org/chancery/problems#${code}`, title: code, status, detail: reason, code };
  const headers = { 'content-type': 'application/problem+json' };
  if (status === 403) return json(status, body, headers);
  const challenge = `Chancery nonce="${nonce}", error="${code}"`;
  return json(status, { ...body, nonce }, { ...headers, 'www-authenticate': challenge });
}

/** The text of a body; nothing where it is longer than `most` bytes or no UTF-8. */
export async function bounded(message: Request | Response, most: number): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    const reader = message.body?.getReader();
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      size += part.value.byteLength;
      parts.push(part.value);
      if (size > most) {
        await reader?.cancel();
        return undefined;
      }
    }
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode();
  } catch {
    return undefined;
  }
}

function members(text: string | undefined): { readonly presentation?: unknown; readonly nonce?: unknown } {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  const kept = { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers };
  return new Response(JSON.stringify(body), { status, headers: kept });
}
