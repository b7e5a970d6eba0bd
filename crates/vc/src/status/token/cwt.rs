//! The claims of a list as CWT (section 5.2), and the Status List in CBOR (section 4.3).
//!
//! INVARIANT: the same rules as for a list as JWT, and nothing of it that CBOR lets say in another type.

use chancery_did::{Did, Timestamp};
use chancery_proof::cbor::{self, Value};
use chancery_proof::{Limits, ProofError};

use super::TokenStatusList;
use super::claims::{aggregation, malformed, milliseconds, ordered};
use super::making::TokenListTerms;
use crate::issue::IssueError;
use crate::status::{MAX_TTL, StatusBits, StatusError};
use crate::uri::is_absolute;

const SUBJECT: u64 = 2;
const EXPIRATION: u64 = 4;
const ISSUED_AT: u64 = 6;
const STATUS_LIST: u64 = 65_533;
const TTL: u64 = 65_534;
/// The last instant a NumericDate may name: the end of the year 9999, in seconds.
const LAST_SECOND: u64 = 253_402_300_799;

/// Reads the claims of a list that `signer` is said to have signed.
pub(super) fn list(claims: &Value, signer: Did, limits: &Limits) -> Result<TokenStatusList, StatusError> {
    let claims = claims
        .as_map()
        .ok_or_else(|| malformed("the claims are not a map"))?;
    let claim = |label: u64| cbor::member(claims, &Value::from(label));
    let uri = claim(SUBJECT)
        .and_then(Value::as_text)
        .filter(|uri| is_absolute(uri));
    let uri = uri.ok_or_else(|| malformed("the subject is not a URI"))?;
    let issued_at = claim(ISSUED_AT).ok_or_else(|| malformed("the time of making is missing"))?;
    let (issued_at, expires_at) = (seconds(issued_at)?, claim(EXPIRATION).map(seconds).transpose()?);
    let ttl_ms = match claim(TTL) {
        None => MAX_TTL,
        Some(value) => unsigned(value)
            .filter(|ttl| *ttl > 0)
            .map(milliseconds)
            .ok_or_else(|| malformed("the time to live is not a positive number of seconds"))?,
    };
    let list = claim(STATUS_LIST).and_then(Value::as_map);
    let list = list.ok_or_else(|| malformed("the status list is not a map"))?;
    let member = |name: &str| cbor::member(list, &Value::from(name));
    let bits = member("bits").and_then(unsigned);
    let bits = bits.and_then(|bits| u8::try_from(bits).ok());
    let bits = bits.ok_or_else(|| malformed("`bits` is not 1, 2, 4 or 8"))?;
    let lst = member("lst").and_then(Value::as_bytes);
    let lst = lst.ok_or_else(|| malformed("`lst` is not a byte string"))?;
    let aggregation = member("aggregation_uri").map(|value| aggregation(value.as_text()));
    Ok(TokenStatusList {
        issuer: signer,
        uri: uri.to_owned(),
        issued_at: ordered(issued_at, expires_at)?,
        expires_at,
        ttl_ms,
        aggregation: aggregation.transpose()?,
        statuses: StatusBits::from_lst(lst, bits, limits.inflated)?,
    })
}

/// The claims of a list, in the order of the draft's example.
pub(super) fn claims(terms: &TokenListTerms, statuses: &StatusBits) -> Result<Vec<u8>, IssueError> {
    let mut list = vec![
        (Value::from("bits"), Value::from(statuses.size())),
        (Value::from("lst"), Value::Bytes(statuses.lst()?)),
    ];
    if let Some(aggregation) = &terms.aggregation {
        list.push((Value::from("aggregation_uri"), Value::from(aggregation.as_str())));
    }
    let mut claims = vec![
        (Value::from(SUBJECT), Value::from(terms.uri.as_str())),
        (Value::from(ISSUED_AT), Value::from(terms.issued_at.seconds())),
    ];
    if let Some(end) = terms.expires_at {
        claims.push((Value::from(EXPIRATION), Value::from(end.seconds())));
    }
    if let Some(ttl) = terms.ttl_seconds {
        claims.push((Value::from(TTL), Value::from(ttl)));
    }
    claims.push((Value::from(STATUS_LIST), Value::Map(list)));
    Ok(cbor::encode(&Value::Map(claims)).map_err(ProofError::from)?)
}

/// An unsigned integer (major type 0).
pub(in crate::status) fn unsigned(value: &Value) -> Option<u64> {
    u64::try_from(value.as_integer()?).ok()
}

fn seconds(value: &Value) -> Result<Timestamp, StatusError> {
    let seconds = unsigned(value).filter(|seconds| *seconds <= LAST_SECOND);
    let seconds = seconds.and_then(|seconds| i64::try_from(seconds).ok());
    seconds
        .map(Timestamp::from_seconds)
        .ok_or_else(|| malformed("a time is not in whole seconds"))
}
