//! What a DID method does: say what to fetch, and judge what came back,
//! [DID Resolution](https://www.w3.org/TR/did-resolution/).
//!
//! INVARIANT: a method fetches nothing itself, and a document that it returns has the asked DID as its id.

use serde_json::Value;

use crate::{Did, Document, DocumentError, KeyError, ParseError, Timestamp};

/// One DID method.
pub trait Method: Send + Sync {
    /// Returns the method's name, such as `web`.
    fn name(&self) -> &'static str;

    /// Says how `did` is resolved: from its text alone, or by fetching one address.
    fn plan(&self, did: &Did) -> Result<Plan, ResolveError>;

    /// Judges the JSON that was fetched for `did`; a method that resolves locally compares it with its own.
    fn judge(&self, did: &Did, fetched: &Value) -> Result<Document, ResolveError>;

    /// Says whether a log that was fetched names witnesses, whose proofs have to be fetched too.
    fn wants_witness(&self, _log: &str) -> bool {
        false
    }

    /// Judges the log that was fetched for `did`; only a method that plans [`Plan::FetchLog`] knows logs.
    ///
    /// `seen` is the newest version of this DID's log that the caller has ever accepted, which the log must
    /// hold.
    fn judge_log(
        &self,
        did: &Did,
        _files: &LogFiles,
        _seen: Option<&str>,
        _when: When,
    ) -> Result<Judged, ResolveError> {
        Err(ResolveError::UnsupportedMethod(did.method().to_owned()))
    }
}

/// How a DID is resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// The DID's text holds the whole document.
    Local(Box<Document>),
    /// The document is fetched from this https address and then judged.
    Fetch(String),
    /// The document is the outcome of a log, fetched together with what witnesses say about it.
    FetchLog {
        /// The https address of the log.
        log: String,
        /// The https address of the witnesses' proofs, which not every log has.
        witness: String,
    },
}

/// The files of a DID that keeps a log, as they were fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFiles {
    /// The log.
    pub log: String,
    /// The proofs of its witnesses, if there are any.
    pub witness: Option<String>,
}

impl LogFiles {
    /// The longest log, and the longest file of witness proofs, that is read, in bytes.
    pub const MAX_BYTES: usize = 4 * 1024 * 1024;
}

/// The moment for which a log is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Now: the newest version counts, and none may come from the future.
    Now(Timestamp),
    /// A moment in the past: the version that was the newest then counts.
    Then(Timestamp),
}

/// What a log came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The document of the version that counts.
    pub document: Document,
    /// The newest version in the log, to be handed in as `seen` the next time.
    pub head: String,
    /// For how many seconds the controller lets the document be kept.
    pub ttl: u32,
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
    /// The log of the DID breaks a rule of its method.
    #[error("the log does not hold{}: {defect}", entry.map(|entry| format!(" at entry {entry}")).unwrap_or_default())]
    Log {
        /// The number of the entry, counted from 1; none where the log as a whole is meant.
        entry: Option<u64>,
        /// The rule that is broken.
        defect: String,
    },
    /// Too few witnesses stand behind a version of the log.
    #[error("version {entry} of the log has the proofs of {found} of its witnesses and needs {threshold}")]
    Witness {
        /// The number of the version.
        entry: u64,
        /// How many distinct witnesses signed.
        found: usize,
        /// How many must.
        threshold: u64,
    },
    /// The log does not hold the version that was seen before.
    #[error("the log no longer holds version `{seen}`, which was seen before")]
    Rollback {
        /// The version that was seen.
        seen: String,
    },
    /// The DID was deactivated by its controller.
    #[error("`{did}` is deactivated")]
    Deactivated {
        /// The DID.
        did: Did,
        /// The newest version of its log, which also ends it.
        head: String,
    },
    /// The log or a file beside it is longer than the limit.
    #[error("the log is longer than {limit} bytes")]
    LogSize {
        /// The limit that was passed.
        limit: usize,
    },
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
            Self::Log { .. } => "resolve.invalid_log",
            Self::Witness { .. } => "resolve.witness",
            Self::Rollback { .. } => "resolve.rollback",
            Self::Deactivated { .. } => "resolve.deactivated",
            Self::LogSize { .. } => "limit.size",
            Self::Key(error) => error.code(),
        }
    }
}
