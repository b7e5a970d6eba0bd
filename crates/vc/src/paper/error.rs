//! Why a paper, a credential or a presentation could not be read.

use chancery_proof::{ProofError, ReadError};

use crate::capability::CapabilityError;
use crate::status::StatusError;

/// Why text is not a paper, a credential or a presentation of this profile.
///
/// Every variant names the place as a JSON Pointer (RFC 6901) where there is one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PaperError {
    /// The text did not pass the front door.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The securing is malformed, or names what this profile does not accept.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A member has the wrong shape.
    #[error("`{pointer}` is not {expected}")]
    Structure {
        /// Where.
        pointer: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// A required member is absent.
    #[error("`{pointer}` is missing")]
    Missing {
        /// Where it should stand.
        pointer: String,
    },
    /// A member that the profile does not name.
    #[error("`{pointer}` is not a member of this version")]
    UnknownMember {
        /// Where.
        pointer: String,
    },
    /// A DID, a DID URL or a time that does not parse.
    #[error("`{pointer}` does not parse")]
    Identifier {
        /// Where.
        pointer: String,
        /// Why.
        source: chancery_did::ParseError,
    },
    /// A NumericDate that is no whole number of seconds within the years that are served.
    #[error("`{pointer}` is not a time in whole seconds")]
    Time {
        /// Where.
        pointer: String,
    },
    /// An integer beyond 2^53-1, which readers would not agree about.
    #[error("a number is beyond 2^53-1")]
    UnsafeNumber,
    /// A schema of a version that this reader does not know.
    #[error("schema `{found}` is of an unknown version")]
    SchemaVersion {
        /// The schema's address as given.
        found: String,
    },
    /// `@context` is not what the document has to say, or redefines its words.
    #[error("`{pointer}` is not the context that this document has to have")]
    Context {
        /// Where.
        pointer: String,
    },
    /// The document is no credential, or no paper, of the type that was asked for.
    #[error("`{pointer}` is not {expected}")]
    CredentialType {
        /// Where.
        pointer: String,
        /// What was asked for.
        expected: &'static str,
    },
    /// The document is no agent presentation.
    #[error("`{pointer}` is not that of an agent presentation")]
    PresentationType {
        /// Where.
        pointer: String,
    },
    /// An enveloped credential is of a media type that is not accepted.
    #[error("`{pointer}` is not an `application/vc+jwt` envelope")]
    MediaType {
        /// Where.
        pointer: String,
    },
    /// A presentation holds more papers than any chain can need.
    #[error("more than {limit} papers")]
    TooManyPapers {
        /// The most that are read.
        limit: usize,
    },
    /// The capability and its delegations take more bytes than a chain may.
    #[error("the chain takes more than {limit} bytes")]
    ChainTooLong {
        /// The most bytes that are read.
        limit: usize,
    },
    /// More is stapled to a presentation than it may carry.
    #[error("more than {limit} {what} are stapled")]
    TooMuchStapled {
        /// The most that are read.
        limit: usize,
        /// Of what.
        what: &'static str,
    },
    /// A capability does not parse.
    #[error("`{pointer}` is not a capability")]
    Capability {
        /// Where.
        pointer: String,
        /// Why.
        source: CapabilityError,
    },
    /// The digest of a related resource is not the one that this resource is known to have.
    #[error("`{pointer}` is not the digest of this resource")]
    Digest {
        /// Where.
        pointer: String,
    },
    /// A status entry that cannot be judged.
    #[error("`{pointer}` cannot be judged")]
    Status {
        /// Where.
        pointer: String,
        /// Why.
        source: StatusError,
    },
}

impl PaperError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(error) => error.code(),
            Self::Proof(error) => error.code(),
            Self::Structure { .. } | Self::Missing { .. } => "parse.structure",
            Self::UnknownMember { .. } => "parse.unknown_member",
            Self::Identifier { source, .. } => source.code(),
            Self::Time { .. } => "time.malformed",
            Self::UnsafeNumber => "parse.number",
            Self::SchemaVersion { .. } => "parse.schema_version",
            Self::Context { .. } => "context.mismatch",
            Self::CredentialType { .. } => "type.credential",
            Self::PresentationType { .. } => "type.presentation",
            Self::MediaType { .. } => "type.media",
            Self::TooManyPapers { .. } => "limit.papers",
            Self::ChainTooLong { .. } => "limit.chain",
            Self::TooMuchStapled { .. } => "limit.stapled",
            Self::Capability { source, .. } => source.code(),
            Self::Status { source, .. } => source.code(),
            Self::Digest { .. } => "parse.digest",
        }
    }

    /// The JSON Pointer of the place, where there is one.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::Structure { pointer, .. }
            | Self::Missing { pointer }
            | Self::UnknownMember { pointer }
            | Self::Identifier { pointer, .. }
            | Self::Time { pointer }
            | Self::Context { pointer }
            | Self::CredentialType { pointer, .. }
            | Self::PresentationType { pointer }
            | Self::MediaType { pointer }
            | Self::Capability { pointer, .. }
            | Self::Digest { pointer }
            | Self::Status { pointer, .. } => Some(pointer),
            Self::Read(_)
            | Self::Proof(_)
            | Self::UnsafeNumber
            | Self::SchemaVersion { .. }
            | Self::TooManyPapers { .. }
            | Self::ChainTooLong { .. }
            | Self::TooMuchStapled { .. } => None,
        }
    }

    pub(crate) fn structure(pointer: &str, expected: &'static str) -> Self {
        Self::Structure {
            pointer: pointer.to_owned(),
            expected,
        }
    }
}
