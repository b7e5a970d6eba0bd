//! The cryptosuites by name (Data Integrity 1.0, section 3.1).
//!
//! INVARIANT: a name that is not listed here is refused, never skipped.

use chancery_did::KeyType;

use super::{ecdsa_jcs, eddsa_jcs};
use crate::{ProofError, error::short, secured::Scheme};

/// The `type` of proofs whose suite stands in `cryptosuite`.
pub(super) const DATA_INTEGRITY_PROOF: &str = "DataIntegrityProof";

/// Cryptosuites that exist and need JSON-LD or selective disclosure, which this crate does not know.
const ELSEWHERE: [&str; 4] = ["eddsa-rdfc-2022", "ecdsa-rdfc-2019", "ecdsa-sd-2023", "bbs-2023"];

/// A cryptosuite that this crate knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suite {
    EddsaJcs2022,
    EcdsaJcs2019,
}

impl Suite {
    pub(super) fn parse(name: Option<&str>) -> Result<Self, ProofError> {
        match name {
            Some(eddsa_jcs::NAME) => Ok(Self::EddsaJcs2022),
            Some(ecdsa_jcs::NAME) => Ok(Self::EcdsaJcs2019),
            Some(name) if ELSEWHERE.contains(&name) => {
                Err(ProofError::AlgorithmUnsupportedHere(name.to_owned()))
            }
            _ => Err(ProofError::AlgorithmUnknown(name.map(short))),
        }
    }

    /// Says whether a proof is of a suite that exists, but not here.
    pub(super) fn elsewhere(kind: &str, cryptosuite: Option<&str>) -> bool {
        match cryptosuite {
            Some(name) => kind == DATA_INTEGRITY_PROOF && ELSEWHERE.contains(&name),
            None => kind == "Ed25519Signature2020",
        }
    }

    /// The suite that a key signs with.
    pub(super) fn of_key(key: KeyType) -> Result<Self, ProofError> {
        match key {
            KeyType::Ed25519 => Ok(Self::EddsaJcs2022),
            KeyType::P256 | KeyType::P384 => Ok(Self::EcdsaJcs2019),
            KeyType::P521 | KeyType::X25519 => Err(ProofError::AlgorithmMismatch {
                algorithm: "Data Integrity".to_owned(),
                key: key.as_str().to_owned(),
            }),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::EddsaJcs2022 => eddsa_jcs::NAME,
            Self::EcdsaJcs2019 => ecdsa_jcs::NAME,
        }
    }

    pub(super) fn scheme(self) -> Scheme {
        match self {
            Self::EddsaJcs2022 => Scheme::EddsaJcs2022,
            Self::EcdsaJcs2019 => Scheme::EcdsaJcs2019,
        }
    }

    /// The bytes that are signed, for a signature of this length. `sha256` is the document's hash if it is
    /// known already.
    pub(super) fn hash_data(
        self,
        signature_length: usize,
        config: &[u8],
        document: &[u8],
        sha256: Option<[u8; 32]>,
    ) -> Vec<u8> {
        match self {
            Self::EcdsaJcs2019 if signature_length == ecdsa_jcs::P384_SIGNATURE => {
                ecdsa_jcs::hash_data_p384(config, document)
            }
            Self::EddsaJcs2022 | Self::EcdsaJcs2019 => eddsa_jcs::hash_data(config, document, sha256),
        }
    }
}
