//! The claims that concern the proof itself, as JWT spells them (RFC 7519) and as CWT does (RFC 8392,
//! section 3.1).
//!
//! INVARIANT: a claim that is there and malformed is an error, never absent.

use chancery_did::Timestamp;
use serde_json::Map;

use crate::{
    ProofError, ReadError,
    cbor::{self, Value},
    jose,
};

const ISS: i64 = 1;
const EXP: i64 = 4;
const NBF: i64 = 5;
const IAT: i64 = 6;

/// The first second of the year 10000, which no time reaches.
const END_OF_TIME: f64 = 253_402_300_800.0;

/// Who issued, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Claims {
    pub(super) issuer: Option<String>,
    pub(super) issued: Option<Timestamp>,
    pub(super) not_before: Option<Timestamp>,
    pub(super) expires: Option<Timestamp>,
}

impl Claims {
    pub(super) fn of_json(members: &Map<String, serde_json::Value>) -> Result<Self, ProofError> {
        Ok(Self {
            issuer: jose::issuer(members)?,
            issued: jose::time(members, "iat")?,
            not_before: jose::time(members, "nbf")?,
            expires: jose::time(members, "exp")?,
        })
    }

    pub(super) fn of_cbor(members: &[(Value, Value)]) -> Result<Self, ProofError> {
        let issuer = match cbor::member(members, &ISS.into()) {
            None => None,
            Some(Value::Text(issuer)) => Some(issuer.clone()),
            Some(_) => return Err(ReadError::Structure("`iss` is not a text".to_owned()).into()),
        };
        Ok(Self {
            issuer,
            issued: time(members, IAT, "iat")?,
            not_before: time(members, NBF, "nbf")?,
            expires: time(members, EXP, "exp")?,
        })
    }

    /// Joins what two places say; a claim that both have must be the same.
    pub(super) fn and(self, other: &Self) -> Result<Self, ProofError> {
        fn one<T: Clone + PartialEq>(own: Option<T>, other: &Option<T>) -> Result<Option<T>, ProofError> {
            match (own, other) {
                (Some(own), Some(other)) if own != *other => Err(ReadError::Structure(
                    "the claims of the header are not those of the payload".to_owned(),
                )
                .into()),
                (own, other) => Ok(own.or_else(|| other.clone())),
            }
        }
        Ok(Self {
            issuer: one(self.issuer, &other.issuer)?,
            issued: one(self.issued, &other.issued)?,
            not_before: one(self.not_before, &other.not_before)?,
            expires: one(self.expires, &other.expires)?,
        })
    }
}

/// A NumericDate: an integer or a float of seconds since the epoch, without its tag.
fn time(members: &[(Value, Value)], label: i64, name: &'static str) -> Result<Option<Timestamp>, ProofError> {
    let Some(value) = cbor::member(members, &label.into()) else {
        return Ok(None);
    };
    let whole = value.as_integer().map(|seconds| i128::from(seconds) as f64);
    let seconds = whole
        .or(value.as_float())
        .filter(|seconds| (0.0..END_OF_TIME).contains(seconds));
    let seconds = seconds.ok_or(ProofError::TimeMalformed(name))?;
    // The range above keeps the product far below 2^53, so the cast is exact.
    Ok(Some(Timestamp::from_millis((seconds * 1000.0).floor() as i64)))
}
