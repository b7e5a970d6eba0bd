// The one error of this package: a configuration that cannot be a verifier.
//
// STYLE: callers switch on `code`, never on text. INVARIANT: nothing that a peer sends makes the package throw; only
// `new Verifier`, `Verifier.load` and `init` do, and only this.

import type { Code } from './code.js';

/** The problem details (RFC 9457) of an error. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly code: Code;
}

/** Says with a stable code why there is no verifier. */
export class ChanceryError extends Error {
  override readonly name = 'ChanceryError';
  readonly code: Code;
  /** What was found, without the code in front. */
  readonly detail: string;

  constructor(code: Code, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }

  /** Gives the problem details, for an HTTP answer of type `application/problem+json`. */
  toProblem(): ProblemDetails {
    return {
      type: `https://w3id.org/chancery/problems#${this.code}`,
      title: this.code,
      detail: this.detail,
      code: this.code,
    };
  }
}
