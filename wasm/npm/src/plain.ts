// The relying party's own values as JSON text: plain data, walked once.
//
// INVARIANT: what is judged is what was read. No getter, `toJSON` or conversion runs, no inherited member counts, and
// a value that JSON does not hold exactly (a cycle, a class instance, a bigint, NaN, a hole) is refused, never bent.
// A proxy is refused too: it could show the tool something else than it showed here.

import {
  clone,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  isArray,
  isNumber,
  isUnicode,
  ownKeys,
  prototypeOfObjects,
  stringify,
} from './intrinsics.js';

/** The most values that one call may hold, and the longest text, in characters, that it may become. */
const MOST_VALUES = 20_000;
const MOST_CHARACTERS = 1_048_576;
/** One level more than the module reads, so that the module is the one to refuse. */
const DEEPEST = 65;

/** Why a value is not plain data. */
export class NotPlain extends Error {}

interface Walk {
  values: number;
  characters: number;
}

/** The object that is being written, the ones around it, and the name under which it stands there. */
interface Frame {
  readonly value: object;
  readonly around: Frame | undefined;
  readonly depth: number;
  readonly path: string;
}

/** Gives the JSON text of plain data; throws {@link NotPlain}, whatever the value does. */
export function plainText(value: unknown): string {
  try {
    const text = write(value, { values: 0, characters: 0 }, undefined, '');
    if (text === undefined) throw new NotPlain('there is no value');
    if (typeof value === 'object' && value !== null) refuseProxies(value);
    return text;
  } catch (error) {
    throw error instanceof NotPlain ? error : new NotPlain('a value cannot be read');
  }
}

/** Gives the JSON text of a string. */
export function quoted(text: string): string {
  if (!isUnicode(text)) throw new NotPlain('a text is not Unicode');
  return stringify(text);
}

function write(value: unknown, walk: Walk, around: Frame | undefined, path: string): string | undefined {
  walk.values += 1;
  if (walk.values > MOST_VALUES) throw new NotPlain('there are too many values');
  switch (typeof value) {
    case 'undefined':
      return undefined;
    case 'boolean':
      return counted(value ? 'true' : 'false', walk);
    case 'number':
      if (!isNumber(value)) throw new NotPlain(`\`${path}\` is a number that JSON does not have`);
      return counted(stringify(value), walk);
    case 'string':
      if (value.length > MOST_CHARACTERS) throw new NotPlain('the value is too long');
      return counted(quoted(value), walk);
    case 'object':
      return value === null ? counted('null', walk) : writeObject(value, walk, around, path);
    default:
      throw new NotPlain(`\`${path}\` is a ${typeof value}`);
  }
}

function writeObject(value: object, walk: Walk, around: Frame | undefined, path: string): string {
  for (let frame = around; frame !== undefined; frame = frame.around) {
    if (frame.value === value) throw new NotPlain(`\`${path}\` contains itself`);
  }
  const depth = (around?.depth ?? 0) + 1;
  if (depth > DEEPEST) throw new NotPlain('the value is nested too deep');
  const frame: Frame = { value, around, depth, path };
  counted('{}', walk);
  return isArray(value) ? writeArray(frame, walk) : writeMembers(frame, walk);
}

function writeArray(frame: Frame, walk: Walk): string {
  const { value, path } = frame;
  if (!isArray(getPrototypeOf(value))) throw new NotPlain(`\`${path}\` is not a plain array`);
  const names = ownKeys(value);
  let text = '';
  // The own keys of an array without holes are its indices in order, then `length`.
  for (let at = 0; at < names.length - 1; at += 1) {
    const name = names[at];
    if (name !== `${at}`) throw new NotPlain(`\`${path}\` is an array with holes or names`);
    const part = write(data(value, name, path), walk, frame, `${path}/${name}`);
    if (part === undefined) throw new NotPlain(`\`${path}\` is an array with an undefined item`);
    text += at === 0 ? part : `,${part}`;
  }
  if (names[names.length - 1] !== 'length') throw new NotPlain(`\`${path}\` is an array with holes or names`);
  return `[${text}]`;
}

function writeMembers(frame: Frame, walk: Walk): string {
  const { value, path } = frame;
  if (!isPlain(value)) throw new NotPlain(`\`${path}\` is not a plain object`);
  const names = ownKeys(value);
  let text = '';
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at];
    if (typeof name !== 'string') throw new NotPlain(`\`${path}\` has a symbol for a name`);
    const part = write(data(value, name, path), walk, frame, `${path}/${name}`);
    // A member that is undefined is absent, as in every JSON text.
    if (part === undefined) continue;
    const member = `${counted(quoted(name), walk)}:${part}`;
    text += text === '' ? member : `,${member}`;
  }
  return `{${text}}`;
}

/** The value of an own, enumerable data property; a getter is not asked. */
function data(value: object, name: string, path: string): unknown {
  const property = getOwnPropertyDescriptor(value, name);
  if (property === undefined || !property.enumerable || !hasOwn(property, 'value')) {
    throw new NotPlain(`\`${path}/${name}\` is not a plain member`);
  }
  return property.value;
}

/** The names that every object inherits. */
const ordinary = ownKeys(prototypeOfObjects);

/** Whether an object inherits nothing but what every object does, of this realm or of another. */
function isPlain(value: object): boolean {
  const prototype: unknown = getPrototypeOf(value);
  if (prototype === null || prototype === prototypeOfObjects) return true;
  if (typeof prototype !== 'object' || getPrototypeOf(prototype as object) !== null) return false;
  const names = ownKeys(prototype as object);
  if (names.length !== ordinary.length) return false;
  for (let at = 0; at < names.length; at += 1) {
    if (!hasOwn(prototypeOfObjects, names[at] as PropertyKey)) return false;
  }
  return true;
}

function counted(text: string, walk: Walk): string {
  walk.characters += text.length + 1;
  if (walk.characters > MOST_CHARACTERS) throw new NotPlain('the value is too long');
  return text;
}

/** A structured clone refuses proxies at every depth; everything else that it refuses was refused before. */
function refuseProxies(value: object): void {
  try {
    clone(value);
  } catch {
    throw new NotPlain('a value is a proxy');
  }
}
