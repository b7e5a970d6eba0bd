//! One case: the document that a host hands in, and the decision that it gets back.

use serde_json::{Value, json};

use chancery_did::Timestamp;
use chancery_proof::{Limits, json as front_door};
use chancery_trust::Policy;
use chancery_verifier::{Evidence, Moment, Request, verify};

use crate::INPUT_LIMIT;

/// Judges one document `{presentation, evidence, policy, request, at, historical?}`.
///
/// The answer is a Decision, or `{"kind":"Error","code":..}` when the document itself cannot be
/// read; it never panics.
#[must_use]
pub fn decide(input: &[u8]) -> Value {
    match judge(input) {
        Ok(decision) => decision,
        Err((code, detail)) => {
            json!({"apiVersion": "chancery.v1", "kind": "Error", "allow": false, "code": code, "detail": detail})
        }
    }
}

type Refused = (String, String);

fn judge(input: &[u8]) -> Result<Value, Refused> {
    let limits = Limits {
        bytes: INPUT_LIMIT,
        string: INPUT_LIMIT,
        ..Limits::default()
    };
    let case =
        front_door::parse(input, &limits).map_err(|error| (error.code().to_owned(), error.to_string()))?;
    let presentation = match case.get("presentation") {
        Some(Value::String(text)) => text.clone(),
        _ => return Err(missing("presentation")),
    };
    let evidence = case.get("evidence").ok_or_else(|| missing("evidence"))?;
    let evidence =
        Evidence::parse_value(evidence).map_err(|error| (error.code().to_owned(), error.to_string()))?;
    let policy = case.get("policy").ok_or_else(|| missing("policy"))?;
    let policy = Policy::parse_value(policy).map_err(|error| (error.code().to_owned(), error.to_string()))?;
    let request = case.get("request").ok_or_else(|| missing("request"))?;
    let request = Request::parse(request).map_err(|error| (error.code().to_owned(), error.to_string()))?;
    let at = case
        .get("at")
        .and_then(Value::as_str)
        .ok_or_else(|| missing("at"))?;
    let at = Timestamp::parse(at).map_err(|error| (error.code().to_owned(), error.to_string()))?;
    let moment = if case.get("historical") == Some(&Value::Bool(true)) {
        Moment::Historical(at)
    } else {
        Moment::Now(at)
    };
    Ok(verify(presentation.as_bytes(), &evidence, &policy, &request, moment).to_value())
}

fn missing(member: &str) -> Refused {
    (
        "parse.structure".to_owned(),
        format!("member `{member}` is missing or not of its type"),
    )
}
