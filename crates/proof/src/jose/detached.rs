//! A JWS whose payload travels apart from it (RFC 7515, appendix F), as A2A agent cards carry it
//! (A2A 1.0, section 8.4.2).
//!
//! INVARIANT: the payload that is signed is the canonical form of the value that is read, and nothing else. A header
//! may say where its signer's keys are to be fetched (`jku`); nobody looks there.

use serde_json::Value;

use super::{compact::Compact, header::Header};
use crate::{Digest, Limits, ProofError, ProofInfo, Secured, Securing, base64url, error::short, jcs};
use chancery_did::DidUrl;

/// The `typ` of such a signature, where it has one.
const TYP: &str = "JOSE";
/// What a header may say and nobody heeds.
const UNHEEDED: &[&str] = &["jku"];

impl Secured<Value> {
    /// Reads a signature over the canonical form of `value`: its protected header and itself, in base64url.
    ///
    /// `typ` is `JOSE` or absent; the header's `kid` must be a DID URL.
    ///
    /// # Errors
    ///
    /// As [`Secured::jose`].
    pub fn detached(
        protected: &str,
        signature: &str,
        value: Value,
        limits: &Limits,
    ) -> Result<Self, ProofError> {
        let too_long = protected.len().max(signature.len()) > limits.jose_bytes;
        if too_long {
            let limit = limits.jose_bytes;
            return Err(crate::ReadError::Size { limit }.into());
        }
        let header = Header::parse_but(&base64url::decode(protected)?, None, UNHEEDED, limits)?;
        if header.typ.as_deref().is_some_and(|typ| typ != TYP) {
            return Err(ProofError::Typ(header.typ.as_deref().map(short)));
        }
        let kid = header.kid.clone().ok_or(ProofError::KeyNotFound)?;
        let input = format!("{protected}.{}", base64url::encode(&jcs::canonicalize(&value)?));
        let info = ProofInfo {
            verification_method: DidUrl::parse(&kid)?,
            purpose: None,
            cryptosuite_or_alg: header.algorithm.as_str().to_owned(),
            created: None,
            not_before: None,
            expires: None,
            challenge: None,
            domain: Vec::new(),
            id: None,
            typ: header.typ.clone(),
            iss: None,
        };
        let compact = Compact {
            header,
            payload: Vec::new(),
            signing_input: input.as_bytes(),
            signature: base64url::decode(signature)?,
        };
        let sealed = std::iter::once((info, compact.seal()));
        let digest = Digest::of_bytes(input.as_bytes());
        Ok(Secured::new(value, Securing::Jose, digest, sealed))
    }
}

#[cfg(test)]
mod tests {
    use chancery_did::{KeyType, Signer as _};
    use serde_json::json;

    use super::*;
    use crate::cast::{DidKeys, expect, method, signer};

    fn header() -> Value {
        json!({ "alg": "EdDSA", "kid": method(&signer(KeyType::Ed25519, 1)).as_str(), "typ": "JOSE" })
    }

    /// Signs `value` under this header, and judges `read` under that signature.
    fn judge(header: &Value, value: &Value, read: Value) -> Result<Value, &'static str> {
        let by = signer(KeyType::Ed25519, 1);
        let protected = base64url::encode(header.to_string().as_bytes());
        let payload = base64url::encode(&jcs::canonicalize(value).unwrap());
        let signature = by.sign(format!("{protected}.{payload}").as_bytes()).unwrap();
        let code = |error: ProofError| error.code();
        Secured::detached(
            &protected,
            &base64url::encode(&signature),
            read,
            &Limits::default(),
        )
        .map_err(code)?
        .prove(&expect(&by), &DidKeys)
        .map(crate::Proven::into_value)
        .map_err(code)
    }

    fn under(name: &str, value: Value) -> Result<Value, &'static str> {
        let mut header = header();
        header[name] = value;
        judge(&header, &json!({ "a": 1 }), json!({ "a": 1 }))
    }

    #[test]
    fn what_travels_apart_is_what_was_signed() {
        let value = json!({ "b": [], "a": "ü" });
        assert_eq!(judge(&header(), &value, value.clone()), Ok(value.clone()));
        let other = json!({ "b": [0], "a": "ü" });
        assert_eq!(judge(&header(), &value, other), Err("signature.invalid"));
    }

    #[test]
    fn a_header_without_type_is_taken_and_another_type_is_not() {
        let mut bare = header();
        bare.as_object_mut().unwrap().remove("typ");
        assert!(judge(&bare, &json!({}), json!({})).is_ok());
        for typ in ["JWT", "jose", "vc+jwt", ""] {
            assert_eq!(under("typ", json!(typ)), Err("type.typ"), "{typ}");
        }
    }

    #[test]
    fn an_address_of_keys_is_passed_over_and_keys_are_refused() {
        assert!(under("jku", json!("https://evil.example/keys")).is_ok());
        assert_eq!(under("jwk", json!({})), Err("key.header"));
        assert_eq!(under("x5c", json!([])), Err("key.header"));
        assert_eq!(under("crit", json!([])), Err("crit.unknown"));
        assert_eq!(under("alg", json!("none")), Err("alg.unknown"));
        assert_eq!(under("alg", json!("ES256")), Err("alg.mismatch"));
        assert_eq!(under("kid", json!("key-1")), Err("parse.did_url"));
        assert_eq!(under("kid", json!(7)), Err("key.not_found"));
    }
}
