//! Why an SD-JWT, or the key binding of one, was turned away.
//!
//! INVARIANT: no text repeats a salt, a disclosure or a claim's value; names are cut short.

use thiserror::Error;

use crate::{ProofError, error::short};

/// What is wrong with an SD-JWT (RFC 9901, sections 4, 7 and 8).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SdJwtError {
    /// The text is neither serialization of an SD-JWT.
    #[error("not an SD-JWT: {0}")]
    Serialization(&'static str),
    /// A disclosure is not what section 4.2 makes it.
    #[error("a disclosure is malformed: {0}")]
    Disclosure(&'static str),
    /// `_sd`, `...` or `_sd_alg` stands where it may not, or holds what it may not.
    #[error("the digests at `{pointer}` are malformed: {reason}")]
    Digests {
        /// Where.
        pointer: String,
        /// What it met.
        reason: &'static str,
    },
    /// `_sd_alg` names another function than `sha-256`.
    #[error("the hash function {} not taken", named(.0.as_deref()))]
    HashAlgorithm(Option<String>),
    /// A disclosure brings a member whose name carries digests.
    #[error("a disclosure brings the reserved name `{0}`")]
    ReservedName(String),
    /// One digest stands in two places.
    #[error("one digest stands in two places")]
    RepeatedDigest,
    /// One disclosure was sent twice.
    #[error("one disclosure was sent twice")]
    RepeatedDisclosure,
    /// No digest refers to a disclosure.
    #[error("no digest refers to one of the disclosures")]
    Unreferenced,
    /// A member's disclosure stands in an array, or an element's in an object.
    #[error("a disclosure stands in the wrong place: {0}")]
    Misplaced(&'static str),
    /// A disclosed member is there already.
    #[error("the disclosed member `{}` is there already", short(.0))]
    Collision(String),
    /// A claim that decides about validity, or a part of it, may be withheld.
    #[error("`{}` decides about validity and may not be withheld", short(.0))]
    Protected(String),
    /// Selective disclosure where a document may have none.
    #[error("`{}` may not be withheld", short(.0))]
    Undisclosable(String),
    /// A pointer names nothing that can be withheld or disclosed.
    #[error("`{}` names nothing that can be withheld here", short(.0))]
    Pointer(String),
    /// The random source gave the same salt twice.
    #[error("the random source gives the same salt twice")]
    Salt,
    /// Key binding is asked for and was not brought.
    #[error("key binding is asked for, and there is none")]
    KeyBindingMissing,
    /// Key binding was brought where another signature binds already.
    #[error("a key binding JWT stands where none belongs")]
    KeyBindingUnexpected,
    /// The key binding JWT does not hold.
    #[error("the key binding does not hold: {0}")]
    KeyBinding(Box<ProofError>),
    /// The issuer named no key of the holder that can be used here.
    #[error("`cnf` names no key to check the key binding with: {0}")]
    Confirmation(&'static str),
    /// The key binding JWT is about other disclosures, or another SD-JWT.
    #[error("the key binding is not about this SD-JWT and these disclosures")]
    Hash,
    /// The key binding JWT is for another audience.
    #[error("the key binding is not for this audience")]
    Audience,
    /// The key binding JWT answers another nonce.
    #[error("the key binding does not answer this nonce")]
    Nonce,
    /// The verifier did not say what it expects.
    #[error("no audience or no nonce is expected")]
    Expectation,
}

impl SdJwtError {
    /// The stable code of this refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Serialization(_) => "sd_jwt.serialization",
            Self::Disclosure(_) => "sd_jwt.disclosure",
            Self::Digests { .. } => "sd_jwt.digests",
            Self::HashAlgorithm(_) => "sd_jwt.hash_algorithm",
            Self::ReservedName(_) => "sd_jwt.reserved_name",
            Self::RepeatedDigest => "sd_jwt.repeated_digest",
            Self::RepeatedDisclosure => "sd_jwt.repeated_disclosure",
            Self::Unreferenced => "sd_jwt.unreferenced_disclosure",
            Self::Misplaced(_) => "sd_jwt.misplaced_disclosure",
            Self::Collision(_) => "sd_jwt.claim_collision",
            Self::Protected(_) => "sd_jwt.protected_claim",
            Self::Undisclosable(_) => "sd_jwt.not_withholdable",
            Self::Pointer(_) => "sd_jwt.pointer",
            Self::Salt => "sd_jwt.salt",
            Self::KeyBindingMissing => "binding.key_binding_missing",
            Self::KeyBindingUnexpected => "binding.key_binding_unexpected",
            Self::KeyBinding(_) => "binding.key_binding",
            Self::Confirmation(_) => "binding.confirmation",
            Self::Hash => "binding.sd_hash",
            Self::Audience => "binding.audience",
            Self::Nonce => "binding.nonce",
            Self::Expectation => "binding.expectation_missing",
        }
    }
}

fn named(word: Option<&str>) -> String {
    word.map_or_else(
        || "is no text and".to_owned(),
        |word| format!("`{}` is", short(word)),
    )
}
