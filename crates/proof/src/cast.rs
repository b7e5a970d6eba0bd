//! The fixed cast of this crate's tests: three signers and a book of their keys.

use chancery_did::{Did, DidUrl, KeyType, PublicKey, Relationship, SecretKey};

use crate::{Expectation, Keys};

/// A signer whose key follows from one byte.
pub(crate) fn signer(key_type: KeyType, seed: u8) -> SecretKey {
    let length = if key_type == KeyType::P384 { 48 } else { 32 };
    SecretKey::from_bytes(key_type, &vec![seed; length]).unwrap()
}

/// The did:key of a signer.
pub(crate) fn did(signer: &SecretKey) -> Did {
    Did::parse(&format!("did:key:{}", signer.public_key().to_multikey())).unwrap()
}

/// The verification method of a signer's did:key.
pub(crate) fn method(signer: &SecretKey) -> DidUrl {
    did(signer)
        .with_fragment(&signer.public_key().to_multikey())
        .unwrap()
}

/// What is expected of a signer's proof.
pub(crate) fn expect(signer: &SecretKey) -> Expectation {
    Expectation {
        purpose: Relationship::AssertionMethod,
        issuer: did(signer),
    }
}

/// Reads the key of a did:key out of its own name.
pub(crate) struct DidKeys;

impl Keys for DidKeys {
    fn key(&self, method: &DidUrl, _: Relationship) -> Result<PublicKey, (&'static str, String)> {
        let fragment = method.fragment().ok_or(("key.not_found", String::new()))?;
        PublicKey::from_multikey(fragment).map_err(|error| (error.code(), error.to_string()))
    }
}
