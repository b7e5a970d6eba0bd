//! What was asked of a DID resolver, and the shapes of its answers, pure and without a word of HTTP's machinery.
//!
//! Follows [DID Resolution](https://www.w3.org/TR/did-resolution/) sections 4 to 8: an [`Inquiry`] is the DID or
//! DID URL with its options, a [`Form`] what of the result is wanted, an [`Answer`] the result in that form, and
//! a [`DidError`] why there is none. INVARIANT: one text has one meaning here. A text that begins with `did:` is
//! read as it stands, any other is percent-decoded exactly once; a parameter that is given twice is refused; an
//! option that is not known is refused, never skipped.

mod accept;
mod answer;
mod dereference;
mod error;
mod inquiry;
mod legacy;

use async_trait::async_trait;
use chancery_did::{Did, Timestamp};
use serde_json::{Map, Value};

pub use self::accept::{DEREFERENCING, Form, LEGACY, RESOLUTION, weight};
pub use self::answer::Answer;
pub use self::error::{DidError, Kind};
use self::inquiry::Asked;
pub use self::inquiry::Inquiry;

/// Which version of a document is asked for; none of the three is the newest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Version {
    /// `versionId`.
    pub id: Option<String>,
    /// `versionTime`.
    pub time: Option<Timestamp>,
    /// `versionNumber`, of methods that count.
    pub number: Option<u64>,
}

impl Version {
    /// Says whether just the newest version is asked for.
    #[must_use]
    pub fn is_newest(&self) -> bool {
        self == &Self::default()
    }
}

/// A DID document as a method gave it, with what the method says about it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The document; none if the DID is deactivated.
    pub document: Option<Value>,
    /// DID document metadata, section 4.3.
    pub metadata: Map<String, Value>,
}

impl Found {
    /// A document about which the method says nothing.
    #[must_use]
    pub fn document(document: Value) -> Self {
        Self {
            document: Some(document),
            metadata: Map::new(),
        }
    }
}

/// Where documents come from: every method there is, or only what a service lets strangers ask for.
#[async_trait]
pub trait Source: Sync {
    /// Finds one version of the document of `did`.
    async fn find(&self, did: &Did, version: &Version) -> Result<Found, DidError>;
}

/// Answers an inquiry in the form that is wanted; with `None`, in the form that the kind of identifier calls for.
pub async fn answer(source: &dyn Source, inquiry: &Inquiry, form: Option<Form>) -> Answer {
    let form = form.unwrap_or_else(|| inquiry.usual_form());
    let asked = match inquiry.read(&form) {
        Ok(asked) => asked,
        Err(error) => return answer::refused(inquiry, &form, &error),
    };
    match source.find(&asked.did, &asked.version).await {
        Ok(found) => shaped(inquiry, &asked, &form, found),
        Err(error) => answer::refused(inquiry, &form, &legacy::told(form, &asked, error)),
    }
}

/// Puts what was found into the form that is wanted.
fn shaped(inquiry: &Inquiry, asked: &Asked, form: &Form, found: Found) -> Answer {
    let made = match form {
        Form::Resolution => Ok(answer::resolution(found, asked)),
        Form::Legacy => legacy::answer(found, asked),
        Form::Dereferencing | Form::Content(_) | Form::UriList => answer::dereferencing(found, asked, form),
    };
    made.unwrap_or_else(|error| answer::refused(inquiry, form, &error))
}

#[cfg(test)]
mod tests;
