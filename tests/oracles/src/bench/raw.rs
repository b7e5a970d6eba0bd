//! The raw signature work that everything else is measured against: aws-lc-rs with a parsed key.
//!
//! INVARIANT: a signature is verified once before its verification is timed.

use aws_lc_rs::signature::{self, Ed25519KeyPair, ParsedPublicKey};
use chancery_did::{KeyType, Signer as _};
use chancery_oracles::fixture::Actor;
use chancery_oracles::rounds::{Reference, Work};

/// What a digest-signing suite signs: two SHA-256 hashes.
pub const MESSAGE: [u8; 64] = [0x5a; 64];

/// The references, in the order of [`Reference`].
pub fn references() -> [Work<'static>; 3] {
    [
        raw_verify("", Reference::Verify),
        raw_sign(""),
        raw_verify("", Reference::VerifyP256),
    ]
}

pub fn rows() -> Vec<Work<'static>> {
    vec![
        raw_verify("raw Ed25519 verify (aws-lc-rs)", Reference::Verify),
        raw_verify("raw P-256 verify (aws-lc-rs)", Reference::VerifyP256),
        raw_sign("raw Ed25519 sign (aws-lc-rs)"),
    ]
}

/// aws-lc-rs with a parsed key, as a verifier keeps it.
fn raw_verify(name: &str, reference: Reference) -> Work<'static> {
    let p256 = reference == Reference::VerifyP256;
    let actor = Actor::new(if p256 { KeyType::P256 } else { KeyType::Ed25519 }, 1);
    let key = if p256 {
        ParsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, actor.public().raw())
    } else {
        ParsedPublicKey::new(&signature::ED25519, actor.public().raw())
    };
    let key = key.expect("aws-lc-rs reads the key");
    let made = actor.key.sign(&MESSAGE).expect("a signature");
    Work::new(name, reference, 1, move || {
        key.verify_sig(&MESSAGE, &made).expect("the signature holds")
    })
}

fn raw_sign(name: &str) -> Work<'static> {
    let key = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).expect("aws-lc-rs reads the key");
    Work::new(name, Reference::Sign, 1, move || key.sign(&MESSAGE))
}
