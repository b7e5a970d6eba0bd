//! A log of one's own as two files beside each other: `did.jsonl` and `did-witness.json`.
//!
//! INVARIANT: the witnesses' file is written before the log that needs it, each by way of another name; a log
//! that another command changed meanwhile is left as it is. A version that still waits for its witnesses stands
//! in a third file, `did.jsonl.next`, and in no log.

use std::fs;
use std::path::{Path, PathBuf};

use chancery_did::{LogFiles, Timestamp};
use chancery_did_webvh::{Candidate, WriteError, Writer};
use clap::Args;

use crate::exit::{Exit, Failure};
use crate::input;

/// Where a log lies.
#[derive(Debug, Args)]
pub(super) struct LogFile {
    /// The log; its witnesses' proofs lie beside it, in `did-witness.json`.
    #[arg(long, value_name = "FILE", default_value = "did.jsonl")]
    log: PathBuf,
}

impl LogFile {
    /// The log's own name.
    pub(super) fn path(&self) -> &Path {
        &self.log
    }

    /// The file of its witnesses' proofs.
    pub(super) fn witness(&self) -> PathBuf {
        self.log.with_file_name("did-witness.json")
    }

    /// The file of a version that waits for its witnesses.
    pub(super) fn next(&self) -> PathBuf {
        let mut name = self.log.as_os_str().to_owned();
        name.push(".next");
        PathBuf::from(name)
    }

    /// The files as they are; empty where there is no log yet.
    pub(super) fn read(&self) -> Result<LogFiles, Failure> {
        let text = |path: &Path| {
            if path.symlink_metadata().is_err() {
                return Ok(None);
            }
            let bytes = input::read(path)?;
            let shown = path.display();
            String::from_utf8(bytes)
                .map(Some)
                .map_err(|_| Failure::usage("parse.utf8", format!("`{shown}` is not UTF-8 text")))
        };
        Ok(LogFiles {
            log: text(&self.log)?.unwrap_or_default(),
            witness: text(&self.witness())?,
        })
    }

    /// Opens the log, which must hold.
    pub(super) fn open(&self, now: Timestamp) -> Result<Writer, Failure> {
        let files = self.read()?;
        if files.log.is_empty() {
            let message = format!("there is no log `{}`", self.log.display());
            return Err(Failure::usage("usage.read", message).with_help(
                "make one with `chancery did create KEY --method webvh --at HOST`, or name it with --log",
            ));
        }
        Writer::open(files, now).map_err(|error| refused(&error))
    }

    /// Refuses to begin a log where one lies.
    pub(super) fn vacant(&self) -> Result<(), Failure> {
        input::vacant(Some(&self.log))?;
        input::vacant(Some(&self.witness()))
    }

    /// Writes the log that came of `before`.
    pub(super) fn save(&self, before: &LogFiles, writer: &Writer) -> Result<(), Failure> {
        if self.read()? != *before {
            return Err(refused(&WriteError::Outrun));
        }
        let files = writer.files();
        if let Some(witness) = files.witness.as_ref().filter(|_| files.witness != before.witness) {
            input::replace(&self.witness(), witness)?;
        }
        input::replace(&self.log, &files.log)?;
        let _waiting = fs::remove_file(self.next());
        Ok(())
    }

    /// Writes a version that waits for its witnesses.
    pub(super) fn wait(&self, candidate: &Candidate) -> Result<(), Failure> {
        input::replace(&self.next(), candidate.line())
    }

    /// The line of the version that waits for its witnesses.
    pub(super) fn waiting(&self) -> Result<String, Failure> {
        let path = self.next();
        if path.symlink_metadata().is_err() {
            let message = format!("no version waits in `{}`", path.display());
            return Err(Failure::usage("usage.read", message));
        }
        input::read_text(&path)
    }
}

/// A refusal of the method: the log, or the version that was to be added, breaks one of its rules.
pub(super) fn refused(error: &WriteError) -> Failure {
    let failure = Failure::new(Exit::No, error.code(), error.to_string());
    let text = error.to_string();
    if text.contains("keys were promised") || text.contains("one of those promised") {
        return failure.with_help(
            "the log promises the next keys: sign with a promised one, and say --next NAME or --no-next",
        );
    }
    if text.contains("may not update the DID") {
        return failure.with_help("sign with a key that `chancery did log` shows, or one that was promised");
    }
    failure
}
