//! What a DID method does: say what to fetch, and judge what came back,
//! [DID Resolution](https://www.w3.org/TR/did-resolution/).
//!
//! INVARIANT: a method fetches nothing itself, and a document that it returns has the asked DID as its id.

use serde_json::Value;

use crate::{Did, Document, DocumentError, KeyError, ParseError};

/// One DID method.
pub trait Method: Send + Sync {
    /// Returns the method's name, such as `web`.
    fn name(&self) -> &'static str;

    /// Says how `did` is resolved: from its text alone, or by fetching one address.
    fn plan(&self, did: &Did) -> Result<Plan, ResolveError>;

    /// Judges the JSON that was fetched for `did`; a method that resolves locally compares it with its own.
    fn judge(&self, did: &Did, fetched: &Value) -> Result<Document, ResolveError>;
}

/// How a DID is resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// The DID's text holds the whole document.
    Local(Box<Document>),
    /// The document is fetched from this https address and then judged.
    Fetch(String),
}

/// Says why a DID could not be resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// The DID is not one of its method's.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// The document that came back is another DID's.
    #[error("the document is for `{found}`, not for `{asked}`")]
    Mismatch {
        /// The DID that was asked for.
        asked: Did,
        /// The `id` of the document.
        found: Did,
    },
    /// What came back is not a DID document.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The method is not known here.
    #[error("the DID method `{0}` is not supported")]
    UnsupportedMethod(String),
    /// There is no such DID.
    #[error("`{0}` was not found")]
    NotFound(Did),
    /// The key inside the DID may not be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl ResolveError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Parse(error) => error.code(),
            Self::Mismatch { .. } => "resolve.mismatch",
            Self::Document(error) => error.code(),
            Self::UnsupportedMethod(_) => "resolve.unsupported_method",
            Self::NotFound(_) => "resolve.not_found",
            Self::Key(error) => error.code(),
        }
    }
}
