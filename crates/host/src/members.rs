//! The JSON objects that a host language hands in.
//!
//! INVARIANT: a member that is not known is refused, by its name and whatever that is (`__proto__` among them).

use chancery_proof::{Limits, json};
use chancery_verifier::Rejection;
use serde_json::{Map, Value};

/// Reads an object through the front door.
pub(crate) fn object(text: &str, limits: &Limits, what: &str) -> Result<Map<String, Value>, Rejection> {
    let value = json::parse(text.as_bytes(), limits)
        .map_err(|error| Rejection::new(error.code(), format!("{what}: {error}")))?;
    let Value::Object(members) = value else {
        return Err(Rejection::new(
            "parse.structure",
            format!("{what} is no JSON object"),
        ));
    };
    Ok(members)
}

/// Refuses any other member than these.
pub(crate) fn only(
    members: &Map<String, Value>,
    known: &[&str],
    code: &'static str,
) -> Result<(), Rejection> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Rejection::new(code, format!("unknown member `{name}`"))),
        None => Ok(()),
    }
}

/// A member that is a string.
pub(crate) fn text<'m>(
    members: &'m Map<String, Value>,
    name: &str,
    code: &'static str,
) -> Result<&'m str, Rejection> {
    let found = members.get(name).and_then(Value::as_str);
    found.ok_or_else(|| Rejection::new(code, format!("member `{name}` is missing or no string")))
}
