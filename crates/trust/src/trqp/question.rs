//! A TRQP question, as the body of `POST /authorization` and `POST /recognition`.
//!
//! Follows TRQP v2.0, "Identifiers" and the request schemas. INVARIANT: what a question keeps is only what the
//! specification names; an unknown context member is ignored, never stored and never reflected.

use super::Query;
use crate::members::{MemberError, Members};
use chancery_did::{Timestamp, object};
use serde_json::{Map, Value};

/// The longest identifier and locator, in bytes.
const LONGEST: usize = 2_048;
/// The most members of a context.
const MOST_CONTEXT: usize = 64;

/// A question to a trust registry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// Which of the two questions.
    pub query: Query,
    /// The entity that is asked about.
    pub entity_id: String,
    /// The authority in whose name the answer is given.
    pub authority_id: String,
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The instant that is asked about; `None` for the server's now.
    pub time: Option<Timestamp>,
    /// What an authorization may carry to help find the records.
    pub locator: Option<String>,
}

/// Why a body is no question: always HTTP 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct QuestionError(#[from] MemberError);

impl QuestionError {
    /// Gives the code of the refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "parse.structure"
    }

    /// Names the member that is refused.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }
}

impl Question {
    /// Makes a question about now.
    ///
    /// # Errors
    /// An identifier that is empty, too long or not of RFC 3986's characters.
    pub fn new(
        query: Query,
        entity_id: &str,
        authority_id: &str,
        action: &str,
        resource: &str,
    ) -> Result<Self, QuestionError> {
        Self::parse(
            query,
            &object([
                ("entity_id", entity_id.into()),
                ("authority_id", authority_id.into()),
                ("action", action.into()),
                ("resource", resource.into()),
            ]),
        )
    }

    /// Reads the body of a request, parsed by the strict JSON reader.
    ///
    /// Members that the specification does not name are ignored, as it demands for the context; a blank `time` is
    /// the server's now.
    ///
    /// # Errors
    /// A required member that is absent or no identifier, a `context` with a value that is no string, and a `time`
    /// that is not RFC 3339 with `Z`.
    pub fn parse(query: Query, body: &Value) -> Result<Self, QuestionError> {
        let members = Members::read_open(body, "")?;
        let mut question = Self::identifiers(query, &members)?;
        if let Some(value) = members.value("context") {
            let context = Members::read_open(value, "context")?;
            if context.iter().count() > MOST_CONTEXT {
                return Err(members
                    .invalid("context", format!("it has more than {MOST_CONTEXT} members"))
                    .into());
            }
            for (name, _) in context.iter() {
                context.opt_text(name)?;
            }
            question.time = utc(&context, "time")?;
            if query == Query::Authorization {
                question.locator = locator(&context)?;
            }
        }
        Ok(question)
    }

    /// Reads the four identifiers that question, answer and statement share.
    pub(super) fn identifiers(query: Query, members: &Members<'_>) -> Result<Self, MemberError> {
        Ok(Self {
            query,
            entity_id: identifier(members, "entity_id")?,
            authority_id: identifier(members, "authority_id")?,
            action: identifier(members, "action")?,
            resource: identifier(members, "resource")?,
            time: None,
            locator: None,
        })
    }

    /// Gives the body of the request.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = object([
            ("entity_id", self.entity_id.as_str().into()),
            ("authority_id", self.authority_id.as_str().into()),
            ("action", self.action.as_str().into()),
            ("resource", self.resource.as_str().into()),
        ]);
        if let (Some(map), Some(context)) = (value.as_object_mut(), self.context()) {
            map.insert("context".to_owned(), context);
        }
        value
    }

    /// Gives the context that was understood, which is all that an answer reflects of it.
    #[must_use]
    pub fn context(&self) -> Option<Value> {
        let mut context = Map::new();
        if let Some(time) = self.time {
            context.insert("time".to_owned(), time.to_string().into());
        }
        if let Some(locator) = &self.locator {
            context.insert("locator".to_owned(), locator.as_str().into());
        }
        (!context.is_empty()).then_some(Value::Object(context))
    }

    /// Gives the address that takes the question below the endpoint's.
    #[must_use]
    pub fn address(&self, endpoint: &str) -> String {
        format!("{}/{}", endpoint.trim_end_matches('/'), self.query.as_str())
    }
}

/// Reads a non-empty identifier of RFC 3986's characters.
fn identifier(members: &Members<'_>, name: &str) -> Result<String, MemberError> {
    let text = members.text(name)?;
    if text.len() > LONGEST {
        return Err(members.invalid(name, format!("it is longer than {LONGEST} bytes")));
    }
    if !is_identifier(text) {
        return Err(members.invalid(name, "it is no identifier of RFC 3986's characters"));
    }
    Ok(text.to_owned())
}

/// Reads an instant of RFC 3339 that is written with `Z`; a blank one is absent.
pub(super) fn utc(members: &Members<'_>, name: &str) -> Result<Option<Timestamp>, MemberError> {
    match members.opt_text(name)? {
        None | Some("") => Ok(None),
        Some(text) if !text.ends_with('Z') => {
            Err(members.invalid(name, "it is not in UTC, written with `Z`"))
        }
        Some(_) => members.opt_timestamp(name),
    }
}

fn locator(context: &Members<'_>) -> Result<Option<String>, MemberError> {
    match context.opt_text("locator")? {
        None | Some("") => Ok(None),
        Some(text) if text.len() > LONGEST || text.chars().any(char::is_control) => {
            Err(context.invalid("locator", "it is too long or holds a control character"))
        }
        Some(text) => Ok(Some(text.to_owned())),
    }
}

/// Says whether a text has only unreserved and reserved characters and whole percent-encodings (RFC 3986, section 2).
fn is_identifier(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let encodings_hold = text.split('%').skip(1).all(|rest| {
        rest.get(..2)
            .is_some_and(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
    });
    text.bytes().all(plain) && encodings_hold
}
