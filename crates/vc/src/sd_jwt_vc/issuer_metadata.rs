//! JWT VC Issuer Metadata (SD-JWT VC, section 3): the keys of an issuer that is an `https` URL.
//!
//! INVARIANT: keys are taken only from a document whose `issuer` is, character for character, the `iss` that it was
//! fetched for.

use chancery_did::PublicKey;
use serde_json::Value;

use crate::uri::is_https;

/// Why no key was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerMetadataError {
    /// `iss` is no `https` URL without query and fragment.
    #[error("the issuer is no https URL without query and fragment")]
    Issuer,
    /// The document is about another issuer.
    #[error("the metadata is of another issuer")]
    Mismatch,
    /// The keys stand elsewhere, or not at all, or in two places.
    #[error("the metadata has no `jwks`, or `jwks_uri` beside it")]
    Keys,
    /// No key, or more than one, has this `kid`.
    #[error("the metadata has not exactly one such key")]
    NotFound,
    /// The key cannot be used here.
    #[error("the key cannot be used here")]
    Unusable,
}

impl IssuerMetadataError {
    /// The stable code of this refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Issuer | Self::Mismatch => "key.issuer_mismatch",
            Self::Keys | Self::NotFound => "key.not_found",
            Self::Unusable => "key.invalid",
        }
    }
}

/// Where the metadata of an issuer is fetched from.
///
/// # Errors
/// [`IssuerMetadataError::Issuer`] for anything that is no such URL.
pub fn address(issuer: &str) -> Result<String, IssuerMetadataError> {
    if !is_https(issuer) || issuer.contains('?') {
        return Err(IssuerMetadataError::Issuer);
    }
    let rest = issuer
        .strip_prefix("https://")
        .ok_or(IssuerMetadataError::Issuer)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.strip_suffix('/').unwrap_or(path);
    let slash = if path.is_empty() { "" } else { "/" };
    Ok(format!("https://{host}/.well-known/jwt-vc-issuer{slash}{path}"))
}

/// Finds the key of an issuer in its metadata: the one of this `kid`, or the only one.
///
/// # Errors
/// [`IssuerMetadataError`], also for keys that would have to be fetched from elsewhere.
pub fn key(metadata: &Value, issuer: &str, kid: Option<&str>) -> Result<PublicKey, IssuerMetadataError> {
    address(issuer)?;
    if metadata.get("issuer").and_then(Value::as_str) != Some(issuer) {
        return Err(IssuerMetadataError::Mismatch);
    }
    if metadata.get("jwks_uri").is_some() {
        return Err(IssuerMetadataError::Keys);
    }
    let keys = metadata.pointer("/jwks/keys").and_then(Value::as_array);
    let keys = keys.ok_or(IssuerMetadataError::Keys)?;
    let named = |key: &&Value| kid.is_none_or(|kid| key.get("kid").and_then(Value::as_str) == Some(kid));
    let mut found = keys.iter().filter(named);
    match (found.next(), found.next()) {
        (Some(key), None) => PublicKey::from_jwk(key).map_err(|_| IssuerMetadataError::Unusable),
        _ => Err(IssuerMetadataError::NotFound),
    }
}
