//! Logs of DIDs: fetched with their witness files, kept for as long as their controllers allow, and never taken
//! back behind what was seen of them.
//!
//! Follows did:webvh 1.0 ("ttl", and "Truncation or withholding of log entries": cache and compare). INVARIANT: only a
//! log that held raises the floor of its DID, also one that ends in a deactivation; a floor never falls.

use std::sync::{Mutex, PoisonError};

use chancery_did::{Did, Document, LogFiles, Method, Plan, ResolveError, SortedMap, Timestamp, When};
use chancery_did_webvh::{Query, resolve};
use chancery_verifier::Evidence;

use super::{DOCUMENT_LIFETIME_MS, REFUSED_LIFETIME_MS, ResolutionError, Resolver};
use crate::cache::Cache;
use crate::http::FetchError;
use crate::resolution::{Found, Version};

/// How many logs are kept.
const MOST_LOGS: usize = 32;
/// The longest log that is kept, in bytes; a longer one is fetched each time.
const MOST_KEPT_BYTES: usize = 512 * 1024;
/// How many floors are kept.
const MOST_FLOORS: usize = 16_384;
/// The media types of a log; what a host says of it proves nothing, and static hosts know no better.
const LOG_TYPES: &[&str] = &[
    "text/jsonl",
    "application/jsonl",
    "application/x-ndjson",
    "application/json",
    "text/plain",
    "application/octet-stream",
];
const WITNESS_TYPES: &[&str] = &["application/json", "text/plain", "application/octet-stream"];

/// What is remembered about logs.
#[derive(Debug)]
pub(super) struct Logs {
    kept: Cache<Did, LogFiles>,
    floors: Mutex<SortedMap<Did, String>>,
}

impl Logs {
    pub(super) fn new() -> Self {
        Self {
            kept: Cache::new(MOST_LOGS),
            floors: Mutex::default(),
        }
    }

    pub(super) fn forget(&self, did: &Did) {
        self.kept.remove(did);
    }

    fn floor(&self, did: &Did) -> Option<String> {
        let floors = self.floors.lock().unwrap_or_else(PoisonError::into_inner);
        floors.get(did).cloned()
    }

    /// Judges files for now, and learns from them: for how long they may be kept.
    fn learn(&self, method: &dyn Method, did: &Did, files: &LogFiles, now: Timestamp) -> i64 {
        let floor = self.floor(did);
        match method.judge_log(did, files, floor.as_deref(), When::Now(now)) {
            Ok(judged) => {
                self.raise(did, &judged.head);
                i64::from(judged.ttl)
                    .saturating_mul(1000)
                    .min(DOCUMENT_LIFETIME_MS)
            }
            Err(ResolveError::Deactivated { head, .. }) => {
                self.raise(did, &head);
                REFUSED_LIFETIME_MS
            }
            Err(_) => REFUSED_LIFETIME_MS,
        }
    }

    fn raise(&self, did: &Did, head: &str) {
        let mut floors = self.floors.lock().unwrap_or_else(PoisonError::into_inner);
        if floors.get(did).is_some_and(|known| number(known) >= number(head)) {
            return;
        }
        if floors.len() >= MOST_FLOORS && !floors.contains_key(did) {
            let first = floors.keys().next().cloned();
            first.and_then(|first| floors.remove(&first));
        }
        floors.insert(did.clone(), head.to_owned());
    }
}

/// The number of a version.
fn number(version: &str) -> Option<u64> {
    version.split('-').next().and_then(|number| number.parse().ok())
}

impl Resolver {
    /// The files of a DID that keeps a log, exactly as fetched and not judged: the verifier judges them.
    pub async fn log(&self, did: &Did) -> Result<LogFiles, ResolutionError> {
        let method = self.method(did)?;
        let Plan::FetchLog { log, witness } = method.plan(did)? else {
            return Err(ResolveError::UnsupportedMethod(did.method().to_owned()).into());
        };
        if let Some(files) = self.logs.kept.find(did, self.clock.now()) {
            return Ok(files);
        }
        let absent = |error| {
            if matches!(error, FetchError::Status(404 | 410)) {
                ResolveError::NotFound(did.clone()).into()
            } else {
                ResolutionError::Fetch(error)
            }
        };
        let log = self.guarded.get_log(&log, LOG_TYPES).await.map_err(absent)?;
        let log = String::from_utf8(log.bytes).map_err(|_| ResolutionError::Text)?;
        let witness = if method.wants_witness(&log) {
            match self.guarded.get_log(&witness, WITNESS_TYPES).await {
                Ok(file) => Some(String::from_utf8(file.bytes).map_err(|_| ResolutionError::Text)?),
                Err(FetchError::Status(404 | 410)) => None,
                Err(error) => return Err(error.into()),
            }
        } else {
            None
        };
        let (files, now) = (LogFiles { log, witness }, self.clock.now());
        let lifetime = self.logs.learn(method, did, &files, now);
        if files.log.len() <= MOST_KEPT_BYTES {
            self.logs.kept.insert(did.clone(), files.clone(), now, lifetime);
        }
        Ok(files)
    }

    /// Remembers the newest versions of logs that somebody judged, and those of an earlier run.
    pub fn learn_logs(&self, heads: &SortedMap<Did, String>) {
        for (did, head) in heads {
            self.logs.raise(did, head);
        }
    }

    /// The newest version seen of each log, for keeping over a restart.
    pub fn log_floors(&self) -> SortedMap<Did, String> {
        self.logs
            .floors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Adds what was seen of the logs in evidence to its floors.
    pub(crate) fn add_log_floors(&self, evidence: &mut Evidence) {
        for did in evidence.did_logs.keys() {
            let Some(seen) = self.logs.floor(did) else {
                continue;
            };
            let newer = |given: &String| number(given) < number(&seen);
            if evidence.did_floors.get(did).is_none_or(newer) {
                evidence.did_floors.insert(did.clone(), seen);
            }
        }
    }

    /// The document of a DID that keeps a log, judged for now.
    pub(super) async fn resolve_log(&self, did: &Did) -> Result<Document, ResolutionError> {
        let files = self.log(did).await?;
        let (seen, now) = (self.logs.floor(did), When::Now(self.clock.now()));
        let judged = self.method(did)?.judge_log(did, &files, seen.as_deref(), now)?;
        Ok(judged.document)
    }

    /// Finds one version of the document of a DID that keeps a log.
    pub(super) async fn find_log(&self, did: &Did, version: &Version) -> Result<Found, ResolutionError> {
        let files = self.log(did).await?;
        let query = Query {
            version_id: version.id.clone(),
            version_time: version.time,
            version_number: version.number,
        };
        let resolution = resolve(
            did,
            &files,
            &query,
            self.clock.now(),
            self.logs.floor(did).as_deref(),
        )?;
        Ok(Found {
            document: resolution.document,
            metadata: resolution.metadata,
        })
    }
}

#[cfg(test)]
mod tests;
