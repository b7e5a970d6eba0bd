//! The fixed cast of this crate's tests: three signers and a book of their keys.

use chancery_did::{Did, DidUrl, KeyType, PublicKey, Relationship, SecretKey};

use sha2::{Digest as _, Sha256};

use crate::{Expectation, Keys};

/// A signer whose key follows from one byte.
pub(crate) fn signer(key_type: KeyType, seed: u8) -> SecretKey {
    let length = match key_type {
        KeyType::P384 => 48,
        KeyType::P521 => 66,
        KeyType::Ed25519 | KeyType::P256 | KeyType::X25519 => 32,
    };
    let mut bytes = vec![seed; length];
    if key_type == KeyType::P521 {
        bytes[0] = 0;
    }
    SecretKey::from_bytes(key_type, &bytes).unwrap()
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

/// A source of bytes that follow from one number and never repeat.
pub(crate) struct Drawn(pub(crate) u64);

impl rand_core::TryRng for Drawn {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in target.chunks_mut(32) {
            self.0 = self.0.wrapping_add(1);
            chunk.copy_from_slice(&Sha256::digest(self.0.to_le_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Drawn {}
