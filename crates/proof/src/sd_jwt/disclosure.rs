//! One disclosure: a salt, a value, and for a member its name (RFC 9901, section 4.2).
//!
//! INVARIANT: the digest is of the text as it was received, so no second spelling of the same content matches.

use std::fmt;

use rand_core::CryptoRng;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::SdJwtError;
use crate::{Limits, ProofError, base64url, jcs};

/// The names that carry digests and so can be no claim's.
pub(super) const RESERVED: [&str; 3] = ["_sd", "...", "_sd_alg"];

/// 128 bits of salt, as section 9.3 recommends.
const SALT_BYTES: usize = 16;

/// What a holder may show or withhold: one member of an object or one element of an array.
#[derive(Clone, PartialEq)]
pub struct Disclosure {
    text: String,
    digest: String,
    salt: String,
    name: Option<String>,
    value: Value,
}

impl Disclosure {
    /// Reads the base64url text of a disclosure.
    ///
    /// # Errors
    ///
    /// `sd_jwt.disclosure` for what is not base64url of a JSON array of a text and a value, or of two texts and a
    /// value; `sd_jwt.reserved_name`; `limit.*`.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, ProofError> {
        let malformed = |reason| ProofError::from(SdJwtError::Disclosure(reason));
        let bytes = base64url::decode(text).map_err(|_| malformed("not canonical base64url"))?;
        let array = crate::json::parse(&bytes, limits).map_err(|error| {
            if error.code().starts_with("limit.") {
                ProofError::from(error)
            } else {
                malformed("not strict JSON")
            }
        })?;
        let Value::Array(items) = array else {
            return Err(malformed("not an array"));
        };
        let (salt, name, value) = match <[Value; 3]>::try_from(items) {
            Ok([Value::String(salt), Value::String(name), value]) => (salt, Some(name), value),
            Ok([Value::String(_), ..]) => return Err(malformed("a name that is no text")),
            Ok(_) => return Err(malformed("a salt that is no text")),
            Err(items) => match <[Value; 2]>::try_from(items) {
                Ok([Value::String(salt), value]) => (salt, None, value),
                Ok(_) => return Err(malformed("a salt that is no text")),
                Err(_) => return Err(malformed("neither two nor three elements")),
            },
        };
        if let Some(name) = name.as_deref().filter(|name| RESERVED.contains(name)) {
            return Err(SdJwtError::ReservedName(name.to_owned()).into());
        }
        Ok(Self {
            text: text.to_owned(),
            digest: digest(text),
            salt,
            name,
            value,
        })
    }

    /// Makes a disclosure with a fresh salt.
    pub(super) fn make(
        name: Option<&str>,
        value: Value,
        random: &mut dyn CryptoRng,
    ) -> Result<Self, ProofError> {
        let salt = salt(random);
        let array = match name {
            Some(name) => json!([salt, name, value]),
            None => json!([salt, value]),
        };
        let text = base64url::encode(&jcs::canonicalize(&array)?);
        Ok(Self {
            digest: digest(&text),
            text,
            salt,
            name: name.map(str::to_owned),
            value,
        })
    }

    /// The base64url text, as it stands in the SD-JWT.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The digest that refers to it: base64url of SHA-256 of its text.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    pub(super) fn salt(&self) -> &str {
        &self.salt
    }

    /// The member's name; nothing for an element of an array.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The value as disclosed, with the digests that stand in it.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }
}

/// Shows the digest only: a disclosure is what its holder may want to keep.
impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disclosure")
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

/// A digest that refers to nothing (section 4.2.5).
pub(super) fn decoy(random: &mut dyn CryptoRng) -> String {
    digest(&salt(random))
}

/// base64url of SHA-256 of ASCII text.
pub(super) fn digest(text: &str) -> String {
    base64url::encode(&Sha256::digest(text.as_bytes()))
}

fn salt(random: &mut dyn CryptoRng) -> String {
    let mut salt = [0_u8; SALT_BYTES];
    random.fill_bytes(&mut salt);
    base64url::encode(&salt)
}
