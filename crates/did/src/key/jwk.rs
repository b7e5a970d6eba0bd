//! Public keys as JWK, [RFC 7517](https://www.rfc-editor.org/rfc/rfc7517),
//! [RFC 8037](https://www.rfc-editor.org/rfc/rfc8037), thumbprints of
//! [RFC 7638](https://www.rfc-editor.org/rfc/rfc7638).
//!
//! INVARIANT: a JWK with a private member is refused before anything else of it is read, and no part of it
//! reaches an error.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{KeyError, KeyType, PublicKey};
use crate::{base64url, object};

/// The members that hold private or symmetric key material (RFC 7518 section 6).
pub(crate) const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

impl PublicKey {
    /// Parses a public JWK; members that do not describe the key, such as `kid`, are left alone.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let members = jwk
            .as_object()
            .ok_or(KeyError::Invalid("a JWK is a JSON object"))?;
        if PRIVATE_MEMBERS.iter().any(|name| members.contains_key(*name)) {
            return Err(KeyError::PrivateMember);
        }
        let key_type = match (text(members, "kty")?, text(members, "crv")?) {
            (Some("OKP"), Some("Ed25519")) => KeyType::Ed25519,
            (Some("OKP"), Some("X25519")) => KeyType::X25519,
            (Some("EC"), Some("P-256")) => KeyType::P256,
            (Some("EC"), Some("P-384")) => KeyType::P384,
            (Some("EC"), Some("P-521")) => KeyType::P521,
            (None, _) => return Err(KeyError::Invalid("a JWK has the member `kty`")),
            (Some("OKP" | "EC"), None) => return Err(KeyError::Invalid("its JWK has no member `crv`")),
            (Some("OKP"), Some("P-256" | "P-384" | "P-521")) | (Some("EC"), Some("Ed25519" | "X25519")) => {
                return Err(KeyError::Invalid("its `kty` and `crv` do not belong together"));
            }
            (Some(_), _) => return Err(KeyError::Unsupported),
        };
        check_use(members, key_type)?;
        let x = coordinate(members, "x")?.ok_or(KeyError::Invalid("its JWK has no member `x`"))?;
        let y = coordinate(members, "y")?;
        let raw = match (key_type, y) {
            (KeyType::Ed25519 | KeyType::X25519, None) => x,
            (KeyType::P256, Some(y)) => compress(x, &y, 32)?,
            (KeyType::P384, Some(y)) => compress(x, &y, 48)?,
            (KeyType::P521, Some(y)) => compress(x, &y, 66)?,
            (KeyType::Ed25519 | KeyType::X25519, Some(_)) => {
                return Err(KeyError::Invalid("an OKP key has no member `y`"));
            }
            (KeyType::P256 | KeyType::P384 | KeyType::P521, None) => {
                return Err(KeyError::Invalid("its JWK has no member `y`"));
            }
        };
        let key = Self::from_raw(key_type, &raw)?;
        // INVARIANT: compression kept only the parity of y; the whole y must be the point's.
        if members.get("y") != key.to_jwk().get("y") {
            return Err(KeyError::Invalid("it is not a point on the curve"));
        }
        Ok(key)
    }

    /// Returns the JWK with the members that a thumbprint covers and no others.
    #[must_use]
    pub fn to_jwk(&self) -> Value {
        let crv = self.key_type().as_str();
        match self.coordinates() {
            Some((x, y)) => object([
                ("kty", "EC".into()),
                ("crv", crv.into()),
                ("x", base64url::encode(&x).into()),
                ("y", base64url::encode(&y).into()),
            ]),
            None => object([
                ("kty", "OKP".into()),
                ("crv", crv.into()),
                ("x", base64url::encode(self.raw()).into()),
            ]),
        }
    }

    /// Returns the JWK thumbprint: SHA-256 in base64url.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        // Members in lexicographic order; no value has a character that JSON escapes.
        let crv = self.key_type().as_str();
        let canonical = match self.coordinates() {
            Some((x, y)) => format!(
                r#"{{"crv":"{crv}","kty":"EC","x":"{}","y":"{}"}}"#,
                base64url::encode(&x),
                base64url::encode(&y)
            ),
            None => {
                format!(
                    r#"{{"crv":"{crv}","kty":"OKP","x":"{}"}}"#,
                    base64url::encode(self.raw())
                )
            }
        };
        base64url::encode(&Sha256::digest(canonical.as_bytes()))
    }
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, KeyError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(KeyError::Invalid("a member of its JWK is not a string")),
    }
}

fn coordinate(members: &Map<String, Value>, name: &str) -> Result<Option<Vec<u8>>, KeyError> {
    text(members, name)?
        .map(|text| {
            base64url::decode(text).ok_or(KeyError::Invalid("a coordinate is not canonical base64url"))
        })
        .transpose()
}

fn compress(x: Vec<u8>, y: &[u8], length: usize) -> Result<Vec<u8>, KeyError> {
    let odd = match y.last() {
        Some(last) if x.len() == length && y.len() == length => last & 1,
        _ => return Err(KeyError::Invalid("a coordinate is not as long as the field")),
    };
    let mut raw = vec![2 | odd];
    raw.extend(x);
    Ok(raw)
}

/// Refuses a key whose `use`, `key_ops` or `alg` say that it is for something else.
fn check_use(members: &Map<String, Value>, key_type: KeyType) -> Result<(), KeyError> {
    let algorithm = key_type.algorithm();
    let (usage, operations): (_, &[&str]) = match algorithm {
        Some(_) => ("sig", &["verify"]),
        None => ("enc", &["deriveKey", "deriveBits"]),
    };
    if text(members, "use")?.is_some_and(|given| given != usage) {
        return Err(KeyError::Use);
    }
    let alg = text(members, "alg")?;
    let fits = |alg: &str| match algorithm {
        // RFC 9864 names the curve: `Ed25519` is `EdDSA` over it.
        Some(algorithm) => {
            alg == algorithm.as_str() || (algorithm == super::Algorithm::EdDsa && alg == "Ed25519")
        }
        None => alg.starts_with("ECDH-ES"),
    };
    if alg.is_some_and(|alg| !fits(alg)) {
        return Err(KeyError::Use);
    }
    match members.get("key_ops") {
        None => Ok(()),
        Some(Value::Array(given)) => {
            let given: Option<Vec<&str>> = given.iter().map(Value::as_str).collect();
            let given = given.ok_or(KeyError::Invalid(
                "its `key_ops` has a member that is not a string",
            ))?;
            // The public half of a key for agreement has no operation of its own (RFC 8037 section 2).
            let for_this = given.iter().any(|given| operations.contains(given))
                || (algorithm.is_none() && given.is_empty());
            if for_this { Ok(()) } else { Err(KeyError::Use) }
        }
        Some(_) => Err(KeyError::Invalid("its `key_ops` is not an array")),
    }
}
