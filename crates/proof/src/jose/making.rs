//! Making a JWS in three steps: prepare, sign, seal.
//!
//! INVARIANT: header and payload are canonical JSON, so equal content has equal bytes to sign.

use chancery_did::{Algorithm, DidUrl, Signer};
use serde_json::{Value, json};

use crate::{ProofError, ReadError, base64url, jcs};

/// A JWS that awaits its signature.
#[derive(Debug, Clone)]
pub struct Unsigned {
    signing_input: String,
}

impl Unsigned {
    /// The ASCII of `header.payload`, which is what is signed.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    /// Puts the signature in its place and gives the token.
    #[must_use]
    pub fn seal(self, signature: &[u8]) -> String {
        let mut token = self.signing_input;
        token.push('.');
        token.push_str(&base64url::encode(signature));
        token
    }
}

/// Prepares a JWS for signing elsewhere.
///
/// # Errors
///
/// `parse.structure` for a payload that is not an object, `limit.depth` for one that is nested too deep.
pub fn prepare(
    typ: &str,
    cty: Option<&str>,
    kid: &DidUrl,
    algorithm: Algorithm,
    payload: &Value,
) -> Result<Unsigned, ProofError> {
    prepare_named(typ, cty, kid.as_str(), algorithm, payload)
}

/// Prepares a JWS whose key identifier is any text, such as a JWK thumbprint: for readers that hold the key.
///
/// # Errors
///
/// As [`prepare`].
pub fn prepare_named(
    typ: &str,
    cty: Option<&str>,
    kid: &str,
    algorithm: Algorithm,
    payload: &Value,
) -> Result<Unsigned, ProofError> {
    if !payload.is_object() {
        return Err(ReadError::Structure("the payload is not a JSON object".to_owned()).into());
    }
    let mut header = json!({ "alg": algorithm.as_str(), "kid": kid, "typ": typ });
    if let (Some(cty), Value::Object(members)) = (cty, &mut header) {
        members.insert("cty".to_owned(), cty.into());
    }
    prepare_with(&header, payload)
}

/// Prepares a JWS with exactly this header.
pub(crate) fn prepare_with(header: &Value, payload: &Value) -> Result<Unsigned, ProofError> {
    let mut signing_input = base64url::encode(&jcs::canonicalize(header)?);
    signing_input.push('.');
    signing_input.push_str(&base64url::encode(&jcs::canonicalize(payload)?));
    Ok(Unsigned { signing_input })
}

/// Makes a JWS with a signer; the algorithm follows from the signer's key.
///
/// # Errors
///
/// As [`prepare`]; `alg.mismatch` for a key that cannot sign, `signature.missing` if the signer fails.
pub fn sign(typ: &str, kid: &DidUrl, payload: &Value, signer: &dyn Signer) -> Result<String, ProofError> {
    let key_type = signer.public_key().key_type();
    let algorithm = key_type
        .algorithm()
        .ok_or_else(|| ProofError::AlgorithmMismatch {
            algorithm: "JWS".to_owned(),
            key: key_type.as_str().to_owned(),
        })?;
    let unsigned = prepare(typ, None, kid, algorithm, payload)?;
    let signature = signer
        .sign(unsigned.signing_input())
        .map_err(|error| ProofError::Signer(error.to_string()))?;
    Ok(unsigned.seal(&signature))
}
