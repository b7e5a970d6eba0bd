//! Meeting one need: the one place that knows which door leads to which kind of evidence.
//!
//! Follows the profile ("Judging": needs are the keys of evidence) and, for trust statements, the HTTPS binding
//! of TRQP v2.0. INVARIANT: texts are handed on as they came, and what could not be had is handed on as a
//! failure with its code.

use chancery_did::{Did, Timestamp};
use chancery_proof::{Limits, json};
use chancery_trust::trqp::Question;
use chancery_verifier::{Evidence, Failure, Need, ZoneOffset};
use serde_json::Value;

use crate::http::Guarded;
use crate::zone;

use super::Gatherer;

/// The media types under which status lists are published.
const STATUS_TYPES: &[&str] = &[
    "application/vc",
    "application/vc+jwt",
    "application/vc+json",
    "application/vc+ld+json",
    "application/json",
    "application/ld+json",
    "application/jwt",
];
const ANSWER_TYPES: &[&str] = &["application/json"];

/// What one need brought.
pub(super) enum Brought {
    Document(Did, String),
    StatusList(String, String),
    Statement(String),
    Zone(ZoneOffset),
    Nothing(Failure),
}

impl Brought {
    pub(super) fn add_to(self, evidence: &mut Evidence) {
        match self {
            Self::Document(did, text) => drop(evidence.documents.insert(did, text)),
            Self::StatusList(url, text) => drop(evidence.status_lists.insert(url, text)),
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
            Need::Document(did) => {
                let text = self.resolver.text(did).await.map_err(|error| error.code());
                text.map(|text| Brought::Document(did.clone(), text))
            }
            Need::StatusList(url) => {
                let text = self.status_list(url, at, max_status_age).await;
                text.map(|text| Brought::StatusList(url.clone(), text))
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
        if let Some(text) = self.status.find(url, at, max_status_age) {
            return Ok(text);
        }
        let fetched = self
            .guarded
            .get(url, STATUS_TYPES)
            .await
            .map_err(|error| error.code())?;
        String::from_utf8(fetched.bytes).map_err(|_| "status.unknown")
    }
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

/// Whether meeting a need may ask the network.
pub(super) fn asks_network(need: &Need) -> bool {
    !matches!(need, Need::ZoneOffset { .. })
}

/// Whether a need is a registry's word.
pub(super) fn is_statement(need: &Need) -> bool {
    matches!(need, Need::TrustStatement { .. })
}
