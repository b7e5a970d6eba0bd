// The `did:key` of an Ed25519 key: multicodec 0xed01, base58btc.

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** The DID of a public key, and the DID URL of the key itself. */
export function didKey(publicKey) {
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
  let number = BigInt(`0xed01${raw.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
  const did = `did:key:z${text}`;
  return { did, key: `${did}#z${text}` };
}
