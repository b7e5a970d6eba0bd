//! `eddsa-rdfc-2022` (Data Integrity EdDSA Cryptosuites 1.0, section 3.2), `ecdsa-rdfc-2019` (Data Integrity ECDSA
//! Cryptosuites 1.0, section 3.2), and the verifying half of `Ed25519Signature2020`, which signs the same bytes.
//!
//! INVARIANT: the signed bytes are the hash of the canonical proof options, then that of the canonical document; the
//! hash is SHA-384 for P-384 and SHA-256 for the others, in the canonicalization too.

use chancery_did::{KeyType, PublicKey, Signer};
use chancery_proof::{ProofError, SuiteSeal, multibase};
use serde_json::{Map, Value};

use crate::canonical::Hash;
use crate::cryptosuite::Cryptosuite;
use crate::rdfc::{LEGACY, Rdfc};

/// The length of a signature by P-384.
const P384_SIGNATURE: usize = 96;

/// What such a proof signs.
#[derive(Debug)]
pub(crate) struct Hashed {
    /// The suite; none for the type from before the suites.
    suite: Option<Cryptosuite>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Hashed {
    pub(crate) fn open(
        rdfc: &Rdfc,
        suite: Option<Cryptosuite>,
        document: &Map<String, Value>,
        proof: &Map<String, Value>,
        value: &str,
    ) -> Result<Self, ProofError> {
        let signature = multibase::decode_z(value)?;
        // The key is not known yet, and its curve decides the hash: a signature's length tells the curve.
        let long = suite == Some(Cryptosuite::EcdsaRdfc2019) && signature.len() == P384_SIGNATURE;
        let hash = if long { Hash::Sha384 } else { Hash::Sha256 };
        Ok(Self {
            suite,
            message: message(rdfc, document, proof, hash)?,
            signature,
        })
    }
}

impl SuiteSeal for Hashed {
    fn verify(&self, key: &PublicKey) -> Result<(), ProofError> {
        fits(self.suite, key.key_type())?;
        key.verify(&self.message, &self.signature)
            .map_err(|_| ProofError::SignatureInvalid)
    }
}

/// Makes the `proofValue`.
pub(crate) fn sign(
    rdfc: &Rdfc,
    suite: Cryptosuite,
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
    signer: &dyn Signer,
) -> Result<String, ProofError> {
    let key = signer.public_key().key_type();
    fits(Some(suite), key)?;
    let hash = if key == KeyType::P384 {
        Hash::Sha384
    } else {
        Hash::Sha256
    };
    let message = message(rdfc, document, proof, hash)?;
    let signature = signer
        .sign(&message)
        .map_err(|error| ProofError::Signer(error.to_string()))?;
    Ok(multibase::encode_z(&signature))
}

fn fits(suite: Option<Cryptosuite>, key: KeyType) -> Result<(), ProofError> {
    let fits = match suite {
        None | Some(Cryptosuite::EddsaRdfc2022) => key == KeyType::Ed25519,
        Some(Cryptosuite::EcdsaRdfc2019) => matches!(key, KeyType::P256 | KeyType::P384),
        Some(Cryptosuite::EcdsaSd2023) => key == KeyType::P256,
    };
    if fits {
        return Ok(());
    }
    Err(ProofError::AlgorithmMismatch {
        algorithm: suite.map_or(LEGACY, Cryptosuite::name).to_owned(),
        key: key.as_str().to_owned(),
    })
}

pub(crate) fn message(
    rdfc: &Rdfc,
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
    hash: Hash,
) -> Result<Vec<u8>, ProofError> {
    let mut message = rdfc.config_hash(document, proof, hash)?;
    let canonical = rdfc.canonical(&Value::Object(document.clone()), hash)?;
    message.extend(hash.digest(canonical.lines.concat().as_bytes()));
    Ok(message)
}
