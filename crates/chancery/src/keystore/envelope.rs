//! One key in one encrypted envelope.
//!
//! Follows RFC 7517 section 7 (an encrypted JWK is a JWE with `cty` `jwk+json`) and RFC 7518 section 4.8
//! (PBES2-HS512+A256KW) with A256GCM. INVARIANT: an envelope is opened only if its algorithms, work factor, salt
//! and tag are at least as strong as this file writes them, and only under the name that it was sealed with.
//! Copies of secrets made here are wiped; josekit's own, of passphrase and plain text, are not.

use chancery_did::{KeyType, PublicKey, SecretKey};
use chancery_proof::{Limits, base64url, json};
use josekit::jwe::{self, JweHeader, PBES2_HS512_A256KW};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{KeyStoreError, Passphrase};

/// PBKDF2 iterations of a key file that this version writes; a file with fewer is refused.
pub(super) const ITERATIONS: usize = 600_000;
const MOST_ITERATIONS: u64 = 1_000_000;
const SALT_BYTES: usize = 16;
const TAG_BYTES: usize = 16;
const ALG: &str = "PBES2-HS512+A256KW";
const ENC: &str = "A256GCM";
const CTY: &str = "jwk+json";

/// Encrypts `key` under `passphrase`, bound to `name`.
pub(super) fn seal(
    name: &str,
    key: &SecretKey,
    passphrase: &Passphrase,
    iterations: usize,
) -> Result<String, KeyStoreError> {
    let failed = |_| KeyStoreError::Damaged {
        name: name.to_owned(),
    };
    let mut header = JweHeader::new();
    header.set_content_encryption(ENC);
    header.set_content_type(CTY);
    header.set_key_id(name);
    let mut encrypter = PBES2_HS512_A256KW
        .encrypter_from_bytes(passphrase.bytes())
        .map_err(failed)?;
    encrypter.set_salt_len(SALT_BYTES);
    encrypter.set_iter_count(iterations);
    jwe::serialize_compact(private_jwk(key).as_bytes(), &header, &encrypter).map_err(failed)
}

/// Decrypts the key that was sealed as `name`.
pub(super) fn open(
    name: &str,
    text: &[u8],
    passphrase: &Passphrase,
    least_iterations: usize,
) -> Result<SecretKey, KeyStoreError> {
    let damaged = || KeyStoreError::Damaged {
        name: name.to_owned(),
    };
    let text = std::str::from_utf8(text).map_err(|_| damaged())?.trim_end();
    if !is_strong(name, text, least_iterations).unwrap_or(false) {
        return Err(damaged());
    }
    let decrypter = PBES2_HS512_A256KW
        .decrypter_from_bytes(passphrase.bytes())
        .map_err(|_| damaged())?;
    // The envelope is well formed, so what is left is a wrong passphrase or a changed byte: GCM cannot tell.
    let (plain, _) = jwe::deserialize_compact(text, &decrypter).map_err(|_| KeyStoreError::Passphrase {
        name: name.to_owned(),
    })?;
    from_private_jwk(&Zeroizing::new(plain)).ok_or_else(damaged)
}

/// Judges the five parts before any key is derived.
fn is_strong(name: &str, text: &str, least_iterations: usize) -> Option<bool> {
    let parts: Vec<&str> = text.split('.').collect();
    let [header, _, _, _, tag] = parts.as_slice() else {
        return None;
    };
    let header = json::parse(&base64url::decode(header).ok()?, &Limits::default()).ok()?;
    let says = |member: &str, value: &str| header.get(member).and_then(Value::as_str) == Some(value);
    let salt = base64url::decode(header.get("p2s")?.as_str()?).ok()?;
    let iterations = header.get("p2c")?.as_u64()?;
    Some(
        says("alg", ALG)
            && says("enc", ENC)
            && says("cty", CTY)
            && says("kid", name)
            && header.as_object()?.len() == 6
            && salt.len() >= SALT_BYTES
            && (least_iterations as u64..=MOST_ITERATIONS).contains(&iterations)
            && base64url::decode(tag).ok()?.len() == TAG_BYTES,
    )
}

/// Writes the JWK by hand, so that every copy of the secret is one that is wiped.
fn private_jwk(key: &SecretKey) -> Zeroizing<String> {
    let public = key.public_key().to_jwk();
    let secret = Zeroizing::new(base64url::encode(&key.to_bytes()));
    let mut text = Zeroizing::new(String::with_capacity(512));
    text.push('{');
    for member in ["kty", "crv", "x", "y"] {
        if let Some(value) = public.get(member).and_then(Value::as_str) {
            // None of these holds a character that JSON escapes.
            text.push_str(&format!("\"{member}\":\"{value}\","));
        }
    }
    text.push_str("\"d\":\"");
    text.push_str(&secret);
    text.push_str("\"}");
    text
}

fn from_private_jwk(plain: &[u8]) -> Option<SecretKey> {
    let mut jwk = json::parse(plain, &Limits::default()).ok()?;
    let Value::String(secret) = jwk.as_object_mut()?.remove("d")? else {
        return None;
    };
    let secret = Zeroizing::new(secret);
    let public = PublicKey::from_jwk(&jwk).ok()?;
    let bytes = Zeroizing::new(base64url::decode(&secret).ok()?);
    let key = SecretKey::from_bytes(key_type(&public)?, &bytes).ok()?;
    (*key.public_key() == public).then_some(key)
}

/// The key's type, if it is one that signs.
fn key_type(public: &PublicKey) -> Option<KeyType> {
    public.key_type().algorithm().map(|_| public.key_type())
}
