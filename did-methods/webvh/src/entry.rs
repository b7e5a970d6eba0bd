//! One line of the log, read and not yet believed,
//! [did:webvh 1.0, The DID Log File](https://identity.foundation/didwebvh/v1.0/#the-did-log-file).
//!
//! INVARIANT: an entry has exactly its five members, each of its own type.

use std::fmt;

use chancery_did::Timestamp;
use chancery_proof::{Limits, json};
use serde_json::{Map, Value};

use crate::identifier::is_scid;
use crate::parameters::Change;

/// The longest line, in bytes.
const MAX_LINE: usize = 512 * 1024;
/// The most proofs that one entry may have.
const MOST_PROOFS: usize = 8;
const MEMBERS: [&str; 5] = ["versionId", "versionTime", "parameters", "state", "proof"];

/// The name of a version: its number, a dash, and the hash of its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionId {
    number: u64,
    text: String,
}

impl VersionId {
    pub(crate) fn new(number: u64, hash: &str) -> Self {
        let text = format!("{number}-{hash}");
        Self { number, text }
    }

    /// Parses the one spelling of a version's name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, hash) = text.split_once('-')?;
        let plain = !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|_| plain)?;
        is_scid(hash).then(|| Self::new(number, hash))
    }

    /// Returns the number, from 1.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Returns the whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// One entry as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) version: VersionId,
    pub(crate) time: Timestamp,
    /// The time as the entry spells it.
    pub(crate) time_text: String,
    pub(crate) change: Change,
    pub(crate) state: Map<String, Value>,
    pub(crate) proofs: Vec<Value>,
    /// Everything but the proofs.
    pub(crate) unsigned: Map<String, Value>,
}

impl Entry {
    /// Reads one line.
    pub(crate) fn parse(line: &str) -> Result<Self, String> {
        let limits = Limits {
            bytes: MAX_LINE,
            ..Limits::default()
        };
        let value = json::parse(line.as_bytes(), &limits).map_err(|error| error.to_string())?;
        let Value::Object(mut unsigned) = value else {
            return Err("it is not a JSON object".to_owned());
        };
        if unsigned.keys().any(|name| !MEMBERS.contains(&name.as_str())) {
            return Err("it has a member that no entry has".to_owned());
        }
        let proofs = match unsigned.remove("proof") {
            Some(Value::Array(proofs)) => proofs,
            Some(proof @ Value::Object(_)) => vec![proof],
            Some(_) | None => return Err("it has no array `proof`".to_owned()),
        };
        if proofs.is_empty() || proofs.len() > MOST_PROOFS {
            return Err(format!("it has not from 1 to {MOST_PROOFS} proofs"));
        }
        let text = |name| unsigned.get(name).and_then(Value::as_str);
        let object = |name| unsigned.get(name).and_then(Value::as_object);
        let version = text("versionId").and_then(VersionId::parse);
        let version = version.ok_or("`versionId` is not a number, a dash and a hash")?;
        let time_text = text("versionTime").ok_or("it has no `versionTime`")?.to_owned();
        let time = time(&time_text)?;
        let change = Change::parse(object("parameters").ok_or("it has no object `parameters`")?)?;
        let state = object("state").ok_or("it has no object `state`")?.clone();
        Ok(Self {
            version,
            time,
            time_text,
            change,
            state,
            proofs,
            unsigned,
        })
    }
}

/// Reads a time that says that it is in UTC.
pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    if !(text.ends_with('Z') || text.ends_with("+00:00")) {
        return Err("`versionTime` is not in UTC".to_owned());
    }
    Timestamp::parse(text).map_err(|_| "`versionTime` is not a date and time".to_owned())
}
