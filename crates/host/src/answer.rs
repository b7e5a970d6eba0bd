//! What goes back to the host language: JSON texts with `apiVersion` and `kind`.
//!
//! INVARIANT: an Error says `"allow": false`, so that a host that looks at nothing else is right.

use chancery_did::{Timestamp, object};
use chancery_proof::jcs;
use chancery_verifier::{Decision, Rejection, Session};
use serde_json::Value;

/// An Error.
pub(crate) fn error(rejection: &Rejection) -> Value {
    named(
        "Error",
        object([
            ("allow", false.into()),
            ("code", rejection.code.into()),
            ("detail", rejection.detail.as_str().into()),
        ]),
    )
}

/// The answer, or the Error in its place.
pub(crate) fn or_error(answer: Result<Value, Rejection>) -> String {
    or_text(answer.map(|answer| jcs::text(&answer)))
}

/// As [`or_error`], of an answer that is a text already.
pub(crate) fn or_text(answer: Result<String, Rejection>) -> String {
    answer.unwrap_or_else(|rejection| jcs::text(&error(&rejection)))
}

/// The Decision, or the denial for a refusal that came before it.
pub(crate) fn decided(decision: Result<Decision, Rejection>, at: Timestamp) -> String {
    let decision = decision.unwrap_or_else(|rejection| Decision::unjudged(rejection, at));
    jcs::text(&decision.to_value())
}

/// An Admission: a session under its number, and what to commit before it answers calls.
pub(crate) fn admission(handle: u32, session: &Session) -> Value {
    let mut value = named("Admission", session.admission().to_value());
    if let Some(members) = value.as_object_mut() {
        members.insert("session".to_owned(), handle.into());
        members.insert("allow".to_owned(), true.into());
    }
    value
}

/// An object with its kind.
pub(crate) fn named(kind: &str, mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.insert("apiVersion".to_owned(), "chancery.v1".into());
        members.insert("kind".to_owned(), kind.into());
    }
    value
}
