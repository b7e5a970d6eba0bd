// The realm with every intrinsic frozen before the package is imported, as hardened hosts do it.
// What inherits from a frozen prototype cannot be assigned members of the same name: the package must not try.

const typedArray = Object.getPrototypeOf(Uint8Array);
const generator = Object.getPrototypeOf(function* none() {});
const asynchronous = Object.getPrototypeOf(async () => {});
const iterators = [
  [][Symbol.iterator](),
  new Map().entries(),
  new Set().values(),
  ''[Symbol.iterator](),
  ''.matchAll(/a/g),
];
const roots = [
  Object,
  Function,
  Array,
  String,
  Number,
  Boolean,
  Symbol,
  BigInt,
  Error,
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  Promise,
  Map,
  Set,
  WeakMap,
  WeakSet,
  WeakRef,
  FinalizationRegistry,
  RegExp,
  Date,
  Proxy,
  ArrayBuffer,
  DataView,
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float64Array,
  BigInt64Array,
  TextEncoder,
  TextDecoder,
  WebAssembly.Module,
  WebAssembly.Instance,
  WebAssembly.Memory,
  Intl.DateTimeFormat,
  typedArray,
  generator,
  asynchronous,
];
const spaces = [JSON, Math, Reflect, Intl, WebAssembly, Atomics];

for (const root of roots) {
  if (root.prototype !== undefined) Object.freeze(root.prototype);
  Object.freeze(root);
}
for (const iterator of iterators) Object.freeze(Object.getPrototypeOf(iterator));
for (const space of spaces) Object.freeze(space);
