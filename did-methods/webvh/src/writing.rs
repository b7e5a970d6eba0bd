//! Writing a log: create, update, rotate, move and deactivate,
//! [did:webvh 1.0, DID Method Operations](https://identity.foundation/didwebvh/v1.0/#did-method-operations).
//!
//! INVARIANT: nothing comes out that this crate's own reader refuses: every entry made is read back through the
//! rules of reading before it is given out, and a version enters the log only with its witnesses' proofs.

mod candidate;
mod witnessing;

use chancery_did::{Did, Document, DocumentError, LogFiles, ResolveError, Signer, Timestamp, When};
use chancery_proof::ProofError;
use serde_json::{Map, Value, json};

pub use candidate::Candidate;
pub use witnessing::approve;

use crate::NAME;
use crate::hash::{self, PLACEHOLDER};
use crate::identifier::{Identifier, SCID_CHARACTERS};
use crate::log::Log;
use crate::parameters::{Change, METHOD};
use crate::version::Version;
use crate::witness::WitnessRule;

/// The shortest time between two versions, in milliseconds.
const STEP: i64 = 1000;

/// Says why no version was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The log, or the version that was to be added, breaks a rule of the method.
    #[error(transparent)]
    Refused(#[from] ResolveError),
    /// The document is not one.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The signer could not sign.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The log grew since the version was made, or the version is another log's.
    #[error("the log is not at the version that this one follows")]
    Outrun,
}

impl WriteError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.code(),
            Self::Document(error) => error.code(),
            Self::Proof(error) => error.code(),
            Self::Outrun => "resolve.outrun",
        }
    }
}

/// What a DID begins with.
#[derive(Debug, Clone, Default)]
pub struct Inception {
    /// Where it is hosted, as the DID spells it: `acme.example`, `acme.example%3A8443:agents:a-1`.
    pub place: String,
    /// The keys that may sign the next entry, as Multikey; the signer's must be among them.
    pub update_keys: Vec<String>,
    /// The hashes of the keys promised for the next entry.
    pub next_key_hashes: Vec<String>,
    /// Who must witness every version, this one included.
    pub witness: Option<WitnessRule>,
    /// Who watches the log.
    pub watchers: Vec<String>,
    /// Whether the DID may move.
    pub portable: bool,
    /// For how many seconds a document may be kept, if not an hour.
    pub ttl: Option<u32>,
}

/// What a new version changes; absent members leave what is in force.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// The new document.
    pub document: Option<Value>,
    /// The new keys, as Multikey. Where keys were promised these must be among them, and must sign.
    pub update_keys: Option<Vec<String>>,
    /// The hashes of the keys promised for the version after this; an empty list promises none.
    pub next_key_hashes: Option<Vec<String>>,
    /// The new witnesses, who count from the next version on unless there were none; `Some(None)` ends witnessing.
    pub witness: Option<Option<WitnessRule>>,
    /// The new watchers.
    pub watchers: Option<Vec<String>>,
    /// Ends portability for good.
    pub settle: bool,
    /// The new place, as in [`Inception::place`].
    pub move_to: Option<String>,
    /// The new time to live, in seconds.
    pub ttl: Option<u32>,
    /// Ends the DID.
    pub deactivate: bool,
}

/// A log of one's own that holds from its first entry to its last.
#[derive(Debug, Clone)]
pub struct Writer {
    files: LogFiles,
    log: Log,
}

impl Writer {
    /// Opens a log, which must hold as a whole at `now`.
    pub fn open(files: LogFiles, now: Timestamp) -> Result<Self, WriteError> {
        let log = Log::read(&files, When::Now(now))?;
        log.newest()?;
        Ok(Self { files, log })
    }

    /// Makes the first entry of a new DID, whose document is made by `document` for the DID that it is given.
    ///
    /// That DID is a stand-in: the SCID is the hash of the entry, so it is put in afterwards.
    pub fn create(
        inception: Inception,
        document: impl FnOnce(&Did) -> Result<Document, DocumentError>,
        now: Timestamp,
        signer: &dyn Signer,
    ) -> Result<Candidate, WriteError> {
        let stand_in = "1".repeat(SCID_CHARACTERS);
        let did =
            Did::parse(&format!("did:{NAME}:{stand_in}:{}", inception.place)).map_err(ResolveError::from)?;
        Identifier::read(&did).map_err(ResolveError::from)?;
        let change = Change {
            method: Some(METHOD.to_owned()),
            scid: Some(PLACEHOLDER.to_owned()),
            update_keys: Some(inception.update_keys),
            next_key_hashes: none_if_empty(inception.next_key_hashes),
            witness: inception.witness.map(Some),
            watchers: none_if_empty(inception.watchers),
            portable: Some(inception.portable),
            deactivated: None,
            ttl: inception.ttl,
        };
        let time = Timestamp::from_seconds(now.seconds());
        let state = document(&did)?.to_value().clone();
        let members = members(PLACEHOLDER, time, &change, state);
        let preliminary = hash::replace(&members, &stand_in, PLACEHOLDER).ok_or_else(unhashed)?;
        let scid = hash::scid(&preliminary).ok_or_else(unhashed)?;
        let entry = hash::replace(&preliminary, PLACEHOLDER, &scid).ok_or_else(unhashed)?;
        Candidate::sign(LogFiles::default(), None, entry, time, now, signer)
    }

    /// Makes the version after the newest; it is in no log before [`Writer::append`].
    pub fn update(
        &self,
        update: Update,
        now: Timestamp,
        signer: &dyn Signer,
    ) -> Result<Candidate, WriteError> {
        let before = self.newest()?;
        let earliest = before.time.saturating_add_millis(STEP);
        let time = Timestamp::from_seconds(now.seconds()).max(earliest);
        let mut state = update
            .document
            .unwrap_or_else(|| Value::Object(before.state.clone()));
        if let Some(place) = &update.move_to {
            state = moved(&before.did, &before.parameters.scid, place, &state)?;
        }
        Document::parse(&state)?;
        let change = Change {
            update_keys: update.update_keys,
            next_key_hashes: update.next_key_hashes,
            witness: update.witness,
            watchers: update.watchers,
            portable: update.settle.then_some(false),
            deactivated: update.deactivate.then_some(true),
            ttl: update.ttl,
            ..Change::default()
        };
        let entry = members(before.id.as_str(), time, &change, state);
        Candidate::sign(self.files.clone(), Some(before), entry, time, now, signer)
    }

    /// Adds a version with the proofs of its witnesses, whose threshold it must meet.
    pub fn append(&self, candidate: Candidate, proofs: &[Value], now: Timestamp) -> Result<Self, WriteError> {
        if candidate.follows() != Some(self.newest()?.id.as_str()) {
            return Err(WriteError::Outrun);
        }
        candidate.publish(proofs, now)
    }

    /// Reads a line that was made elsewhere as the version after the newest.
    pub fn receive(&self, line: &str, now: Timestamp) -> Result<Candidate, WriteError> {
        Candidate::read(self.files.clone(), Some(self.newest()?), line.to_owned(), now)
    }

    /// Returns the newest version.
    pub fn newest(&self) -> Result<&Version, WriteError> {
        Ok(self.log.newest()?)
    }

    /// Returns all versions, oldest first.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        self.log.versions()
    }

    /// Returns the files to publish: the witnesses' first, then the log.
    #[must_use]
    pub fn files(&self) -> &LogFiles {
        &self.files
    }
}

fn none_if_empty(list: Vec<String>) -> Option<Vec<String>> {
    (!list.is_empty()).then_some(list)
}

fn unhashed() -> WriteError {
    crate::log::whole("its first entry cannot be hashed").into()
}

/// The members of an entry before it has its own version and its proof.
fn members(predecessor: &str, time: Timestamp, change: &Change, state: Value) -> Map<String, Value> {
    let members = [
        ("versionId", json!(predecessor)),
        ("versionTime", json!(time.to_string())),
        ("parameters", Value::Object(change.to_members())),
        ("state", state),
    ];
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The document at another place, which knows its name before.
fn moved(before: &Did, scid: &str, place: &str, state: &Value) -> Result<Value, WriteError> {
    let did = Did::parse(&format!("did:{NAME}:{scid}:{place}")).map_err(ResolveError::from)?;
    Identifier::read(&did).map_err(ResolveError::from)?;
    let renamed = renamed(state, before.as_str(), did.as_str());
    let Value::Object(mut members) = renamed else {
        return Err(crate::log::whole("its document is not an object").into());
    };
    let known = members.entry("alsoKnownAs").or_insert_with(|| json!([]));
    if let Some(known) = known.as_array_mut() {
        let name = json!(before);
        if !known.contains(&name) {
            known.push(name);
        }
    }
    Ok(Value::Object(members))
}

/// Returns a document under another DID: its own `id`, and every DID URL that begins with it, are renamed.
#[must_use]
pub fn rename(document: &Value, to: &Did) -> Value {
    match document.get("id").and_then(Value::as_str) {
        Some(from) => renamed(document, from, to.as_str()),
        None => document.clone(),
    }
}

/// A document with a DID, and DID URLs that begin with it, under another name; longer DIDs stay.
fn renamed(value: &Value, from: &str, to: &str) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix(from) {
            Some(rest) if rest.is_empty() || rest.starts_with(['#', '?', '/']) => {
                json!(format!("{to}{rest}"))
            }
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(|item| renamed(item, from, to)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), renamed(member, from, to)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests;
