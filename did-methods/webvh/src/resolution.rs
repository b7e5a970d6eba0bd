//! Resolution: which version is asked for, its document and its metadata,
//! [did:webvh 1.0, Read (Resolve)](https://identity.foundation/didwebvh/v1.0/#read-resolve).
//!
//! INVARIANT: a version is given out only from the part of the log that holds, and the newest one only if the
//! whole log does.

use chancery_did::{Did, LogFiles, ResolveError, Timestamp, When};
use serde_json::{Map, Value, json};

use crate::entry;
use crate::log::Log;
use crate::service;
use crate::version::Version;

/// Which version of a document is asked for; without any of these, the newest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The whole name of the version.
    pub version_id: Option<String>,
    /// A moment at which it was the newest.
    pub version_time: Option<Timestamp>,
    /// Its number, from 1.
    pub version_number: Option<u64>,
}

impl Query {
    /// Reads the query of a DID URL; parameters that name no version are somebody else's.
    ///
    /// One that is malformed or named twice is refused.
    pub fn parse(query: &str) -> Result<Self, ResolveError> {
        let refuse = |name: &str| ResolveError::Log {
            entry: None,
            defect: format!("the query parameter `{name}` is malformed or stands twice"),
        };
        let mut read = Self::default();
        for part in query.split('&') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            // In these values nothing but the colons of a time is ever percent-encoded.
            let value = value.replace("%3A", ":").replace("%3a", ":");
            let twice = match name {
                "versionId" if !value.is_empty() => read.version_id.replace(value).is_some(),
                "versionTime" => {
                    let time = entry::time(&value).map_err(|_| refuse(name))?;
                    read.version_time.replace(time).is_some()
                }
                "versionNumber" => {
                    let plain = value.bytes().all(|byte| byte.is_ascii_digit());
                    let number = value.parse().ok().filter(|_| plain).ok_or_else(|| refuse(name))?;
                    read.version_number.replace(number).is_some()
                }
                "versionId" => true,
                _ => false,
            };
            if twice {
                return Err(refuse(name));
            }
        }
        Ok(read)
    }

    fn is_newest(&self) -> bool {
        *self == Self::default()
    }
}

/// What resolving came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolution {
    /// The document with its implicit services; none where the DID is deactivated and no version was asked for.
    pub document: Option<Value>,
    /// The metadata of the document.
    pub metadata: Map<String, Value>,
}

/// Resolves a DID from its files: the version asked for, of a log that holds the version `seen` before.
pub fn resolve(
    did: &Did,
    files: &LogFiles,
    query: &Query,
    now: Timestamp,
    seen: Option<&str>,
) -> Result<Resolution, ResolveError> {
    let log = Log::read(files, When::Now(now))?;
    log.belongs_to(did)?;
    log.holds(seen)?;
    let version = if query.is_newest() {
        log.newest()?
    } else {
        find(&log, did, query)?
    };
    let (Some(first), Some(last)) = (log.versions.first(), log.versions.last()) else {
        return Err(ResolveError::NotFound(did.clone()));
    };
    let gone = query.is_newest() && last.parameters.deactivated;
    let document = (!gone).then(|| service::with_implicit(&version.did, &version.state));
    Ok(Resolution {
        document: document.transpose()?,
        metadata: metadata(version, first, last),
    })
}

/// Finds the one version that answers every part of a query.
fn find<'a>(log: &'a Log, did: &Did, query: &Query) -> Result<&'a Version, ResolveError> {
    let version = match query.version_time {
        Some(time) => Some(log.at(did, time)?),
        None => log.versions.iter().find(|version| {
            query.version_id.as_deref() == Some(version.id.as_str())
                || query.version_number == Some(version.id.number())
        }),
    };
    let missing = || match &log.failure {
        // It may be among the versions that do not hold.
        Some(failure) => failure.clone(),
        None => ResolveError::NotFound(did.clone()),
    };
    let version = version.ok_or_else(missing)?;
    let id = query
        .version_id
        .as_deref()
        .is_none_or(|id| id == version.id.as_str());
    let number = query
        .version_number
        .is_none_or(|number| number == version.id.number());
    if id && number {
        Ok(version)
    } else {
        Err(ResolveError::NotFound(did.clone()))
    }
}

/// The metadata of one version, where `last` is the newest that holds.
fn metadata(version: &Version, first: &Version, last: &Version) -> Map<String, Value> {
    let witness = last.witnessed_by.as_ref().map(|rule| rule.to_metadata());
    let members = [
        ("versionId", json!(version.id.as_str())),
        ("versionTime", json!(version.time_text)),
        ("versionNumber", json!(version.id.number())),
        ("created", json!(first.time_text)),
        ("updated", json!(last.time_text)),
        ("scid", json!(first.parameters.scid)),
        ("portable", json!(last.parameters.portable)),
        ("deactivated", json!(last.parameters.deactivated)),
        ("ttl", json!(last.parameters.ttl.to_string())),
        ("witness", witness.unwrap_or_else(|| json!({}))),
        ("watchers", json!(last.parameters.watchers)),
    ];
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Returns the word that resolution metadata has for an error: `notFound` or `invalidDid`.
#[must_use]
pub fn error_word(error: &ResolveError) -> &'static str {
    if matches!(error, ResolveError::NotFound(_)) {
        "notFound"
    } else {
        "invalidDid"
    }
}

/// Returns the problem details of an error ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).
#[must_use]
pub fn problem_details(error: &ResolveError) -> Value {
    let (kind, title) = match error_word(error) {
        "notFound" => (
            "https://www.w3.org/ns/did#NOT_FOUND",
            "The DID or the version asked for was not found.",
        ),
        _ => (
            "https://w3id.org/security#INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID",
            "The resolved DID is invalid.",
        ),
    };
    json!({ "type": kind, "title": title, "detail": error.to_string(), "code": error.code() })
}

/// Returns the whole result as DID resolution spells it.
#[must_use]
pub fn result(resolved: &Result<Resolution, ResolveError>) -> Value {
    match resolved {
        Ok(resolution) => json!({
            "didDocument": resolution.document,
            "didDocumentMetadata": resolution.metadata,
            "didResolutionMetadata": { "contentType": "application/did+ld+json" },
        }),
        Err(error) => json!({
            "didDocument": null,
            "didDocumentMetadata": {},
            "didResolutionMetadata": {
                "error": error_word(error), "problemDetails": problem_details(error),
            },
        }),
    }
}
