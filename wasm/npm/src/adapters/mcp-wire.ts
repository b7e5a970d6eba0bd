// The names under which MCP messages carry presentations: the reverse of w3id.org, where the project's terms live.
//
// MCP 2026-07-28, `_meta`: a prefix that is a domain's reversed name, then a slash and a name.

/** In a call: the presentation, beside the nonce that it answers. */
export const PRESENTATION = 'org.w3id.chancery/presentation';
/** In a call: the nonce that is answered. In a refusal: one to present for. */
export const NONCE = 'org.w3id.chancery/nonce';
/** In a result: the handle of the session that was opened. In a call: the session that it belongs to. */
export const SESSION = 'org.w3id.chancery/session';
/** In a refusal: `{ code, reason, verdict }`. */
export const DECISION = 'org.w3id.chancery/decision';
