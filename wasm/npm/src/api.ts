// What every entry exports; an entry adds where the module comes from.

export { ChanceryError, type ProblemDetails } from './error.js';
export { inspect, renderChain, type Inspection } from './inspect.js';
export { memoryLedger } from './ledger.js';
export { Verifier } from './verifier.js';
export { version } from './version.js';
export type * from './verifier.js';
