//! A version that is made and signed and not yet published.
//!
//! INVARIANT: it kept every rule of reading as the next entry of its log; only [`Candidate::publish`], which
//! also counts its witnesses, makes it part of one.

use chancery_did::{LogFiles, Signer, Timestamp, When};
use serde_json::{Map, Value, json};

use super::{WriteError, Writer, witnessing};
use crate::entry::{Entry, VersionId};
use crate::hash;
use crate::log::{self, Log};
use crate::proof;
use crate::version::{self, Version};
use crate::witness::WitnessRule;

/// A signed version that waits for its witnesses, or for being published.
#[derive(Debug, Clone)]
pub struct Candidate {
    files: LogFiles,
    follows: Option<String>,
    line: String,
    version: Version,
}

impl Candidate {
    /// Gives an entry its name, signs it, and reads it back.
    pub(super) fn sign(
        files: LogFiles,
        before: Option<&Version>,
        mut entry: Map<String, Value>,
        time: Timestamp,
        now: Timestamp,
        signer: &dyn Signer,
    ) -> Result<Self, WriteError> {
        let unhashed = || log::whole("it cannot be hashed");
        let hash = hash::entry(&entry).ok_or_else(unhashed)?;
        let number = before.map_or(Some(1), |before| before.id().number().checked_add(1));
        let version = VersionId::new(number.ok_or_else(unhashed)?, &hash);
        entry.insert("versionId".to_owned(), json!(version.as_str()));
        let proof = proof::make(&entry, time, signer)?;
        entry.insert("proof".to_owned(), json!([proof]));
        Self::read(files, before, Value::Object(entry).to_string(), now)
    }

    /// Reads a line as the version that follows `before`.
    pub(super) fn read(
        files: LogFiles,
        before: Option<&Version>,
        line: String,
        now: Timestamp,
    ) -> Result<Self, WriteError> {
        let number = before.map_or(Some(1), |before| before.id().number().checked_add(1));
        let entry = Entry::parse(&line).and_then(|entry| version::next(before, entry, When::Now(now)));
        let version = entry.map_err(|defect| chancery_did::ResolveError::Log {
            entry: number,
            defect,
        })?;
        Ok(Self {
            files,
            follows: before.map(|before| before.id().to_string()),
            line,
            version,
        })
    }

    /// Reads a line that was made elsewhere as the first version of a new DID.
    pub fn receive(line: &str, now: Timestamp) -> Result<Self, WriteError> {
        Self::read(LogFiles::default(), None, line.to_owned(), now)
    }

    /// Returns what the version will be.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Returns its line in the log, without the line's end.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Returns the version that it follows; none for the first.
    #[must_use]
    pub fn follows(&self) -> Option<&str> {
        self.follows.as_deref()
    }

    /// Returns who must witness it before it may be published.
    #[must_use]
    pub fn witnesses(&self) -> Option<&WitnessRule> {
        self.version.witnessed_by()
    }

    /// Makes it part of its log, with the proofs of its witnesses, and reads the whole back.
    pub fn publish(self, proofs: &[Value], now: Timestamp) -> Result<Writer, WriteError> {
        let mut files = self.files;
        if !proofs.is_empty() {
            let before = Log::entries(&files.log, When::Now(now))?;
            let published: Vec<&str> = before
                .versions()
                .iter()
                .map(|version| version.id().as_str())
                .collect();
            let id = self.version.id();
            files.witness = Some(witnessing::merge(
                files.witness.as_deref(),
                &published,
                id,
                proofs,
            )?);
        }
        files.log.push_str(&self.line);
        files.log.push('\n');
        let writer = Writer::open(files, now)?;
        if writer.newest()?.id() == self.version.id() {
            Ok(writer)
        } else {
            Err(WriteError::Outrun)
        }
    }
}
