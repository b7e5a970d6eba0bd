// The one instance of the wasm module, made when it is first asked.
//
// INVARIANT: nothing that happens in the module or in its glue is thrown further. An instance that threw (a trap, a
// stack or a memory at its end) is never asked again, for what it left behind is unknown: the next question makes a
// new one, of a new generation, and handles of the old one are void.

import { instance } from './glue.js';
import { stringify } from './intrinsics.js';

/** The module's functions: texts and numbers in, a JSON text out. `at` is in milliseconds since 1970. */
export interface Glue {
  open(options: string, at: number): string;
  refresh(verifier: number, token: string, at: number): string;
  verify(verifier: number, presentation: string, request: string, evidence: string, at: number): string;
  admit(verifier: number, presentation: string, options: string, evidence: string, at: number): string;
  authorize(session: number, call: string, evidence: string, at: number): string;
  settle(answer: string, outcome: string): string;
  end(session: number): void;
  close(verifier: number): void;
  resolve(verifier: number, did: string, at: number): string;
  verifyRequest(verifier: number, request: string, evidence: string, at: number): string;
  verifyCard(verifier: number, card: string, at: number): string;
  inspect(text: string): string;
  renderChain(decision: string, form: string): string;
  decide(document: string): string;
  version(): string;
  /** How many bytes of memory the instance has. */
  memory(): number;
}

/** The answer about a handle of an instance that is gone. */
const VOID =
  '{"kind":"Error","allow":false,"verdict":"indeterminate","code":"host.unknown_handle","detail":"the instance that held it is gone"}';

const Module = globalThis.WebAssembly?.Module;

let source: (() => object) | undefined;
let compiled: WebAssembly.Module | undefined;
let glue: Glue | undefined;
let current = 0;

/**
 * Says where the module comes from, compiled or as bytes; the first entry that is loaded decides, for they all hold
 * the same module. Its type is `object`, so that the package's types need no DOM and no Node.
 */
export function provide(given: () => object): void {
  source ??= given;
}

/** Which instance answers now; handles belong to one generation. */
export function generation(): number {
  return current;
}

/**
 * Asks the module; where it cannot answer, gives the JSON text of an error with the code `host.failed`.
 *
 * A question about a handle says of which generation that is: in another one the same number means somebody else.
 */
export function ask(question: (glue: Glue) => string, since: number = current): string {
  try {
    if (since !== current) return VOID;
    return question((glue ??= start()));
  } catch (error) {
    if (glue !== undefined) {
      glue = undefined;
      current += 1;
    }
    return failed(error);
  }
}

/** Has the module forget a handle; another generation than its own never knew it. */
export function forget(since: number, question: (glue: Glue) => void): void {
  ask((asked) => {
    question(asked);
    return '';
  }, since);
}

function start(): Glue {
  if (compiled === undefined) {
    if (source === undefined) throw new Error('the module was not given: call `init` first');
    const given = source();
    compiled = given instanceof Module ? given : new Module(given as BufferSource);
  }
  return instance(compiled);
}

function failed(error: unknown): string {
  let why = 'the module failed';
  try {
    if (error instanceof Error) why = `the module failed: ${`${error.message}`.slice(0, 200)}`;
  } catch {
    // What was thrown does not say what it is.
  }
  return `{"kind":"Error","allow":false,"verdict":"indeterminate","code":"host.failed","detail":${stringify(why)}}`;
}
