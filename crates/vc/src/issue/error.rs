//! Why nothing was issued.

use chancery_did::SignError;
use chancery_proof::ProofError;

use crate::capability::{CapabilityError, Widening};
use crate::paper::PaperError;

/// Why a draft was not made, or not signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The document would not be read as such a paper.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// The proof could not be prepared.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The signer failed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The verification method does not belong to the issuer.
    #[error("the verification method is not one of `{issuer}`")]
    Method {
        /// Who would issue.
        issuer: String,
    },
    /// A passport without a responsible human or team.
    #[error("no owner is named")]
    OwnerMissing,
    /// A passport whose organization is not its issuer.
    #[error("the organization is not the issuer")]
    Organization,
    /// A paper that must carry entries for revocation and suspension carries none.
    #[error("no status entry for {purpose}")]
    StatusMissing {
        /// The purpose without an entry.
        purpose: &'static str,
    },
    /// A paper would hold for longer than allowed.
    #[error("valid for {life} ms, longer than {limit} ms")]
    TooLong {
        /// How long it would hold, in milliseconds.
        life: i64,
        /// The most that is allowed, in milliseconds.
        limit: i64,
    },
    /// A presentation would live longer than allowed.
    #[error("a presentation of {life} ms lives longer than five minutes, or not at all")]
    PresentationLife {
        /// How long it would live, in milliseconds.
        life: i64,
    },
    /// A capability with an empty set, or with a constraint that this version does not know.
    #[error("the capability would permit nothing")]
    Capability(#[source] CapabilityError),
    /// An entry of a root capability names a parent's entry.
    #[error("entry {entry} of a root capability names a parent's entry")]
    Rooted {
        /// Which entry.
        entry: usize,
    },
    /// The delegation does not follow from its parent.
    #[error("{detail}")]
    Link {
        /// The code of the link rule that is broken.
        code: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// An entry of the delegation is not within the parent's entry.
    #[error("entry {entry} is not within its parent's")]
    Widens {
        /// Which entry.
        entry: usize,
        /// What it widens.
        source: Widening,
    },
    /// A status list's time to live is not between 1 and the most allowed.
    #[error("a time to live of {0} ms is not between 1 and 300000")]
    Ttl(u64),
    /// The list could not be encoded or would not be read.
    #[error(transparent)]
    Status(#[from] crate::status::StatusError),
    /// A paper with an entry of a Token Status List, which only a token can carry.
    #[error("the entry of a token status list needs a token, and Data Integrity makes none")]
    NoClaims,
    /// An SD-JWT of a draft that does not say what may be withheld.
    #[error("an SD-JWT is a passport of which it is said what may be withheld")]
    NothingWithholdable,
    /// The document could not be written as text.
    #[error("the document could not be written")]
    Text,
}

impl IssueError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Paper(error) => error.code(),
            Self::Proof(error) => error.code(),
            Self::Sign(_) => "key.unavailable",
            Self::Method { .. } => "key.issuer_mismatch",
            Self::OwnerMissing => "issue.owner_missing",
            Self::Organization => "issue.organization",
            Self::StatusMissing { .. } => "status.missing",
            Self::TooLong { .. } => "time.too_long",
            Self::PresentationLife { .. } => "binding.too_long",
            Self::Capability(error) => error.code(),
            Self::Rooted { .. } => "issue.rooted",
            Self::Link { code, .. } => code,
            Self::Widens { source, .. } => source.code(),
            Self::Ttl(_) | Self::NoClaims | Self::NothingWithholdable | Self::Text => "parse.structure",
            Self::Status(error) => error.code(),
        }
    }
}
