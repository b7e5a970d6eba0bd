//! One whole case: everything that a verdict depends on, in one document, and the decision.
//!
//! This is the door that the corpus of `tests/vectors` goes through. INVARIANT: nothing is kept from one case to the
//! next, and the answer is what the library says of the same case.

use chancery_did::Timestamp;
use chancery_proof::{Limits, json as front_door};
use chancery_trust::Policy;
use chancery_verifier::{Decision, Evidence, Moment, Rejection, Request, verify};
use serde_json::Value;

use crate::answer;

/// The largest case that is read, in bytes.
pub const CASE_LIMIT: usize = 8 * 1024 * 1024;

/// Judges one document `{presentation, evidence, policy, request, at, historical?}`.
///
/// The answer is a Decision, or an Error where the document itself cannot be read.
#[must_use]
pub fn decide(case: impl AsRef<[u8]>) -> String {
    answer::or_error(judge(case.as_ref()).map(|decision| decision.to_value()))
}

fn judge(input: &[u8]) -> Result<Decision, Rejection> {
    let limits = Limits {
        bytes: CASE_LIMIT,
        string: CASE_LIMIT,
        ..Limits::default()
    };
    let case = front_door::parse(input, &limits).map_err(|error| refused(error.code(), &error))?;
    let part = |name: &str| case.get(name).ok_or_else(|| missing(name));
    let word = |name: &str| {
        case.get(name)
            .and_then(Value::as_str)
            .ok_or_else(|| missing(name))
    };
    let presentation = word("presentation")?;
    let evidence = Evidence::parse_value(part("evidence")?).map_err(|error| refused(error.code(), &error))?;
    let policy = Policy::parse_value(part("policy")?).map_err(|error| refused(error.code(), &error))?;
    let request = Request::parse(part("request")?).map_err(|error| refused(error.code(), &error))?;
    let at = Timestamp::parse(word("at")?).map_err(|error| refused(error.code(), &error))?;
    let moment = if case.get("historical") == Some(&Value::Bool(true)) {
        Moment::Historical(at)
    } else {
        Moment::Now(at)
    };
    Ok(verify(
        presentation.as_bytes(),
        &evidence,
        &policy,
        &request,
        moment,
    ))
}

fn refused(code: &'static str, error: &dyn std::fmt::Display) -> Rejection {
    Rejection::new(code, error.to_string())
}

fn missing(member: &str) -> Rejection {
    let detail = format!("member `{member}` is missing or not of its type");
    Rejection::new("parse.structure", detail)
}
