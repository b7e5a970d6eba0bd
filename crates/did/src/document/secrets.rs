//! Finds private key material in a document, [DID 1.0 section 5.2](https://www.w3.org/TR/did-1.0/#verification-material).
//!
//! INVARIANT: material found anywhere in a document, known place or not, refuses the whole document, and the
//! error holds neither its value nor its place.

use serde_json::{Map, Value};

use crate::KeyError;
use crate::key::jwk::PRIVATE_MEMBERS;

/// Refuses a document that holds a private key in any known form.
pub(super) fn refuse(document: &Value) -> Result<(), KeyError> {
    let mut left = vec![document];
    while let Some(value) = left.pop() {
        match value {
            Value::Object(members) => {
                if members.keys().any(|name| is_secret(name)) || is_private_jwk(members) {
                    return Err(KeyError::PrivateMember);
                }
                left.extend(members.values());
            }
            Value::Array(list) => left.extend(list),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    Ok(())
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("privatekey") || name.starts_with("secretkey")
}

fn is_private_jwk(members: &Map<String, Value>) -> bool {
    members.contains_key("kty") && PRIVATE_MEMBERS.iter().any(|name| members.contains_key(*name))
}
