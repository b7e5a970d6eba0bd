//! A result in the form that is wanted: [DID Resolution sections 6 and 8](https://www.w3.org/TR/did-resolution/#did-resolution-result).
//!
//! INVARIANT: the status follows from the error's kind by the standard's table, and the content type of a whole
//! result is the one that its metadata names.

use serde_json::{Map, Value, json};

use super::Found;
use super::accept::Form;
use super::dereference;
use super::error::DidError;
use super::inquiry::{Asked, Inquiry};
use super::legacy;

/// The media type of an error without a result around it, RFC 9457.
const PROBLEM: &str = "application/problem+json";

/// What goes back to whoever asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body.
    pub media_type: &'static str,
    /// Where to go instead, with a status of 303.
    pub location: Option<String>,
    /// The body; none beside a `location`.
    pub body: Option<Value>,
    /// The stable code of an error.
    pub code: Option<&'static str>,
}

impl Answer {
    pub(super) fn of(status: u16, media_type: &'static str, body: Value) -> Self {
        Self {
            status,
            media_type,
            location: None,
            body: Some(body),
            code: None,
        }
    }

    fn because(self, error: &DidError) -> Self {
        Self {
            code: Some(error.code),
            ..self
        }
    }
}

/// The status of what was found: a deactivated DID is gone.
pub(super) fn status(found: &Found) -> u16 {
    if found.document.is_some() { 200 } else { 410 }
}

/// A whole resolution result.
pub(super) fn resolution(found: Found, asked: &Asked) -> Answer {
    let status = status(&found);
    let document = found.document.map(|document| representation(document, asked));
    let body = json!({
        "didDocument": document,
        "didResolutionMetadata": { "contentType": Form::Resolution.media_type() },
        "didDocumentMetadata": found.metadata,
    });
    Answer::of(status, Form::Resolution.media_type(), body)
}

fn representation(document: Value, asked: &Asked) -> Value {
    if asked.expand {
        dereference::expanded(document, &asked.did)
    } else {
        document
    }
}

/// A dereferencing result, or just its content, or where the service is.
pub(super) fn dereferencing(found: Found, asked: &Asked, form: &Form) -> Result<Answer, DidError> {
    let Some(document) = found.document else {
        let body = json!({
            "dereferencingMetadata": { "contentType": Form::Dereferencing.media_type() },
            "contentStream": null,
            "contentMetadata": found.metadata,
        });
        return Ok(match form {
            Form::Dereferencing => Answer::of(410, form.media_type(), body),
            Form::Content(_) | Form::UriList | Form::Resolution | Form::Legacy => gone(),
        });
    };
    if asked.wants_service() {
        return match form {
            Form::Content(media_type)
                if media_type.starts_with("application/did") && asked.relative_ref.is_none() =>
            {
                dereference::with_selected(&document, asked).map(|body| Answer::of(200, media_type, body))
            }
            Form::Content(_) | Form::Resolution | Form::Dereferencing | Form::Legacy | Form::UriList => {
                dereference::endpoint(&document, asked).map(elsewhere)
            }
        };
    }
    if asked.relative_ref.is_some() || asked.unknown || !asked.path.is_empty() {
        return dereference::file(&document, asked).map(elsewhere);
    }
    let document = representation(document, asked);
    let (content, metadata) = match &asked.fragment {
        Some(name) => (dereference::fragment(&document, asked, name)?.clone(), Map::new()),
        None => (document, found.metadata),
    };
    match form {
        Form::Content(media_type) => Ok(Answer::of(200, media_type, content)),
        Form::UriList => Err(DidError::new(
            super::Kind::RepresentationNotSupported,
            "resolve.representation",
            "only a service has a list of addresses",
        )),
        Form::Dereferencing | Form::Resolution | Form::Legacy => {
            let body = json!({
                "dereferencingMetadata": { "contentType": Form::Dereferencing.media_type() },
                "contentStream": content,
                "contentMetadata": metadata,
            });
            Ok(Answer::of(200, Form::Dereferencing.media_type(), body))
        }
    }
}

/// Sends whoever asked to a service's address.
fn elsewhere(location: String) -> Answer {
    Answer {
        status: 303,
        media_type: Form::UriList.media_type(),
        location: Some(location),
        body: None,
        code: None,
    }
}

fn gone() -> Answer {
    let error = DidError::new(
        super::Kind::NotFound,
        "resolve.deactivated",
        "the DID is deactivated",
    );
    let mut body = error.to_value();
    if let Value::Object(members) = &mut body {
        members.insert("status".to_owned(), json!(410));
    }
    Answer::of(410, PROBLEM, body).because(&error)
}

/// An error in the form that was wanted; without a result around it, as problem details.
pub(super) fn refused(inquiry: &Inquiry, form: &Form, error: &DidError) -> Answer {
    let status = error.kind.status();
    let answer = match form {
        Form::Resolution => {
            let body = json!({
                "didDocument": null,
                "didResolutionMetadata": { "contentType": form.media_type(), "error": error.to_value() },
                "didDocumentMetadata": {},
            });
            Answer::of(status, form.media_type(), body)
        }
        Form::Dereferencing => {
            let body = json!({
                "dereferencingMetadata": { "contentType": form.media_type(), "error": error.to_value() },
                "contentStream": null,
                "contentMetadata": {},
            });
            Answer::of(status, form.media_type(), body)
        }
        Form::Legacy => legacy::refused(inquiry, error),
        Form::Content(_) | Form::UriList => Answer::of(status, PROBLEM, error.to_value()),
    };
    answer.because(error)
}

impl Answer {
    /// An error where not even a form could be agreed on.
    #[must_use]
    pub fn refused(inquiry: &Inquiry, error: &DidError) -> Self {
        refused(inquiry, &inquiry.usual_form(), error)
    }
}
