//! Verification methods, [DID 1.0 section 5.2](https://www.w3.org/TR/did-1.0/#verification-methods).
//!
//! INVARIANT: a method has exactly one representation of its key. A key that is malformed or weak fails the
//! document; one that is unknown, or not meant for signatures, fails when it is used.

use serde_json::{Map, Value};

use super::{DocumentError, invalid, url_within};
use crate::{Did, DidUrl, KeyError, KeyType, PublicKey};

/// A key of a document, with its name and who controls it.
#[derive(Debug, Clone, PartialEq)]
pub struct VerificationMethod {
    id: DidUrl,
    controller: Did,
    material: Result<PublicKey, KeyError>,
}

impl VerificationMethod {
    /// Returns the id, made whole with the document's DID.
    #[must_use]
    pub fn id(&self) -> &DidUrl {
        &self.id
    }

    /// Returns who controls the key.
    #[must_use]
    pub fn controller(&self) -> &Did {
        &self.controller
    }

    /// Returns the key, whatever it may be used for, or none if it is of an unknown kind.
    #[must_use]
    pub fn key(&self) -> Option<&PublicKey> {
        self.material.as_ref().ok()
    }

    pub(super) fn material(&self) -> Result<&PublicKey, &KeyError> {
        self.material.as_ref()
    }

    pub(super) fn parse(owner: &Did, value: &Value, at: &str) -> Result<Self, DocumentError> {
        let members = value
            .as_object()
            .ok_or_else(|| invalid(at, "a verification method is a JSON object"))?;
        let id = url_within(owner, text(members, "id", at)?, at)?;
        if id.fragment().is_none() {
            return Err(invalid(at, "the id of a verification method has a fragment"));
        }
        let controller = Did::parse(text(members, "controller", at)?)
            .map_err(|_| invalid(at, "the controller is not a DID in canonical spelling"))?;
        let material = match key(members, text(members, "type", at)?, at)? {
            Err(error @ (KeyError::Unsupported | KeyError::UnsupportedHere | KeyError::Use)) => Err(error),
            Err(error) => return Err(error.into()),
            Ok(key) => Ok(key),
        };
        Ok(Self {
            id,
            controller,
            material,
        })
    }
}

fn text<'a>(members: &'a Map<String, Value>, name: &str, at: &str) -> Result<&'a str, DocumentError> {
    members
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| invalid(at, "a verification method has an id, a type and a controller"))
}

fn key(
    members: &Map<String, Value>,
    type_: &str,
    at: &str,
) -> Result<Result<PublicKey, KeyError>, DocumentError> {
    let (multibase, jwk) = (members.get("publicKeyMultibase"), members.get("publicKeyJwk"));
    if multibase.is_some() && jwk.is_some() {
        return Err(invalid(
            at,
            "a verification method has one representation of its key",
        ));
    }
    let only = match type_ {
        "Multikey" | "JsonWebKey" | "JsonWebKey2020" => None,
        "Ed25519VerificationKey2020" => Some(KeyType::Ed25519),
        "X25519KeyAgreementKey2020" => Some(KeyType::X25519),
        _ => return Ok(Err(KeyError::Unsupported)),
    };
    let as_jwk = type_.starts_with("JsonWebKey");
    let key = match (as_jwk, multibase, jwk) {
        (true, None, Some(jwk)) => PublicKey::from_jwk(jwk),
        (false, Some(Value::String(text)), None) => PublicKey::from_multikey(text),
        _ => {
            return Err(invalid(
                at,
                "the key is not in the representation that its type names",
            ));
        }
    };
    match (key, only) {
        (Ok(key), Some(only)) if key.key_type() != only => {
            Err(invalid(at, "the key is not of the kind that its type names"))
        }
        (key, _) => Ok(key),
    }
}
