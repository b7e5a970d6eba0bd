//! Why a DID was not resolved or a DID URL not dereferenced,
//! [DID Resolution section 7](https://www.w3.org/TR/did-resolution/#errors), as RFC 9457 writes errors.
//!
//! INVARIANT: the status follows from the kind alone. What happened at another host is told to one's own user, and
//! [`concealed`](DidError::concealed) from strangers.

use chancery_did::ResolveError;
use serde_json::{Value, json};

use crate::resolver::ResolutionError;

/// Where the standard's error types live.
const NAMESPACE: &str = "https://www.w3.org/ns/did#";
/// Where the errors of Controlled Identifiers live.
const SECURITY: &str = "https://w3id.org/security#";

/// The standard's kinds of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The text is not a DID, or not one of its method's.
    InvalidDid,
    /// The text is not a DID URL.
    InvalidDidUrl,
    /// An option's value cannot be used.
    InvalidOptions,
    /// There is no document, or nothing in it of that name.
    NotFound,
    /// The result cannot be given as that media type.
    RepresentationNotSupported,
    /// What came back is not a DID document of that DID.
    InvalidDidDocument,
    /// The method is not known here.
    MethodNotSupported,
    /// The option, or what it asks for, is not known here.
    FeatureNotSupported,
    /// The resolver failed.
    InternalError,
    /// What the fragment names is not a verification method.
    InvalidVerificationMethod,
    /// The verification method may not be used for that.
    InvalidRelationship,
}

impl Kind {
    /// The HTTP status, by the table of the standard.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidDid | Self::InvalidDidUrl | Self::InvalidOptions => 400,
            Self::NotFound => 404,
            Self::RepresentationNotSupported => 406,
            Self::MethodNotSupported | Self::FeatureNotSupported => 501,
            Self::InvalidDidDocument
            | Self::InternalError
            | Self::InvalidVerificationMethod
            | Self::InvalidRelationship => 500,
        }
    }

    /// The type's whole address.
    #[must_use]
    pub fn uri(self) -> String {
        let (namespace, name) = match self {
            Self::InvalidDid => (NAMESPACE, "INVALID_DID"),
            Self::InvalidDidUrl => (NAMESPACE, "INVALID_DID_URL"),
            Self::InvalidOptions => (NAMESPACE, "INVALID_OPTIONS"),
            Self::NotFound => (NAMESPACE, "NOT_FOUND"),
            Self::RepresentationNotSupported => (NAMESPACE, "REPRESENTATION_NOT_SUPPORTED"),
            Self::InvalidDidDocument => (NAMESPACE, "INVALID_DID_DOCUMENT"),
            Self::MethodNotSupported => (NAMESPACE, "METHOD_NOT_SUPPORTED"),
            Self::FeatureNotSupported => (NAMESPACE, "FEATURE_NOT_SUPPORTED"),
            Self::InternalError => (NAMESPACE, "INTERNAL_ERROR"),
            Self::InvalidVerificationMethod => (SECURITY, "INVALID_VERIFICATION_METHOD"),
            Self::InvalidRelationship => (SECURITY, "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"),
        };
        format!("{namespace}{name}")
    }

    /// The bare word of the older form.
    #[must_use]
    pub fn legacy(self) -> &'static str {
        match self {
            Self::InvalidDid => "invalidDid",
            Self::InvalidDidUrl => "invalidDidUrl",
            Self::InvalidOptions => "invalidOptions",
            Self::NotFound => "notFound",
            Self::RepresentationNotSupported => "representationNotSupported",
            Self::InvalidDidDocument => "invalidDidDocument",
            Self::MethodNotSupported => "methodNotSupported",
            Self::FeatureNotSupported => "featureNotSupported",
            Self::InternalError => "internalError",
            Self::InvalidVerificationMethod => "invalidVerificationMethod",
            Self::InvalidRelationship => "invalidRelationshipForVerificationMethod",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::InvalidDid => "invalid DID",
            Self::InvalidDidUrl => "invalid DID URL",
            Self::InvalidOptions => "invalid options",
            Self::NotFound => "not found",
            Self::RepresentationNotSupported => "representation not supported",
            Self::InvalidDidDocument => "invalid DID document",
            Self::MethodNotSupported => "method not supported",
            Self::FeatureNotSupported => "feature not supported",
            Self::InternalError => "internal error",
            Self::InvalidVerificationMethod => "invalid verification method",
            Self::InvalidRelationship => "invalid relationship for verification method",
        }
    }
}

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct DidError {
    /// The standard's kind.
    pub kind: Kind,
    /// The stable code, `class.reason`.
    pub code: &'static str,
    /// One sentence for a reader.
    pub detail: String,
    /// The word of the older form where it is finer than the kind's.
    pub(super) word: Option<&'static str>,
}

impl DidError {
    /// Makes an error.
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            detail: detail.into(),
            word: None,
        }
    }

    /// An option that is not known, or that this method or this service does not have.
    pub fn unsupported(detail: impl Into<String>) -> Self {
        Self::new(Kind::FeatureNotSupported, "resolve.feature", detail)
    }

    /// An option whose value cannot be used.
    pub fn option(detail: impl Into<String>) -> Self {
        Self::new(Kind::InvalidOptions, "resolve.option", detail)
    }

    /// Nothing of that name.
    pub fn absent(detail: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, "resolve.not_found", detail)
    }

    /// The same error as a stranger may hear it: of another host, only that it gave no document.
    #[must_use]
    pub fn concealed(self) -> Self {
        if !self.code.starts_with("fetch.") {
            return self;
        }
        Self {
            code: "resolve.not_found",
            detail: "the DID's document could not be had".to_owned(),
            ..self
        }
    }

    /// The error object of a result.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({
            "type": self.kind.uri(),
            "title": self.kind.title(),
            "status": self.kind.status(),
            "detail": self.detail,
            "code": self.code,
        })
    }
}

impl From<ResolutionError> for DidError {
    fn from(error: ResolutionError) -> Self {
        let code = error.code();
        let kind = match &error {
            ResolutionError::Method(error) => match error {
                ResolveError::Parse(_) | ResolveError::Key(_) => Kind::InvalidDid,
                ResolveError::UnsupportedMethod(_) => Kind::MethodNotSupported,
                ResolveError::NotFound(_) => Kind::NotFound,
                ResolveError::Deactivated { .. } => Kind::NotFound,
                ResolveError::Mismatch { .. }
                | ResolveError::Document(_)
                | ResolveError::Log { .. }
                | ResolveError::Witness { .. }
                | ResolveError::Rollback { .. }
                | ResolveError::LogSize { .. }
                | _ => Kind::InvalidDidDocument,
            },
            ResolutionError::Fetch(_) => Kind::NotFound,
            ResolutionError::Text => Kind::InvalidDidDocument,
        };
        Self::new(kind, code, error.to_string())
    }
}
