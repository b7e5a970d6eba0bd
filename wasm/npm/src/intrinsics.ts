// The platform's functions that a verdict passes through, taken once, when the package is loaded.
//
// INVARIANT: what other code of the page or process later puts in their place, or onto a prototype, is not asked.

export const { parse, stringify } = JSON;
export const { create, freeze, hasOwn, keys } = Object;
export const { apply, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
export const { isArray } = Array;
export const { isFinite: isNumber, isSafeInteger, NaN: NOT_A_NUMBER } = Number;
export const { floor } = Math;
export const clone = globalThis.structuredClone;
export const prototypeOfObjects: object = Object.prototype;

const { isView: isAnyView } = ArrayBuffer;
const Bytes = Uint8Array;
const Decoder = TextDecoder;
const { decode } = TextDecoder.prototype;
const { set } = Uint8Array.prototype;
const { isWellFormed, repeat } = String.prototype;
const views = getPrototypeOf(Uint8Array.prototype) as object;
const byteLength = getOwnPropertyDescriptor(views, 'byteLength')?.get as () => number;
const tag = getOwnPropertyDescriptor(views, Symbol.toStringTag)?.get as () => string | undefined;

/** Whether a string has no lone surrogate. */
export function isUnicode(text: string): boolean {
  return typeof isWellFormed === 'function' ? apply(isWellFormed, text, []) : !/\p{Surrogate}/u.test(text);
}

/** Whether a value is a real Uint8Array: neither a proxy nor something with its prototype has the slot. */
export function isBytes(value: unknown): value is Uint8Array {
  return isAnyView(value) && apply(tag, value, []) === 'Uint8Array';
}

/** How many bytes there are, whatever the array says of itself: none where the buffer is detached. */
export function lengthOf(bytes: Uint8Array): number {
  return apply(byteLength, bytes, []);
}

/** Decodes a copy of the bytes; throws where they are no UTF-8. A byte order mark stays. */
export function utf8(bytes: Uint8Array): string {
  const copy = new Bytes(lengthOf(bytes));
  apply(set, copy, [bytes]);
  return apply(decode, new Decoder('utf-8', { fatal: true, ignoreBOM: true }), [copy]);
}

/** A text of blanks. */
export function blanks(length: number): string {
  return apply(repeat, ' ', [length]);
}
