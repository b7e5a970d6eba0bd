//! What is asked: one of the policy's tools with its arguments, or an action on a resource.
//!
//! Profile, "Capability" ("The request's facts come from the relying party"). INVARIANT: the audience is the
//! verifier's own and is never read from a call; a call is either a tool's or an action's, never both.

use chancery_proof::{Limits, json as front_door};
use chancery_trust::Policy;
use chancery_verifier::{Call, Rejection, Request, RequestError};
use serde_json::{Map, Value};

use crate::members::{object, only, text};

/// What stands for the nonce where a session has it already.
const ADMITTED: &str = "admitted";

/// Reads `{nonce, tool, args?}` or `{nonce, action, resource, arguments?, facts?}`.
pub(crate) fn request(request: &str, policy: &Policy) -> Result<Request, Rejection> {
    of_members(object(request, &Limits::default(), "the request")?, policy)
}

/// As [`request`], for a call within a session: without a nonce.
pub(crate) fn call(call: &str, policy: &Policy) -> Result<Call, Rejection> {
    let mut members = object(call, &Limits::default(), "the call")?;
    if members.contains_key("nonce") {
        return Err(Rejection::new(
            "parse.unknown_member",
            "a call within a session has no nonce: the presentation had",
        ));
    }
    members.insert("nonce".to_owned(), ADMITTED.into());
    of_members(members, policy).map(|request| Call::from(&request))
}

/// As [`request`], of members that were read.
pub(crate) fn of_members(mut members: Map<String, Value>, policy: &Policy) -> Result<Request, Rejection> {
    let audience = policy.audience.as_str();
    if !members.contains_key("tool") {
        if members.contains_key("audience") {
            let detail = "the audience is the verifier's own, and no member of a request";
            return Err(Rejection::new("parse.unknown_member", detail));
        }
        members.insert("audience".to_owned(), audience.into());
        if let Some(arguments) = members.remove("arguments") {
            members.insert("arguments".to_owned(), given(arguments)?);
        }
        return Request::parse(&Value::Object(members)).map_err(|error| refused(&error));
    }
    only(&members, &["nonce", "tool", "args"], "parse.unknown_member")?;
    let arguments = members
        .remove("args")
        .map_or_else(|| Ok(Value::Object(Map::new())), given)?;
    let tool = text(&members, "tool", "parse.structure")?;
    let nonce = text(&members, "nonce", "parse.structure")?;
    Request::for_tool(policy, tool, arguments, audience, nonce).map_err(|error| refused(&error))
}

/// Arguments as they were given: a text is JSON text, as a model or a peer made it, and goes through the front door.
fn given(arguments: Value) -> Result<Value, Rejection> {
    let Value::String(text) = arguments else {
        return Ok(arguments);
    };
    front_door::parse(text.as_bytes(), &Limits::default())
        .map_err(|error| Rejection::new(error.code(), format!("the arguments: {error}")))
}

fn refused(error: &RequestError) -> Rejection {
    Rejection::new(error.code(), error.to_string())
}
