// Changed copies of what a peer signed: each must be refused, with a code.
//
// INVARIANT: no copy equals the original, and each has exactly one change.

const changed = value => {
  if(typeof value === 'string') {
    return `${value}x`;
  }
  if(typeof value === 'number') {
    return value + 1;
  }
  return value === null ? 'x' : !value;
};

/** The places of every scalar below `value`, as paths. */
function leaves(value, path = []) {
  if(value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
  }
  return [path];
}

function at(document, path, alter) {
  const copy = structuredClone(document);
  const last = path.at(-1);
  const parent = path.slice(0, -1).reduce((inner, name) => inner[name], copy);
  alter(parent, last);
  return copy;
}

/** Changes one character in the middle of a text, within its alphabet. */
export function nudged(text, where = Math.floor(text.length / 2)) {
  const other = text[where] === 'A' ? 'B' : 'A';
  return text.slice(0, where) + other + text.slice(where + 1);
}

/** Every claim, every proof member and the proof value of a document, changed one at a time. */
export function* documents(document) {
  for(const path of leaves(document)) {
    const name = `/${path.join('/')}`;
    if(path.at(-1) === 'proofValue') {
      yield [`${name} nudged`, at(document, path, (parent, last) => parent[last] = nudged(parent[last]))];
      yield [`${name} cut`, at(document, path, (parent, last) => parent[last] = parent[last].slice(0, -4))];
    } else {
      yield [`${name} changed`, at(document, path, (parent, last) => parent[last] = changed(parent[last]))];
    }
  }
  yield ['a claim added', {...document, credentialSubject: {...document.credentialSubject, description: 'added'}}];
  yield ['the proof removed', at(document, ['proof'], (parent, last) => delete parent[last])];
}

const decode = part => JSON.parse(Buffer.from(part, 'base64url').toString());
const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Every claim and header member of a compact JWS changed, its signature nudged, its header swapped. */
export function* tokens(token) {
  const [header, payload, signature] = token.split('.');
  const claims = decode(payload);
  for(const path of leaves(claims)) {
    const altered = at(claims, path, (parent, last) => parent[last] = changed(parent[last]));
    yield [`claim /${path.join('/')} changed`, [header, encode(altered), signature].join('.')];
  }
  const protect = decode(header);
  for(const [name, value] of Object.entries(protect)) {
    yield [`header ${name} changed`, [encode({...protect, [name]: changed(value)}), payload, signature].join('.')];
  }
  yield ['signature nudged', [header, payload, nudged(signature)].join('.')];
  yield ['signature cut', [header, payload, signature.slice(0, -8)].join('.')];
  yield ['signature removed', [header, payload, ''].join('.')];
  yield ['alg none', [encode({...protect, alg: 'none'}), payload, ''].join('.')];
  yield ['alg HS256', [encode({...protect, alg: 'HS256'}), payload, signature].join('.')];
  yield ['crit added', [encode({...protect, crit: ['exp']}), payload, signature].join('.')];
}
