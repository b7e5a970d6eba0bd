//! The [did:webvh 1.0](https://identity.foundation/didwebvh/v1.0/) method: the DID names the https address of
//! a log, and certifies the log's first entry by its own text.
//!
//! INVARIANT: no document leaves here before every entry of its log, up to the one that counts, was checked
//! against every rule. The time, and what was seen before, are arguments.

use chancery_did::{Did, Document, Judged, LogFiles, Method, Plan, ResolveError, When};
use serde_json::Value;

mod entry;
mod hash;
mod identifier;
mod log;
mod parameters;
mod proof;
mod resolution;
mod service;
mod version;
mod witness;
mod writing;

#[cfg(test)]
mod official;

pub use entry::VersionId;
pub use hash::key_hash;
pub use identifier::Identifier;
pub use log::Log;
pub use parameters::Parameters;
pub use resolution::{Query, Resolution, error_word, problem_details, resolve, result};
pub use service::{did_web, file_url};
pub use version::Version;
pub use witness::WitnessRule;
pub use writing::{Candidate, Inception, Update, WriteError, Writer, approve, rename};

const NAME: &str = "webvh";

/// The method did:webvh.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DidWebvh;

impl Method for DidWebvh {
    fn name(&self) -> &'static str {
        NAME
    }

    fn plan(&self, did: &Did) -> Result<Plan, ResolveError> {
        let identifier = Identifier::read(did)?;
        Ok(Plan::FetchLog {
            log: identifier.log_url(),
            witness: identifier.witness_url(),
        })
    }

    /// A document by itself, without the log that leads to it, proves nothing.
    fn judge(&self, did: &Did, _fetched: &Value) -> Result<Document, ResolveError> {
        Identifier::read(did)?;
        Err(log::whole("a document without its log proves nothing"))
    }

    fn wants_witness(&self, log: &str) -> bool {
        // A reader that asks once too often learns that there is no such file; one that asks too rarely would
        // take a witnessed log for one without proofs.
        log.contains("\"witness\"") && log.contains("\"threshold\"")
    }

    fn judge_log(
        &self,
        did: &Did,
        files: &LogFiles,
        seen: Option<&str>,
        when: When,
    ) -> Result<Judged, ResolveError> {
        let log = Log::read(files, when)?;
        log.belongs_to(did)?;
        log.holds(seen)?;
        let version = match when {
            When::Now(_) => log.newest()?,
            When::Then(at) => log.at(did, at)?,
        };
        let head = log
            .versions()
            .last()
            .map_or_else(String::new, |head| head.id().to_string());
        if version.parameters.deactivated {
            let did = did.clone();
            return Err(ResolveError::Deactivated { did, head });
        }
        let document = Document::parse(&Value::Object(version.state.clone()))?;
        if document.id() != did {
            return Err(ResolveError::Mismatch {
                asked: did.clone(),
                found: document.id().clone(),
            });
        }
        Ok(Judged {
            document,
            head,
            ttl: version.parameters.ttl,
        })
    }
}
