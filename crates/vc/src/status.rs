//! Status entries and status lists, Bitstring Status List v1.0
//! (<https://www.w3.org/TR/2025/REC-vc-bitstring-status-list-20250515/>); Token Status Lists are in [`token`].
//!
//! A list's age is counted from its own signed `validFrom` or `iat`, never from when it was fetched.
//!
//! INVARIANT: an entry that exists is well formed; what is not is a [`StatusError`] and counts as unknown,
//! never as valid.

mod aggregation;
mod bits;
mod deflate;
mod entry;
mod gzip_member;
mod message;
mod referenced;
pub mod token;

use chancery_did::{Did, Timestamp};
use chancery_proof::{Limits, NoSuites, Secured, Securing, Suites};
use serde_json::Value;

pub use aggregation::StatusListAggregation;
pub use bits::{MIN_ENTRIES, StatusBits};
pub use entry::{MAX_STATUS_SIZE, StatusEntry, StatusPurpose};
pub use message::StatusMessage;
pub use referenced::TokenStatusEntry;
pub use token::{TokenStatus, TokenStatusList, read_token_status_list, read_token_status_text};

use crate::credential::{Credential, TYP_CREDENTIAL, secure_as};
use crate::members::Members;
use crate::paper::PaperError;

/// The longest, and the default, time in milliseconds for which a list may be kept: five minutes.
pub const MAX_TTL: u64 = 300_000;

/// Why a status could not be told, by the names of the recommendation (section 3.5).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatusError {
    /// `MALFORMED_VALUE_ERROR`: an entry or a list is not as the standard has it.
    #[error("malformed status value: {0}")]
    Malformed(String),
    /// `STATUS_RETRIEVAL_ERROR`: the list could not be had.
    #[error("status list not retrieved: {0}")]
    Retrieval(String),
    /// `STATUS_VERIFICATION_ERROR`: the list is not to be believed, or is not about this purpose.
    #[error("status list not verified: {0}")]
    Verification(String),
    /// `STATUS_LIST_LENGTH_ERROR`: the list is shorter than 131072 entries.
    #[error("status list of {entries} entries is shorter than 131072")]
    Length {
        /// How many entries it has.
        entries: u64,
    },
    /// `RANGE_ERROR`: the index is beyond the end of the list.
    #[error("status index {index} is beyond the list's {entries} entries")]
    Range {
        /// The index asked for.
        index: u64,
        /// How many entries there are.
        entries: u64,
    },
    /// The list inflates beyond the limit, or is more than one gzip member.
    #[error("status list does not decompress within its bounds: {0}")]
    Decompression(&'static str),
    /// The list's text exceeds a limit of the front door.
    #[error("status list exceeds a limit: {detail}")]
    Limit {
        /// The front door's code.
        code: &'static str,
        /// What it said.
        detail: String,
    },
}

impl StatusError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Decompression(_) => "limit.decompression",
            Self::Limit { code, .. } => code,
            Self::Malformed(_)
            | Self::Retrieval(_)
            | Self::Verification(_)
            | Self::Length { .. }
            | Self::Range { .. } => "status.unknown",
        }
    }

    /// The problem type of the recommendation (RFC 9457 `type`).
    pub fn problem_type(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "https://www.w3.org/ns/credentials/status-list#MALFORMED_VALUE_ERROR",
            Self::Retrieval(_) => "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR",
            Self::Verification(_) | Self::Decompression(_) | Self::Limit { .. } => {
                "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR"
            }
            Self::Length { .. } => "https://www.w3.org/ns/credentials/status-list#STATUS_LIST_LENGTH_ERROR",
            Self::Range { .. } => "https://www.w3.org/ns/credentials/status-list#RANGE_ERROR",
        }
    }
}

impl From<PaperError> for StatusError {
    fn from(error: PaperError) -> Self {
        let (code, detail) = (error.code(), error.to_string());
        if code.starts_with("limit.") {
            Self::Limit { code, detail }
        } else {
            Self::Verification(detail)
        }
    }
}

/// A status list credential, inflated.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusList {
    /// Who signs it.
    pub issuer: Did,
    /// Its own address: the credential's `id`, or else that of its subject without the fragment.
    pub url: String,
    /// What its bits are about.
    pub purposes: Vec<StatusPurpose>,
    /// When it was made, by its own signed word.
    pub valid_from: Timestamp,
    /// Until when it holds, if it says so.
    pub valid_until: Option<Timestamp>,
    /// For how many milliseconds it may be kept, at most [`MAX_TTL`].
    pub ttl_ms: u64,
    bits: StatusBits,
}

impl StatusList {
    /// How many entries of one bit it has.
    pub fn entries(&self) -> u64 {
        self.bits.entries()
    }

    /// The value at an index of a list of single bits.
    ///
    /// # Errors
    /// [`StatusError::Range`] beyond the end.
    pub fn value(&self, index: u64) -> Result<bool, StatusError> {
        Ok(self.bits.value_of(index, 1)? != 0)
    }

    /// The value that this list holds for an entry; zero means that the status is not set.
    ///
    /// # Errors
    /// [`StatusError::Verification`] when the list is not at the entry's address or not about its purpose,
    /// [`StatusError::Length`] when it is too short for the entry's size, [`StatusError::Range`] beyond the end.
    pub fn status(&self, entry: &StatusEntry) -> Result<u8, StatusError> {
        if self.url != entry.list {
            return Err(StatusError::Verification("the list is of another address".into()));
        }
        if !self.purposes.contains(&entry.purpose) {
            let detail = format!("the list is not about {}", entry.purpose.as_str());
            return Err(StatusError::Verification(detail));
        }
        self.bits.value_of(entry.index, entry.size)
    }

    /// The list's age in milliseconds at an instant, from its own signed time; never below zero.
    pub fn age(&self, at: Timestamp) -> i64 {
        at.millis_since(self.valid_from).max(0)
    }

    /// Parses the document of a list, its securing set aside.
    pub(crate) fn parse_plain(value: &Value, limits: &Limits) -> Result<Self, StatusError> {
        Self::parse(value, false, limits)
    }

    fn parse(value: &Value, enveloped: bool, limits: &Limits) -> Result<Self, StatusError> {
        let credential = Credential::parse(value)?;
        if !credential
            .types
            .iter()
            .any(|name| name == "BitstringStatusListCredential")
        {
            return Err(StatusError::Verification(
                "not a BitstringStatusListCredential".into(),
            ));
        }
        let issuer = Did::parse(&credential.issuer)
            .map_err(|_| StatusError::Verification("the issuer is not a DID".into()))?;
        let mut claims = Members::of(
            value.get("credentialSubject").unwrap_or(&Value::Null),
            "/credentialSubject",
        )?;
        if claims.text("type")? != "BitstringStatusList" {
            return Err(StatusError::Verification(
                "the subject is not a BitstringStatusList".into(),
            ));
        }
        let purposes = entry::purposes(claims.required("statusPurpose")?)?;
        let ttl_ms = ttl(claims.optional("ttl"))?;
        let subject = claims.optional_text("id")?.and_then(|id| id.split('#').next());
        let url = credential.id.as_deref().or(subject).map(str::to_owned);
        let url = url.ok_or_else(|| StatusError::Malformed("the list has no address".into()))?;
        let encoded = claims.required("encodedList")?.as_str();
        let encoded =
            encoded.ok_or_else(|| StatusError::Malformed("`encodedList` is not a string".into()))?;
        let (valid_from, valid_until) = times(&credential, value, enveloped)?;
        let bits = StatusBits::from_encoded(encoded, 1, limits.inflated)?;
        Ok(Self {
            issuer,
            url,
            purposes,
            valid_from,
            valid_until,
            ttl_ms,
            bits,
        })
    }
}

/// Reads a status list, as Data Integrity document (JSON) or as `vc+jwt` (compact JWS).
///
/// # Errors
/// [`StatusError`]; nothing about the signature or the list's age is judged yet.
pub fn read_status_list(bytes: &[u8], limits: &Limits) -> Result<Secured<StatusList>, StatusError> {
    read_status_list_with(bytes, limits, &NoSuites)
}

/// As [`read_status_list`], with the cryptosuites that the host hands in.
///
/// # Errors
/// As [`read_status_list`].
pub fn read_status_list_with(
    bytes: &[u8],
    limits: &Limits,
    suites: &dyn Suites,
) -> Result<Secured<StatusList>, StatusError> {
    let secured = secure_as(bytes, TYP_CREDENTIAL, limits, suites)?;
    let enveloped = secured.securing() == Securing::Jose;
    secured.map(|value| StatusList::parse(value, enveloped, limits))
}

/// When the list was made and until when it holds; the claims of a JWS narrow what the credential says.
fn times(
    credential: &Credential,
    value: &Value,
    enveloped: bool,
) -> Result<(Timestamp, Option<Timestamp>), StatusError> {
    let mut made = credential.valid_from;
    let mut until = credential.valid_until;
    if enveloped {
        let mut claims = Members::of(value, "")?;
        made = made.or(claims.optional_seconds("iat")?);
        if let Some(end) = claims.optional_seconds("exp")? {
            until = Some(until.map_or(end, |until| until.min(end)));
        }
    }
    let made = made.ok_or_else(|| StatusError::Malformed("the list does not say when it was made".into()))?;
    Ok((made, until))
}

fn ttl(value: Option<&Value>) -> Result<u64, StatusError> {
    let Some(value) = value else { return Ok(MAX_TTL) };
    let ttl = value.as_u64().filter(|ttl| *ttl > 0);
    ttl.map(|ttl| ttl.min(MAX_TTL))
        .ok_or_else(|| StatusError::Malformed("`ttl` is not a positive number of milliseconds".into()))
}

#[cfg(test)]
mod tests;
