//! The registered claims that concern the proof itself (RFC 7519, section 4.1).
//!
//! INVARIANT: a claim that is there and malformed is an error, never absent.

use chancery_did::Timestamp;
use serde_json::{Map, Value};

use crate::{ProofError, ReadError};

/// The first second of the year 10000, which no time reaches.
const END_OF_TIME: f64 = 253_402_300_800.0;

/// A NumericDate (RFC 7519, section 2): seconds since the epoch, from then to the end of the year 9999. A
/// fraction is cut to milliseconds.
pub(crate) fn time(
    payload: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<Timestamp>, ProofError> {
    let Some(value) = payload.get(name) else {
        return Ok(None);
    };
    let seconds = value
        .as_f64()
        .filter(|seconds| (0.0..END_OF_TIME).contains(seconds));
    let seconds = seconds.ok_or(ProofError::TimeMalformed(name))?;
    // The range above keeps the product far below 2^53, so the cast is exact.
    Ok(Some(Timestamp::from_millis((seconds * 1000.0).floor() as i64)))
}

/// The `iss` claim, which is a string if it is there.
pub(crate) fn issuer(payload: &Map<String, Value>) -> Result<Option<String>, ProofError> {
    match payload.get("iss") {
        None => Ok(None),
        Some(Value::String(iss)) => Ok(Some(iss.clone())),
        Some(_) => Err(ReadError::Structure("`iss` is not a string".to_owned()).into()),
    }
}
