// One of the cast: a fixed Ed25519 key, its DID and its document, and sealing by hand with Node's own crypto.

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

export const b64url = (bytes) => Buffer.from(bytes).toString('base64url');
const sha256 = (text) => createHash('sha256').update(text).digest();

/** A moment so many milliseconds from now, in whole seconds. */
export function time(offset) {
  const now = Math.floor(Date.now() / 1000) * 1000;
  return new Date(now + offset).toISOString().replace('.000', '');
}

/** RFC 8785 of what is used here: no numbers but small whole ones. */
export function jcs(value) {
  if (Array.isArray(value)) return `[${value.map(jcs).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  return `{${names.sort().map((name) => `${JSON.stringify(name)}:${jcs(value[name])}`).join()}}`;
}

function base58(bytes) {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)] + text;
  return text.padStart(text.length + bytes.findIndex((byte) => byte !== 0), '1');
}

/** One of the cast: an Ed25519 key whose every byte is `seed`; a `did:key`, or the `did:web` of `name`. */
export class Party {
  constructor(seed, name) {
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
    this.key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    this.jwk = createPublicKey(this.key).export({ format: 'jwk' });
    this.multikey = `z${base58(Buffer.concat([Buffer.from([0xed, 1]), Buffer.from(this.jwk.x, 'base64url')]))}`;
    this.did = name === undefined ? `did:key:${this.multikey}` : `did:web:${name}`;
    this.method = `${this.did}#${name === undefined ? this.multikey : 'key-1'}`;
    this.thumbprint = b64url(sha256(jcs({ crv: 'Ed25519', kty: 'OKP', x: this.jwk.x })));
  }

  /** The DID document: one key, in every relationship that signs. */
  document(service = []) {
    const key = { id: this.method, type: 'Multikey', controller: this.did, publicKeyMultibase: this.multikey };
    const relationships = ['assertionMethod', 'authentication', 'capabilityDelegation'];
    return JSON.stringify({
      '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
      id: this.did,
      verificationMethod: [key],
      ...Object.fromEntries(relationships.map((name) => [name, [this.method]])),
      ...(service.length > 0 ? { service } : {}),
    });
  }

  /** A document with an `eddsa-jcs-2022` proof. */
  seal(document, proofPurpose, more = {}) {
    const proof = {
      type: 'DataIntegrityProof',
      cryptosuite: 'eddsa-jcs-2022',
      created: time(-5000),
      verificationMethod: this.method,
      proofPurpose,
      '@context': document['@context'],
      ...more,
    };
    const hash = Buffer.concat([sha256(jcs(proof)), sha256(jcs(document))]);
    return { ...document, proof: { ...proof, proofValue: `z${base58(sign(null, hash, this.key))}` } };
  }

  /** A compact JWS. */
  jws(header, payload) {
    const signed = `${b64url(JSON.stringify({ alg: 'EdDSA', kid: this.method, ...header }))}.${b64url(payload)}`;
    return `${signed}.${b64url(sign(null, Buffer.from(signed), this.key))}`;
  }
}
