//! The W3C's problem types for what a report says, so that other people's software can read it (RFC 9457).
//!
//! VC Data Model 2.0, section 7.2; Data Integrity 1.0, section 4.7; Bitstring Status List 1.0, section 3.5.
//! INVARIANT: every code has exactly one type at each step; the type never says more than the code does.

use serde_json::{Value, json};

use crate::credential_check::CredentialReport;
use crate::decision::{Check, Step};
use crate::presentation_check::PresentationReport;

const DATA_MODEL: &str = "https://www.w3.org/TR/vc-data-model#";
const SECURITY: &str = "https://w3id.org/security#";
const STATUS_LIST: &str = "https://www.w3.org/ns/credentials/status-list#";

/// One problem: the standard's type with this verifier's own code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The standard's prefix, which the name completes to the URL of the type.
    base: &'static str,
    /// The standard's name, for example `PROOF_VERIFICATION_ERROR`.
    pub title: &'static str,
    /// This verifier's code.
    pub code: &'static str,
    /// What was found.
    pub detail: String,
}

impl Problem {
    /// The type of a code at the step that gave it.
    #[must_use]
    pub fn of(code: &'static str, step: Step, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let (base, title) = kind(code, step, &detail);
        Self {
            base,
            title,
            code,
            detail,
        }
    }

    /// The URL of the type.
    #[must_use]
    pub fn kind(&self) -> String {
        format!("{}{}", self.base, self.title)
    }

    /// Gives the JSON form, a `ProblemDetails` object.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({ "type": self.kind(), "title": self.title, "detail": self.detail, "code": self.code })
    }

    fn of_check(check: &Check) -> Option<Self> {
        check
            .code
            .map(|code| Self::of(code, check.id, check.detail.clone()))
    }
}

impl CredentialReport {
    /// What is wrong, in the words of the standards; none where all holds.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        problems(&self.checks, self.checked, self.code, &self.reason)
    }
}

impl PresentationReport {
    /// What is wrong with the presentation and with each credential in it; none where all holds.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut found: Vec<Problem> = self.checks.iter().filter_map(Problem::of_check).collect();
        found.extend(self.credentials.iter().flat_map(CredentialReport::problems));
        if found.is_empty() && !self.checked {
            found.push(Problem::of(self.code, Step::Signature, self.reason.clone()));
        }
        found
    }
}

fn problems(checks: &[Check], checked: bool, code: &'static str, reason: &str) -> Vec<Problem> {
    let mut found: Vec<Problem> = checks.iter().filter_map(Problem::of_check).collect();
    if found.is_empty() && !checked {
        found.push(Problem::of(code, Step::Signature, reason));
    }
    found
}

/// Which type a code is of.
fn kind(code: &str, step: Step, detail: &str) -> (&'static str, &'static str) {
    if step == Step::Status {
        return (STATUS_LIST, status(code, detail));
    }
    match code {
        "binding.nonce" => return (SECURITY, "INVALID_CHALLENGE_ERROR"),
        "binding.audience" => return (SECURITY, "INVALID_DOMAIN_ERROR"),
        "limit.canonicalization" => return (SECURITY, "PROOF_TRANSFORMATION_ERROR"),
        "time.malformed" => return (DATA_MODEL, "MALFORMED_VALUE_ERROR"),
        "parse.structure"
        | "parse.unknown_member"
        | "parse.digest"
        | "parse.did"
        | "parse.did_url"
        | "parse.timestamp" => return (DATA_MODEL, "MALFORMED_VALUE_ERROR"),
        _ => {}
    }
    match code.split('.').next().unwrap_or_default() {
        "parse" | "limit" => (DATA_MODEL, "PARSING_ERROR"),
        "type" | "context" => (DATA_MODEL, "MALFORMED_VALUE_ERROR"),
        "time" => (DATA_MODEL, "RANGE_ERROR"),
        "data_loss" => (SECURITY, "DATA_LOSS_DETECTION_ERROR"),
        _ => (SECURITY, "PROOF_VERIFICATION_ERROR"),
    }
}

/// Which of the status list's types: the one that the list's own judgement ends with, where it names one.
fn status(code: &str, detail: &str) -> &'static str {
    const NAMED: [&str; 3] = ["MALFORMED_VALUE_ERROR", "STATUS_LIST_LENGTH_ERROR", "RANGE_ERROR"];
    let named = |name: &&&str| {
        detail
            .trim_end_matches(')')
            .ends_with(&format!("status-list#{name}"))
    };
    if let Some(name) = NAMED.iter().find(named) {
        return name;
    }
    match code.split('.').next().unwrap_or_default() {
        "fetch" | "evidence" => "STATUS_RETRIEVAL_ERROR",
        _ if code == "status.stale" => "STATUS_RETRIEVAL_ERROR",
        _ => "STATUS_VERIFICATION_ERROR",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rejection::TABLE;

    fn kind_of(code: &'static str, step: Step, detail: &str) -> String {
        Problem::of(code, step, detail).kind()
    }

    #[test]
    fn a_code_is_told_by_the_standards_word_for_it() {
        for (code, step, expected) in [
            (
                "parse.json",
                Step::Read,
                "https://www.w3.org/TR/vc-data-model#PARSING_ERROR",
            ),
            (
                "limit.size",
                Step::Read,
                "https://www.w3.org/TR/vc-data-model#PARSING_ERROR",
            ),
            (
                "parse.structure",
                Step::Read,
                "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR",
            ),
            (
                "parse.digest",
                Step::Read,
                "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR",
            ),
            (
                "type.credential",
                Step::Type,
                "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR",
            ),
            (
                "time.expired",
                Step::Time,
                "https://www.w3.org/TR/vc-data-model#RANGE_ERROR",
            ),
            (
                "signature.invalid",
                Step::Signature,
                "https://w3id.org/security#PROOF_VERIFICATION_ERROR",
            ),
            (
                "key.issuer_mismatch",
                Step::Key,
                "https://w3id.org/security#PROOF_VERIFICATION_ERROR",
            ),
            (
                "fetch.timeout",
                Step::Key,
                "https://w3id.org/security#PROOF_VERIFICATION_ERROR",
            ),
            (
                "data_loss.undefined_term",
                Step::Read,
                "https://w3id.org/security#DATA_LOSS_DETECTION_ERROR",
            ),
            (
                "binding.nonce",
                Step::Binding,
                "https://w3id.org/security#INVALID_CHALLENGE_ERROR",
            ),
            (
                "binding.audience",
                Step::Binding,
                "https://w3id.org/security#INVALID_DOMAIN_ERROR",
            ),
        ] {
            assert_eq!(kind_of(code, step, "x"), expected, "{code}");
        }
    }

    #[test]
    fn a_status_is_told_by_the_status_lists_words() {
        let base = "https://www.w3.org/ns/credentials/status-list#";
        for (code, detail, expected) in [
            (
                "status.revoked",
                "index 1 of `x` is set",
                "STATUS_VERIFICATION_ERROR",
            ),
            ("status.unknown", "x", "STATUS_VERIFICATION_ERROR"),
            ("status.stale", "x", "STATUS_RETRIEVAL_ERROR"),
            ("fetch.timeout", "x", "STATUS_RETRIEVAL_ERROR"),
            ("evidence.needed", "x", "STATUS_RETRIEVAL_ERROR"),
            (
                "status.unknown",
                "x (https://www.w3.org/ns/credentials/status-list#RANGE_ERROR)",
                "RANGE_ERROR",
            ),
            // A stranger's words in the middle change nothing.
            (
                "status.unknown",
                "`status-list#RANGE_ERROR)` is odd (https://www.w3.org/ns/credentials/status-list#STATUS_LIST_LENGTH_ERROR)",
                "STATUS_LIST_LENGTH_ERROR",
            ),
        ] {
            assert_eq!(
                kind_of(code, Step::Status, detail),
                format!("{base}{expected}"),
                "{detail}"
            );
        }
    }

    #[test]
    fn every_code_of_the_table_has_a_type() {
        for row in TABLE {
            for step in Step::ALL {
                let problem = Problem::of(row.code, step, "x").to_value();
                assert!(
                    problem["type"].as_str().unwrap().starts_with("https://w"),
                    "{}",
                    row.code
                );
                assert_eq!(problem["code"], row.code);
            }
        }
    }
}
