// did:key by hand, so that a peer's own resolver is not in the way: the document of one Multikey.

/** What `did:key:X` or `did:key:X#X` names, or undefined. */
export function dereference(url) {
  const [did, fragment] = url.split('#');
  const multibase = did.startsWith('did:key:') ? did.slice('did:key:'.length) : undefined;
  if(multibase === undefined || (fragment !== undefined && fragment !== multibase)) {
    return undefined;
  }
  const method = {id: `${did}#${multibase}`, type: 'Multikey', controller: did, publicKeyMultibase: multibase};
  if(fragment !== undefined) {
    return {'@context': 'https://w3id.org/security/multikey/v1', ...method};
  }
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did, verificationMethod: [method], assertionMethod: [method.id], authentication: [method.id],
    capabilityDelegation: [method.id], capabilityInvocation: [method.id]
  };
}
