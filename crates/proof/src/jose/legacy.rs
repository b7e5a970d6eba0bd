//! JWTs from before explicit types (VC Data Model 1.1, section 6.3.1; RFC 7519, section 5.1).
//!
//! INVARIANT: a missing `kid` is filled in only from an `iss` whose DID method allows one method for signatures and
//! no more; the name is a hint, and the key comes from the caller as ever.

use serde_json::{Map, Value};

use super::claims;
use crate::ProofError;

/// The `typ` that tells nothing.
pub(super) const TYP: &str = "JWT";

/// The one verification method that the issuer of a token without `kid` has for signatures.
pub(super) fn only_method(payload: &Map<String, Value>) -> Result<String, ProofError> {
    let issuer = claims::issuer(payload)?.ok_or(ProofError::KeyNotFound)?;
    if let Some(key) = issuer.strip_prefix("did:key:") {
        return Ok(format!("{issuer}#{key}"));
    }
    if issuer.starts_with("did:jwk:") {
        return Ok(format!("{issuer}#0"));
    }
    Err(ProofError::KeyNotFound)
}
