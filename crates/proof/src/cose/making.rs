//! Making a `COSE_Sign1` in three steps: prepare, sign, seal.
//!
//! INVARIANT: the protected header is deterministic CBOR (RFC 8949, section 4.2), so equal content has equal
//! bytes to sign; the unprotected header is empty.

use chancery_did::{Algorithm, Signer};

use super::{TAG, header, sig_structure};
use crate::{
    ProofError,
    cbor::{self, Value},
};

/// A `COSE_Sign1` that awaits its signature.
#[derive(Debug, Clone)]
pub struct Unsigned {
    protected: Vec<u8>,
    payload: Vec<u8>,
    signing_input: Vec<u8>,
}

impl Unsigned {
    /// The `Sig_structure`, which is what is signed.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        &self.signing_input
    }

    /// Puts the signature in its place and gives the tagged message.
    ///
    /// # Errors
    ///
    /// `parse.cbor`, for a message that cannot be written.
    pub fn seal(self, signature: &[u8]) -> Result<Vec<u8>, ProofError> {
        let message = Value::Array(vec![
            Value::Bytes(self.protected),
            Value::Map(Vec::new()),
            Value::Bytes(self.payload),
            Value::Bytes(signature.to_vec()),
        ]);
        Ok(cbor::encode(&Value::Tag(TAG, Box::new(message)))?)
    }
}

/// Prepares a `COSE_Sign1` for signing elsewhere: over JSON text for `application/vc+cose`, over CBOR for a CWT.
///
/// # Errors
///
/// `parse.cbor`, for a header that cannot be written.
pub fn prepare(
    typ: &str,
    content_type: Option<&str>,
    kid: &str,
    algorithm: Algorithm,
    payload: Vec<u8>,
) -> Result<Unsigned, ProofError> {
    let parameters = [
        (header::ALG, Some(header::label(algorithm).into())),
        (header::CONTENT_TYPE, content_type.map(Value::from)),
        (header::KID, Some(Value::Bytes(kid.as_bytes().to_vec()))),
        (header::TYP, Some(typ.into())),
    ];
    let parameters = parameters
        .into_iter()
        .filter_map(|(label, value)| Some((label.into(), value?)));
    let protected = cbor::encode(&Value::Map(parameters.collect()))?;
    Ok(Unsigned {
        signing_input: sig_structure(protected.clone(), payload.clone())?,
        protected,
        payload,
    })
}

/// Makes a `COSE_Sign1` with a signer; the algorithm follows from the signer's key.
///
/// # Errors
///
/// As [`prepare`]; `alg.mismatch` for a key that cannot sign, `signature.missing` if the signer fails.
pub fn sign(
    typ: &str,
    content_type: Option<&str>,
    kid: &str,
    payload: Vec<u8>,
    signer: &dyn Signer,
) -> Result<Vec<u8>, ProofError> {
    let key_type = signer.public_key().key_type();
    let algorithm = key_type
        .algorithm()
        .ok_or_else(|| ProofError::AlgorithmMismatch {
            algorithm: "COSE".to_owned(),
            key: key_type.as_str().to_owned(),
        })?;
    let unsigned = prepare(typ, content_type, kid, algorithm, payload)?;
    let signature = signer
        .sign(unsigned.signing_input())
        .map_err(|error| ProofError::Signer(error.to_string()))?;
    unsigned.seal(&signature)
}
