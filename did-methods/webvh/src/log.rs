//! Reading the whole log,
//! [did:webvh 1.0, Read (Resolve)](https://identity.foundation/didwebvh/v1.0/#read-resolve).
//!
//! INVARIANT: a version stands in `versions` only if it and every one before it keep every rule; what follows
//! the first entry that breaks one is not read as versions at all.

use chancery_did::{Did, LogFiles, ResolveError, SortedMap, Timestamp, When};

use crate::entry::Entry;
use crate::identifier::Identifier;
use crate::version::{Version, next};
use crate::witness::WitnessProofs;

/// The most entries that a log may have.
const MOST_ENTRIES: usize = 10_000;

/// A log that was read.
#[derive(Debug, Clone)]
pub struct Log {
    pub(crate) versions: Vec<Version>,
    /// Why the rest of the file holds no versions, if there is a rest.
    pub(crate) failure: Option<ResolveError>,
    /// When the first entry of that rest says that it was made, if it says so.
    pub(crate) failed_at: Option<Timestamp>,
}

impl Log {
    /// Reads a log and checks every entry, then its witnesses.
    pub fn read(files: &LogFiles, when: When) -> Result<Self, ResolveError> {
        let mut log = Self::entries(&files.log, when)?;
        log.witness(files.witness.as_deref());
        Ok(log)
    }

    /// Reads the entries, up to the first that breaks a rule.
    pub(crate) fn entries(text: &str, when: When) -> Result<Self, ResolveError> {
        if text.len() > LogFiles::MAX_BYTES {
            let limit = LogFiles::MAX_BYTES;
            return Err(ResolveError::LogSize { limit });
        }
        let mut log = Self {
            versions: Vec::new(),
            failure: None,
            failed_at: None,
        };
        let text = text.strip_suffix('\n').unwrap_or(text);
        for line in text.split('\n') {
            if log.versions.len() >= MOST_ENTRIES {
                log.failure = Some(whole(&format!("it has more than {MOST_ENTRIES} entries")));
                break;
            }
            let entry = Entry::parse(line);
            let failed_at = entry.as_ref().ok().map(|entry| entry.time);
            match entry.and_then(|entry| next(log.versions.last(), entry, when)) {
                Ok(version) => log.versions.push(version),
                Err(defect) => {
                    let entry = u64::try_from(log.versions.len())
                        .ok()
                        .and_then(|n| n.checked_add(1));
                    log.failure = Some(ResolveError::Log { entry, defect });
                    log.failed_at = failed_at;
                    break;
                }
            }
        }
        Ok(log)
    }

    /// Cuts off the versions that too few witnesses stand behind.
    fn witness(&mut self, file: Option<&str>) {
        let rules = self.versions.iter().filter_map(Version::witnessed_by);
        let mut known = SortedMap::new();
        for key in rules.flat_map(|rule| rule.keys()) {
            known.insert(key.as_str(), ());
        }
        let listed: Vec<&str> = known.keys().copied().collect();
        if listed.is_empty() {
            return;
        }
        let ids: Vec<&str> = self.versions.iter().map(|version| version.id.as_str()).collect();
        let proofs = match file
            .map(|file| WitnessProofs::read(file, &ids, &listed))
            .transpose()
        {
            Ok(proofs) => proofs.unwrap_or_default(),
            Err(defect) => {
                self.cut(0, whole(&format!("its witness file is refused: {defect}")));
                return;
            }
        };
        // What is cut off no longer speaks for what stands before it, so the rest is judged again.
        while let Some((at, error)) = self.unwitnessed(&proofs) {
            self.cut(at, error);
        }
    }

    /// The first version that too few witnesses stand behind.
    fn unwitnessed(&self, proofs: &WitnessProofs) -> Option<(usize, ResolveError)> {
        let last = self.versions.len().checked_sub(1)?;
        self.versions.iter().enumerate().find_map(|(at, version)| {
            let rule = version.witnessed_by.as_ref()?;
            let found = proofs.count(rule, at, last);
            let short = u64::try_from(found).is_ok_and(|found| found < rule.threshold());
            short.then(|| {
                let error = ResolveError::Witness {
                    entry: version.id.number(),
                    found,
                    threshold: rule.threshold(),
                };
                (at, error)
            })
        })
    }

    fn cut(&mut self, at: usize, error: ResolveError) {
        self.failed_at = self.versions.get(at).map(|version| version.time);
        self.failure = Some(error);
        self.versions.truncate(at);
    }

    /// Returns the versions that hold, oldest first.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// Returns why the rest of the log does not hold, if there is a rest.
    #[must_use]
    pub fn failure(&self) -> Option<&ResolveError> {
        self.failure.as_ref()
    }

    /// Returns the newest version, if the whole log holds.
    pub fn newest(&self) -> Result<&Version, ResolveError> {
        match (&self.failure, self.versions.last()) {
            (Some(failure), _) => Err(failure.clone()),
            (None, Some(version)) => Ok(version),
            (None, None) => Err(whole("it has no entry")),
        }
    }

    /// Checks that the log is one of `did`: it has its SCID, and a version bore that name.
    pub(crate) fn belongs_to(&self, did: &Did) -> Result<(), ResolveError> {
        let identifier = Identifier::read(did)?;
        let Some(first) = self.versions.first() else {
            return Err(self.failure.clone().unwrap_or_else(|| whole("it has no entry")));
        };
        if first.parameters.scid != identifier.scid() || !self.versions.iter().any(|v| v.did == *did) {
            return Err(ResolveError::Mismatch {
                asked: did.clone(),
                found: first.did.clone(),
            });
        }
        Ok(())
    }

    /// Checks that the log still holds the version that was seen before.
    pub(crate) fn holds(&self, seen: Option<&str>) -> Result<(), ResolveError> {
        match seen {
            Some(seen) if !self.versions.iter().any(|version| version.id.as_str() == seen) => {
                Err(ResolveError::Rollback {
                    seen: seen.to_owned(),
                })
            }
            _ => Ok(()),
        }
    }

    /// The version that was the newest at a moment.
    ///
    /// Where the rest of the log does not hold, nothing is said about moments at or after its beginning.
    pub(crate) fn at(&self, did: &Did, at: Timestamp) -> Result<&Version, ResolveError> {
        let later = |beginning: Timestamp| beginning > at;
        if let Some(failure) = &self.failure
            && !self.failed_at.is_some_and(later)
        {
            return Err(failure.clone());
        }
        let found = self.versions.iter().rev().find(|version| version.time <= at);
        found.ok_or_else(|| ResolveError::NotFound(did.clone()))
    }
}

/// Says what is wrong with a log as a whole.
pub(crate) fn whole(defect: &str) -> ResolveError {
    ResolveError::Log {
        entry: None,
        defect: defect.to_owned(),
    }
}
