//! Token Status Lists (draft-ietf-oauth-status-list-20,
//! <https://datatracker.ietf.org/doc/draft-ietf-oauth-status-list/>): one status per token, 1, 2, 4 or 8 bits.
//!
//! A list comes as `statuslist+jwt` (section 5.1) or `statuslist+cwt` (section 5.2). Its age is counted from its own
//! signed `iat`, never from when it was fetched.
//!
//! INVARIANT: what parses names its own address, when it was made and whose key is said to have signed it, and is
//! inflated within bounds; a status that is not known is never valid.

mod claims;
pub(super) mod cwt;
mod making;

use chancery_did::{Did, Timestamp};
use chancery_proof::{Limits, ProofError, ReadError, Secured, base64url};

pub use making::{TokenListTerms, sign_token_status_list, sign_token_status_list_cwt};

use super::{StatusBits, StatusError, TokenStatusEntry};
use crate::paper::PaperError;

/// The `typ` of a list as JWT.
pub const TYP_STATUS_LIST: &str = "statuslist+jwt";
/// The media type of a list as JWT.
pub const MEDIA_TYPE_JWT: &str = "application/statuslist+jwt";
/// The media type, and the `typ`, of a list as CWT.
pub const MEDIA_TYPE_CWT: &str = "application/statuslist+cwt";

/// A status of the registry of section 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenStatus {
    /// `0x00`: valid.
    Valid,
    /// `0x01`: revoked, for good.
    Invalid,
    /// `0x02`: suspended, until it is resumed.
    Suspended,
    /// `0x03` and `0x0C` to `0x0F`: whatever the application says.
    ApplicationSpecific(u8),
    /// Any other value, which nobody has given a meaning.
    Reserved(u8),
}

impl TokenStatus {
    /// The status of this value.
    pub fn of(value: u8) -> Self {
        match value {
            0 => Self::Valid,
            1 => Self::Invalid,
            2 => Self::Suspended,
            3 | 0x0c..=0x0f => Self::ApplicationSpecific(value),
            _ => Self::Reserved(value),
        }
    }

    /// The value of this status.
    pub fn value(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Suspended => 2,
            Self::ApplicationSpecific(value) | Self::Reserved(value) => value,
        }
    }
}

/// A Token Status List, inflated.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenStatusList {
    /// Whose key is said to have signed it.
    pub issuer: Did,
    /// Its own address (`sub`).
    pub uri: String,
    /// When it was made (`iat`).
    pub issued_at: Timestamp,
    /// The first instant at which it holds no longer (`exp`), if it says so.
    pub expires_at: Option<Timestamp>,
    /// For how many milliseconds it may be kept (`ttl`), at most [`super::MAX_TTL`].
    pub ttl_ms: u64,
    /// Where the addresses of its issuer's lists are (`aggregation_uri`).
    pub aggregation: Option<String>,
    statuses: StatusBits,
}

impl TokenStatusList {
    /// How many bits each status takes.
    pub fn bits(&self) -> u8 {
        self.statuses.size()
    }

    /// How many entries it has.
    pub fn entries(&self) -> u64 {
        self.statuses.entries()
    }

    /// The status at an index.
    ///
    /// # Errors
    /// [`StatusError::Range`] beyond the end.
    pub fn value(&self, index: u64) -> Result<TokenStatus, StatusError> {
        let value = self.statuses.value(index);
        value.map(TokenStatus::of).ok_or(StatusError::Range {
            index,
            entries: self.entries(),
        })
    }

    /// The status that this list holds for an entry.
    ///
    /// # Errors
    /// [`StatusError::Verification`] when the list is not at the entry's address, [`StatusError::Range`] beyond the
    /// end.
    pub fn status(&self, entry: &TokenStatusEntry) -> Result<TokenStatus, StatusError> {
        if self.uri != entry.uri {
            return Err(StatusError::Verification("the list is of another address".into()));
        }
        self.value(entry.index)
    }

    /// The list's age in milliseconds at an instant, from its own signed time; never below zero.
    pub fn age(&self, at: Timestamp) -> i64 {
        at.millis_since(self.issued_at).max(0)
    }

    /// Whether the list has ended at an instant.
    pub fn ended(&self, at: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| at >= end)
    }

    /// Whether this list may answer what was asked about an instant (section 8.4): one that it says it held at. A list
    /// without an end answers for no other instant than the present.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.issued_at <= at && self.expires_at.is_some_and(|end| at < end)
    }
}

/// Reads a Token Status List, as JWT (compact JWS) or as CWT (tagged `COSE_Sign1`).
///
/// # Errors
/// [`StatusError`]; nothing about the signature or the list's age is judged yet.
pub fn read_token_status_list(
    bytes: &[u8],
    limits: &Limits,
) -> Result<Secured<TokenStatusList>, StatusError> {
    // A token is ASCII; the tag that a CWT begins with is not.
    if bytes.first().is_some_and(|first| !first.is_ascii()) {
        read_cwt(bytes, limits)
    } else {
        read_jwt(bytes, limits)
    }
}

fn read_jwt(bytes: &[u8], limits: &Limits) -> Result<Secured<TokenStatusList>, StatusError> {
    if bytes.len() > limits.jose_bytes {
        let limit = limits.jose_bytes;
        return Err(PaperError::from(ReadError::Size { limit }).into());
    }
    let token = std::str::from_utf8(bytes).map_err(|_| unread(ReadError::Jose("not ASCII").into()))?;
    let secured = Secured::jose(token, &[TYP_STATUS_LIST], limits).map_err(unread)?;
    let signer = signer(&secured)?;
    secured.map(|payload| claims::list(payload, signer, limits))
}

fn read_cwt(bytes: &[u8], limits: &Limits) -> Result<Secured<TokenStatusList>, StatusError> {
    let secured = Secured::cwt(bytes, &[MEDIA_TYPE_CWT], limits).map_err(unread)?;
    let signer = signer(&secured)?;
    secured.map(|claims| cwt::list(claims, signer, limits))
}

/// Whose key is said to have signed.
fn signer<T>(secured: &Secured<T>) -> Result<Did, StatusError> {
    let proof = secured.proofs().first();
    proof
        .map(|proof| proof.verification_method.did().clone())
        .ok_or_else(|| StatusError::Verification("nobody signed the list".into()))
}

/// As [`read_token_status_list`], from the text that a list is kept as among evidence: a compact JWS, or the base64url
/// of a CWT.
///
/// # Errors
/// [`StatusError`]; nothing about the signature or the list's age is judged yet.
pub fn read_token_status_text(text: &str, limits: &Limits) -> Result<Secured<TokenStatusList>, StatusError> {
    if text.contains('.') {
        return read_jwt(text.as_bytes(), limits);
    }
    let bytes = base64url::decode(text)
        .map_err(|_| StatusError::Malformed("neither a JWT nor the base64url of a CWT".into()))?;
    read_cwt(&bytes, limits)
}

fn unread(error: ProofError) -> StatusError {
    PaperError::from(error).into()
}

#[cfg(test)]
mod official;
#[cfg(test)]
mod tests;
