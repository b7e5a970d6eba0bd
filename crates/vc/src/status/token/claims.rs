//! The claims of a list as JWT (section 5.1), and the Status List in JSON (section 4.2).
//!
//! INVARIANT: a claim that the draft requires is there, one that it names is well formed, others are left alone.

use chancery_did::{Did, Timestamp};
use chancery_proof::{Limits, base64url};
use serde_json::Value;

use super::TokenStatusList;
use crate::members::Members;
use crate::status::{MAX_TTL, StatusBits, StatusError};
use crate::uri::is_absolute;

/// Reads the claims of a list that `signer` is said to have signed.
pub(super) fn list(payload: &Value, signer: Did, limits: &Limits) -> Result<TokenStatusList, StatusError> {
    let mut claims = Members::of(payload, "")?;
    let uri = claims.text("sub")?;
    if !is_absolute(uri) {
        return Err(malformed("`sub` is not a URI"));
    }
    let issued_at = claims.seconds("iat")?;
    let expires_at = claims.optional_seconds("exp")?;
    let ttl_ms = ttl(claims.optional("ttl"))?;
    let mut list = Members::of(claims.required("status_list")?, "/status_list")?;
    let bits = list.required("bits")?.as_u64();
    let bits = bits.and_then(|bits| u8::try_from(bits).ok());
    let bits = bits.ok_or_else(|| malformed("`bits` is not 1, 2, 4 or 8"))?;
    let lst = list.required("lst")?.as_str();
    let lst = lst.and_then(|lst| base64url::decode(lst).ok());
    let lst = lst.ok_or_else(|| malformed("`lst` is not canonical base64url"))?;
    let aggregation = match list.optional("aggregation_uri") {
        None => None,
        Some(value) => Some(aggregation(value.as_str())?),
    };
    Ok(TokenStatusList {
        issuer: signer,
        uri: uri.to_owned(),
        issued_at: ordered(issued_at, expires_at)?,
        expires_at,
        ttl_ms,
        aggregation,
        statuses: StatusBits::from_lst(&lst, bits, limits.inflated)?,
    })
}

/// The time of making, which has to lie before the end.
pub(super) fn ordered(issued_at: Timestamp, expires_at: Option<Timestamp>) -> Result<Timestamp, StatusError> {
    if expires_at.is_some_and(|end| end <= issued_at) {
        return Err(malformed("`exp` is not after `iat`"));
    }
    Ok(issued_at)
}

/// The milliseconds that so many seconds are, at most [`MAX_TTL`].
pub(super) fn milliseconds(seconds: u64) -> u64 {
    seconds.saturating_mul(1000).min(MAX_TTL)
}

/// The address of an aggregation.
pub(super) fn aggregation(value: Option<&str>) -> Result<String, StatusError> {
    let uri = value.filter(|uri| is_absolute(uri));
    uri.map(str::to_owned)
        .ok_or_else(|| malformed("`aggregation_uri` is not a URI"))
}

fn ttl(value: Option<&Value>) -> Result<u64, StatusError> {
    let Some(value) = value else { return Ok(MAX_TTL) };
    let ttl = value.as_u64().filter(|ttl| *ttl > 0).map(milliseconds);
    ttl.ok_or_else(|| malformed("`ttl` is not a positive number of seconds"))
}

pub(super) fn malformed(detail: &str) -> StatusError {
    StatusError::Malformed(detail.to_owned())
}
