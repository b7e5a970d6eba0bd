//! The headers of a `COSE_Sign1` (RFC 9052, section 3; RFC 9596 for `typ`, RFC 9597 for claims).
//!
//! INVARIANT: no parameter of a header is a source of keys, and a header that encrypts, countersigns or asks for
//! an extension is refused.

use chancery_did::Algorithm;

use super::claims::Claims;
use crate::{
    Limits, ProofError, ReadError,
    cbor::{self, Value},
    error::short,
};

pub(super) const ALG: i64 = 1;
pub(super) const CRIT: i64 = 2;
pub(super) const CONTENT_TYPE: i64 = 3;
pub(super) const KID: i64 = 4;
pub(super) const CWT_CLAIMS: i64 = 15;
pub(super) const TYP: i64 = 16;

/// Parameters that carry a key, a certificate or a place to fetch one (RFC 9360; the IANA registry).
const KEY_PARAMETERS: [(i64, &str); 6] = [
    (13, "kcwt"),
    (14, "kccs"),
    (32, "x5bag"),
    (33, "x5chain"),
    (34, "x5t"),
    (35, "x5u"),
];

/// Initialization vectors and countersignatures, which have no place in what is read here.
const FOREIGN_PARAMETERS: [i64; 7] = [5, 6, 7, 8, 9, 11, 12];

/// What the headers say.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) typ: String,
    pub(super) kid: Option<Vec<u8>>,
    pub(super) claims: Claims,
}

impl Header {
    pub(super) fn read(
        protected: &[u8],
        unprotected: &[(Value, Value)],
        typ: &[&str],
        limits: &Limits,
    ) -> Result<Self, ProofError> {
        let members = match cbor::parse(protected, limits) {
            Ok(Value::Map(members)) => members,
            Ok(_) => return Err(ReadError::Cose("the protected header is not a map").into()),
            Err(_) if protected.is_empty() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let find = |label: i64| cbor::member(&members, &label.into());
        let found = find(TYP).and_then(Value::as_text);
        let Some(found) = found.filter(|found| typ.contains(found)) else {
            return Err(ProofError::Typ(found.map(short)));
        };
        if let Some(content) = find(CONTENT_TYPE) {
            let own = found.strip_suffix("+cose");
            if own.is_some_and(|own| content.as_text() != Some(own)) {
                return Err(ProofError::Typ(content.as_text().map(short)));
            }
        }
        let everywhere = |label: i64| {
            find(label)
                .or_else(|| cbor::member(unprotected, &label.into()))
                .is_some()
        };
        if let Some((_, name)) = KEY_PARAMETERS.into_iter().find(|(label, _)| everywhere(*label)) {
            return Err(ProofError::KeyInHeader(name));
        }
        let algorithm = algorithm(find(ALG))?;
        if everywhere(CRIT) {
            return Err(ProofError::Critical);
        }
        if FOREIGN_PARAMETERS.into_iter().any(everywhere) {
            return Err(ReadError::Cose("the header encrypts or countersigns").into());
        }
        Ok(Self {
            algorithm,
            typ: found.to_owned(),
            kid: kid(find(KID), unprotected)?,
            claims: match find(CWT_CLAIMS) {
                None => Claims::default(),
                Some(Value::Map(claims)) => Claims::of_cbor(claims)?,
                Some(_) => return Err(ReadError::Cose("the claims of the header are not a map").into()),
            },
        })
    }
}

/// The key identifier, which may stand in either header but not in both.
fn kid(protected: Option<&Value>, unprotected: &[(Value, Value)]) -> Result<Option<Vec<u8>>, ProofError> {
    let found = match (protected, unprotected) {
        (found, []) => found,
        (None, [(label, found)]) if *label == Value::from(KID) => Some(found),
        _ => return Err(ReadError::Cose("the unprotected header has more than a key identifier").into()),
    };
    match found {
        None => Ok(None),
        Some(Value::Bytes(kid)) => Ok(Some(kid.clone())),
        Some(_) => Err(ProofError::KeyNotFound),
    }
}

/// The label of an algorithm (RFC 9053, section 2).
pub(super) fn label(algorithm: Algorithm) -> i64 {
    match algorithm {
        Algorithm::EdDsa => -8,
        Algorithm::Es256 => -7,
        Algorithm::Es384 => -35,
        Algorithm::Es512 => -36,
    }
}

/// The algorithm by its number; everything symmetric has no entry.
fn algorithm(found: Option<&Value>) -> Result<Algorithm, ProofError> {
    let number = found.and_then(Value::as_integer).map(i128::from);
    Algorithm::ALL
        .into_iter()
        .find(|algorithm| Some(i128::from(label(*algorithm))) == number)
        .ok_or_else(|| ProofError::AlgorithmUnknown(number.map(|number| number.to_string())))
}
