// Keys of the peers: JWKs for the command form, did:key issuers for the doors that resolve.
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {calculateJwkThumbprint, exportJWK, generateKeyPair} from 'jose';

/** A JsonWebKey verification method with both halves, as `chancery conformance jose-cose --key` reads it. */
export async function jsonWebKey(alg) {
  const {publicKey, privateKey} = await generateKeyPair(alg, {extractable: true});
  const [open, secret] = await Promise.all([exportJWK(publicKey), exportJWK(privateKey)]);
  const kid = await calculateJwkThumbprint(open);
  const controller = 'https://issuer.example/interop';
  return {
    kid, alg, publicKey, privateKey, controller,
    method: {
      id: `${controller}#key-1`, type: 'JsonWebKey', controller,
      publicKeyJwk: {...open, kid, alg}, secretKeyJwk: {...secret, kid, alg}
    }
  };
}

/** A new did:key: its DID, the id of its method, and its halves as `jose` holds them. */
export async function didKey(alg) {
  const {publicKey, privateKey} = await generateKeyPair(alg, {extractable: true});
  const jwk = await exportJWK(privateKey);
  const kind = alg === 'EdDSA' ? Ed25519Multikey : EcdsaMultikey;
  const {publicKeyMultibase} = await (await kind.fromJwk({jwk: {...jwk, alg}})).export({publicKey: true});
  const did = `did:key:${publicKeyMultibase}`;
  return {did, kid: `${did}#${publicKeyMultibase}`, alg, jwk, publicKey, privateKey};
}

/** The public JWK of a did:key of ours. */
export async function publicJwk(did) {
  const multibase = did.split('#')[0].slice('did:key:'.length);
  const kind = multibase.startsWith('z6Mk') ? Ed25519Multikey : EcdsaMultikey;
  const pair = await kind.from({type: 'Multikey', id: did, controller: did, publicKeyMultibase: multibase});
  return kind.toJwk({keyPair: pair});
}

/** The algorithm that a public JWK stands for. */
export const algorithm = ({crv}) => ({Ed25519: 'EdDSA', 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512'}[crv]);
