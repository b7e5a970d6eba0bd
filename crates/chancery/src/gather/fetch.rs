//! Meeting one need: the one place that knows which door leads to which kind of evidence.
//!
//! Follows the profile ("Judging": needs are the keys of evidence) and, for trust statements, the HTTPS binding
//! of TRQP v2.0. INVARIANT: texts are handed on as they came, and what could not be had is handed on as a
//! failure with its code.

use chancery_did::{Did, LogFiles, Timestamp};
use chancery_proof::{Limits, base64url, json};
use chancery_trust::trqp::Question;
use chancery_vc::status::read_token_status_text;
use chancery_vc::status::token::{MEDIA_TYPE_CWT, MEDIA_TYPE_JWT};
use chancery_verifier::{Evidence, Failure, Need, ZoneOffset};
use serde_json::Value;

use crate::http::{Fetched, Guarded};
use crate::zone;

use super::Gatherer;

/// The media types under which status lists are published.
pub(crate) const STATUS_TYPES: &[&str] = &[
    "application/vc",
    "application/vc+jwt",
    "application/vc+json",
    "application/vc+ld+json",
    "application/json",
    "application/ld+json",
    "application/jwt",
];
/// The media types of Token Status Lists; the one that is text comes first.
pub(crate) const TOKEN_TYPES: &[&str] = &[MEDIA_TYPE_JWT, MEDIA_TYPE_CWT];
const ANSWER_TYPES: &[&str] = &["application/json"];

/// What one need brought.
pub(super) enum Brought {
    Document(Did, String),
    Log(Did, LogFiles),
    StatusList(String, String),
    TokenStatusList(String, String),
    Statement(String),
    Zone(ZoneOffset),
    Nothing(Failure),
}

impl Brought {
    pub(super) fn add_to(self, evidence: &mut Evidence) {
        match self {
            Self::Document(did, text) => drop(evidence.documents.insert(did, text)),
            Self::Log(did, files) => drop(evidence.did_logs.insert(did, files)),
            Self::StatusList(url, text) => drop(evidence.status_lists.insert(url, text)),
            Self::TokenStatusList(url, text) => drop(evidence.token_status_lists.insert(url, text)),
            Self::Statement(token) => evidence.trust_statements.push(token),
            Self::Zone(offset) => evidence.zone_offsets.push(offset),
            Self::Nothing(failure) => evidence.failures.push(failure),
        }
    }
}

impl Gatherer {
    /// Meets one need, for a decision at `at` under a policy that accepts status lists of `max_status_age` ms.
    pub(super) async fn fetch(&self, need: Need, at: Timestamp, max_status_age: i64) -> Brought {
        let brought = match &need {
            Need::Document(did) if self.resolver.keeps_log(did) => {
                let files = self.resolver.log(did).await.map_err(|error| error.code());
                files.map(|files| Brought::Log(did.clone(), files))
            }
            Need::Document(did) => {
                let text = self.resolver.text(did).await.map_err(|error| error.code());
                text.map(|text| Brought::Document(did.clone(), text))
            }
            Need::StatusList(url) => {
                let text = self.status_list(url, at, max_status_age).await;
                text.map(|text| Brought::StatusList(url.clone(), text))
            }
            Need::TokenStatusList(url) => {
                let text = self.token_status_list(url, at, max_status_age).await;
                text.map(|text| Brought::TokenStatusList(url.clone(), text))
            }
            Need::TrustStatement {
                endpoint, question, ..
            } => statement(&self.guarded, endpoint, question)
                .await
                .map(Brought::Statement),
            Need::ZoneOffset { zone, at } => zone::offset_at(zone, *at)
                .map(Brought::Zone)
                .ok_or("evidence.needed"),
            _ => Err("evidence.needed"),
        };
        brought.unwrap_or_else(|code| {
            tracing::debug!(code, "evidence not gathered");
            Brought::Nothing(Failure {
                need,
                code: code.to_owned(),
            })
        })
    }

    async fn status_list(
        &self,
        url: &str,
        at: Timestamp,
        max_status_age: i64,
    ) -> Result<String, &'static str> {
        let past = self.is_past(at, max_status_age);
        if let Some(text) = self.status.find(url, at, max_status_age).filter(|_| !past) {
            return Ok(text);
        }
        // Bitstring Status List v1.0 section 3.4: the list as it was at a point in time.
        let asked = if past {
            with_query(url, "timestamp", &at.to_string())
        } else {
            url.to_owned()
        };
        let fetched = self.guarded.get(&asked, STATUS_TYPES).await;
        String::from_utf8(fetched.map_err(|error| error.code())?.bytes).map_err(|_| "status.unknown")
    }

    async fn token_status_list(
        &self,
        url: &str,
        at: Timestamp,
        max_status_age: i64,
    ) -> Result<String, &'static str> {
        let (past, key) = (self.is_past(at, max_status_age), Evidence::token_floor(url));
        if let Some(text) = self.status.find(&key, at, max_status_age).filter(|_| !past) {
            return Ok(text);
        }
        // Token Status List section 8.4: a host that does not know the parameter answers with its present list.
        let asked = if past {
            with_query(url, "time", &at.seconds().to_string())
        } else {
            url.to_owned()
        };
        let fetched = self.guarded.get(&asked, TOKEN_TYPES).await;
        let text = token_text(fetched.map_err(|error| error.code())?)?;
        if past {
            let list = read_token_status_text(&text, &Limits::default()).map_err(|error| error.code())?;
            list.unverified()
                .covers(at)
                .then_some(())
                .ok_or("status.unknown")?;
        }
        Ok(text)
    }

    /// Whether a moment lies so far back that no present list can tell of it.
    pub(super) fn is_past(&self, at: Timestamp, max_status_age: i64) -> bool {
        self.clock.now().millis_since(at) > max_status_age
    }
}

/// The address with one more parameter in its query.
fn with_query(url: &str, name: &str, value: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let sign = if url.contains('?') { '&' } else { '?' };
    format!(
        "{url}{sign}{name}={}",
        value.replace(':', "%3A").replace('+', "%2B")
    )
}

/// The text of a list as evidence has it: a JWT as it came, a CWT in base64url.
pub(crate) fn token_text(fetched: Fetched) -> Result<String, &'static str> {
    if fetched.content_type == MEDIA_TYPE_CWT {
        return Ok(base64url::encode(&fetched.bytes));
    }
    String::from_utf8(fetched.bytes).map_err(|_| "status.unknown")
}

/// Asks a registry and takes the signed form out of its answer; the unsigned rest is not evidence.
async fn statement(guarded: &Guarded, endpoint: &str, question: &Question) -> Result<String, &'static str> {
    let address = question.address(endpoint);
    let fetched = guarded
        .post_json(&address, ANSWER_TYPES, &question.to_value())
        .await
        .map_err(|error| error.code())?;
    let answer = json::parse(&fetched.bytes, &Limits::default()).map_err(|_| "trust.statement_invalid")?;
    let token = answer
        .get("statement")
        .and_then(Value::as_str)
        .ok_or("trust.statement_invalid")?;
    Ok(token.to_owned())
}

/// Under which key a list is known among the floors of evidence.
pub(super) fn list_key(need: &Need) -> Option<String> {
    if let Need::StatusList(url) = need {
        return Some(url.clone());
    }
    if let Need::TokenStatusList(url) = need {
        return Some(Evidence::token_floor(url));
    }
    None
}

/// Whether meeting a need may ask the network.
pub(super) fn asks_network(need: &Need) -> bool {
    !matches!(need, Need::ZoneOffset { .. })
}

/// Whether a need is a registry's word.
pub(super) fn is_statement(need: &Need) -> bool {
    matches!(need, Need::TrustStatement { .. })
}
