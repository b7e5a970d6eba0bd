//! One version of a DID, and every rule that an entry keeps to become one,
//! [did:webvh 1.0, Read (Resolve)](https://identity.foundation/didwebvh/v1.0/#read-resolve), steps 1 to 7.
//!
//! INVARIANT: only [`next`] makes a version, from an entry that keeps every rule against the version before it.

use chancery_did::{Did, Timestamp, When};
use serde_json::{Map, Value};

use crate::entry::{Entry, VersionId};
use crate::hash;
use crate::identifier::Identifier;
use crate::parameters::Parameters;
use crate::proof;
use crate::witness::WitnessRule;

/// How far in the future an entry may lie, in milliseconds.
const SKEW: i64 = 300_000;

/// One version of a DID, every rule kept.
#[derive(Debug, Clone)]
pub struct Version {
    pub(crate) id: VersionId,
    pub(crate) time: Timestamp,
    pub(crate) time_text: String,
    pub(crate) did: Did,
    pub(crate) parameters: Parameters,
    pub(crate) state: Map<String, Value>,
    /// Who must have witnessed this version.
    pub(crate) witnessed_by: Option<WitnessRule>,
}

impl Version {
    /// Returns its name.
    #[must_use]
    pub fn id(&self) -> &VersionId {
        &self.id
    }

    /// Returns when its controller says that it was made.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// Returns the DID as this version spells it.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// Returns what is in force after it.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Returns its document as it stands in the log.
    #[must_use]
    pub fn state(&self) -> &Map<String, Value> {
        &self.state
    }

    /// Returns who must have witnessed it.
    #[must_use]
    pub fn witnessed_by(&self) -> Option<&WitnessRule> {
        self.witnessed_by.as_ref()
    }
}

/// Checks one entry against the version before it.
pub(crate) fn next(before: Option<&Version>, entry: Entry, when: When) -> Result<Version, String> {
    let number = before.map_or(Some(1), |before| before.id.number().checked_add(1));
    if number != Some(entry.version.number()) {
        return Err("its number does not follow that of the entry before it".to_owned());
    }
    if before.is_some_and(|before| entry.time <= before.time) {
        return Err("its time is not later than that of the entry before it".to_owned());
    }
    if let When::Now(now) = when
        && entry.time.millis_since(now) > SKEW
    {
        return Err("its time lies in the future".to_owned());
    }
    let promised = before.is_some_and(|before| before.parameters.promised());
    let parameters = match before {
        None => Parameters::first(entry.change)?,
        Some(before) => before.parameters.next(entry.change)?,
    };
    let predecessor = before.map_or(parameters.scid.as_str(), |before| before.id.as_str());
    let mut hashed = entry.unsigned.clone();
    hashed.insert("versionId".to_owned(), predecessor.into());
    let hash = hash::entry(&hashed).ok_or("it cannot be hashed")?;
    if VersionId::new(entry.version.number(), &hash) != entry.version {
        return Err("its hash is not that of its content".to_owned());
    }
    if before.is_none() {
        check_scid(&hashed, &parameters.scid)?;
    }
    let did = subject(before, &entry.state, &parameters)?;
    // Keys that were promised sign their own entry; others are named in one entry and sign the next.
    let active = match before {
        Some(before) if !promised => &before.parameters.update_keys,
        _ => &parameters.update_keys,
    };
    for proof in &entry.proofs {
        let key = proof::named_key(proof).ok_or("a proof does not name one did:key")?;
        if !active.iter().any(|active| active == key) {
            return Err("it is signed by a key that may not update the DID".to_owned());
        }
        proof::check(&entry.unsigned, proof, key)?;
    }
    // A list of witnesses that replaces another speaks for the entries after this one only.
    let witnessed_by = match before.and_then(|before| before.parameters.witness.clone()) {
        Some(rule) => Some(rule),
        None => parameters.witness.clone(),
    };
    Ok(Version {
        id: entry.version,
        time: entry.time,
        time_text: entry.time_text,
        did,
        parameters,
        state: entry.state,
        witnessed_by,
    })
}

/// Checks that the first entry, with its own version taken back to the placeholder, gives its SCID.
fn check_scid(hashed: &Map<String, Value>, scid: &str) -> Result<(), String> {
    let preliminary = hash::replace(hashed, scid, hash::PLACEHOLDER);
    let made = preliminary.and_then(|preliminary| hash::scid(&preliminary));
    if made.as_deref() == Some(scid) {
        Ok(())
    } else {
        Err("its SCID is not the hash of it".to_owned())
    }
}

/// Checks whom the document of an entry is about, and that the DID moves only where it may.
fn subject(
    before: Option<&Version>,
    state: &Map<String, Value>,
    parameters: &Parameters,
) -> Result<Did, String> {
    let id = state.get("id").and_then(Value::as_str);
    let did = id
        .and_then(|id| Did::parse(id).ok())
        .ok_or("`id` of its document is not a DID")?;
    let identifier = Identifier::read(&did).map_err(|error| error.to_string())?;
    if identifier.scid() != parameters.scid {
        return Err("`id` of its document has another SCID than the log".to_owned());
    }
    let Some(before) = before.filter(|before| before.did != did) else {
        return Ok(did);
    };
    if !parameters.portable {
        return Err("the DID moves and is not portable".to_owned());
    }
    let known = state.get("alsoKnownAs").and_then(Value::as_array);
    let names = |known: &Vec<Value>| {
        known
            .iter()
            .any(|name| name.as_str() == Some(before.did.as_str()))
    };
    if !known.is_some_and(names) {
        return Err("the DID moves and its document does not name it `alsoKnownAs` as before".to_owned());
    }
    Ok(did)
}
