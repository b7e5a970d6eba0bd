//! The protected header (RFC 7515, section 4).
//!
//! INVARIANT: no member of the header is a source of keys, and a header that compresses, encrypts or asks for
//! an extension is refused.

use chancery_did::Algorithm;
use serde_json::{Map, Value};

use crate::{Limits, ProofError, ReadError, error::short, json};

/// Members that carry a key or say where to fetch one (sections 4.1.2, 4.1.3, 4.1.5 and 4.1.6).
const KEY_MEMBERS: [&str; 4] = ["jwk", "jku", "x5u", "x5c"];

/// Members that belong to JWE or to compression, which nothing here undoes (RFC 7516, section 4.1).
const ENCRYPTION_MEMBERS: [&str; 9] = ["zip", "enc", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c"];

/// What a header says.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) typ: Option<String>,
    pub(super) kid: Option<String>,
}

impl Header {
    pub(super) fn parse(text: &[u8], typ: Option<&[&str]>, limits: &Limits) -> Result<Self, ProofError> {
        Self::parse_but(text, typ, &[], limits)
    }

    /// As [`Header::parse`]; of the members that offer keys, those in `unheeded` are passed over.
    pub(super) fn parse_but(
        text: &[u8],
        typ: Option<&[&str]>,
        unheeded: &[&str],
        limits: &Limits,
    ) -> Result<Self, ProofError> {
        let members = json::parse_object(text, limits, "the header")?;
        if ENCRYPTION_MEMBERS.iter().any(|name| members.contains_key(*name)) {
            return Err(ReadError::Jose("the header speaks of compression or encryption").into());
        }
        let found = text_member(&members, "typ").map_err(|()| ProofError::Typ(None))?;
        if typ.is_some_and(|accepted| !found.is_some_and(|found| accepted.contains(&found))) {
            return Err(ProofError::Typ(found.map(short)));
        }
        let offered = |name: &&str| members.contains_key(*name) && !unheeded.contains(name);
        if let Some(name) = KEY_MEMBERS.into_iter().find(offered) {
            return Err(ProofError::KeyInHeader(name));
        }
        let algorithm = algorithm(&members)?;
        if members.contains_key("crit") || members.contains_key("b64") {
            return Err(ProofError::Critical);
        }
        let kid = text_member(&members, "kid").map_err(|()| ProofError::KeyNotFound)?;
        Ok(Self {
            algorithm,
            typ: found.map(str::to_owned),
            kid: kid.map(str::to_owned),
        })
    }
}

/// The algorithm by its exact name; `none` and everything symmetric have no entry.
fn algorithm(members: &Map<String, Value>) -> Result<Algorithm, ProofError> {
    let name = members.get("alg").and_then(Value::as_str);
    Algorithm::ALL
        .into_iter()
        .find(|algorithm| Some(algorithm.as_str()) == name)
        .ok_or_else(|| ProofError::AlgorithmUnknown(name.map(short)))
}

fn text_member<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, ()> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(()),
    }
}
