// What every snippet has: a verifier, an admitted session, tools of the framework, and where approvals are kept.

import type { Session, Verifier } from '@chancery/verifier';

export declare const verifier: Verifier;
export declare const session: Session;
export declare const audience: string;
export declare const approvals: { has(call: { tool: string; args?: unknown }): boolean };
export declare function refundOrder(args: { order: string; amount: string }): Promise<string>;
