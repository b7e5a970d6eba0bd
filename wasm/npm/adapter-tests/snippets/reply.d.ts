import type { Message } from '@a2a-js/sdk';
import type { RequestContext } from '@a2a-js/sdk/server';

export declare function reply(request: RequestContext, text: string): Message;
