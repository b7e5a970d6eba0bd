//! The members of one proof (Data Integrity 1.0, section 2.1).
//!
//! INVARIANT: a member of the wrong type is refused, never taken as absent. Members that are not known here
//! stay in the proof options and so under the signature.

use std::collections::BTreeSet;

use chancery_did::{DidUrl, Relationship, Timestamp};
use serde_json::Value;

use super::{Members, suite::Suite};
use crate::{ProofError, ProofInfo, ReadError, error::short, jcs, multibase};

/// One proof as it was read.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) members: Members,
    pub(super) info: ProofInfo,
    pub(super) suite: Suite,
    pub(super) signature: Vec<u8>,
    /// The `id`s that `previousProof` names.
    pub(super) previous: Vec<String>,
}

impl Proof {
    pub(super) fn read(members: Members) -> Result<Self, ProofError> {
        let text = |name| text(&members, name);
        let kind = members.get("type").and_then(Value::as_str);
        if kind != Some("DataIntegrityProof") {
            return Err(ProofError::AlgorithmUnknown(kind.map(short)));
        }
        let suite = Suite::parse(members.get("cryptosuite").and_then(Value::as_str))?;
        let method = text("verificationMethod")?.ok_or(ProofError::KeyNotFound)?;
        let purpose = text("proofPurpose")?.ok_or(ProofError::Relationship(None))?;
        let purpose =
            Relationship::parse(purpose).ok_or_else(|| ProofError::Relationship(Some(short(purpose))))?;
        text("nonce")?;
        let info = ProofInfo {
            verification_method: DidUrl::parse(method)?,
            purpose: Some(purpose),
            cryptosuite_or_alg: suite.name().to_owned(),
            created: time(&members, "created")?,
            not_before: None,
            expires: time(&members, "expires")?,
            challenge: text("challenge")?.map(str::to_owned),
            domain: texts(&members, "domain")?,
            id: text("id")?.map(str::to_owned),
            typ: None,
            iss: None,
        };
        let previous = texts(&members, "previousProof")?;
        // Each is hashed once more for each time that it is named, so none may be named twice.
        let mut named = BTreeSet::new();
        if !previous.iter().all(|name| named.insert(name)) {
            return Err(ProofError::Chain("a previous proof is named twice"));
        }
        let signature = match members.get("proofValue") {
            None | Some(Value::Null) => return Err(ProofError::SignatureMissing),
            Some(Value::String(text)) => multibase::decode_z(text)?,
            Some(_) => return Err(wrong("proofValue", "a string")),
        };
        Ok(Self {
            info,
            suite,
            signature,
            previous,
            members,
        })
    }

    /// The `@context` that the proof was made under, if it says so.
    pub(super) fn context(&self) -> Option<&Value> {
        self.members.get("@context")
    }

    /// The canonical form of all options, which is everything but `proofValue`.
    pub(super) fn canonical_config(&mut self) -> Result<Vec<u8>, ReadError> {
        let value = self.members.remove_entry("proofValue");
        let canonical = jcs::canonicalize_members(&self.members);
        if let Some((name, value)) = value {
            self.members.insert(name, value);
        }
        canonical
    }
}

fn wrong(name: &str, kind: &str) -> ProofError {
    ReadError::Structure(format!("`{name}` of the proof is not {kind}")).into()
}

/// A member that is a string if it is there.
fn text<'a>(members: &'a Members, name: &str) -> Result<Option<&'a str>, ProofError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(name, "a string")),
    }
}

/// A member that is a string, or an array of one or more, if it is there.
fn texts(members: &Members, name: &str) -> Result<Vec<String>, ProofError> {
    let refused = || wrong(name, "a string or an array of strings");
    match members.get(name) {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text.clone()]),
        Some(Value::Array(items)) if !items.is_empty() => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(refused))
            .collect(),
        Some(_) => Err(refused()),
    }
}

/// A member that is a time if it is there. One without a zone is taken as UTC, as section 2.1 asks.
fn time(members: &Members, name: &'static str) -> Result<Option<Timestamp>, ProofError> {
    let malformed = ProofError::TimeMalformed(name);
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Timestamp::parse(text)
            .or_else(|_| Timestamp::parse(&format!("{text}Z")))
            .map(Some)
            .map_err(|_| malformed),
        Some(_) => Err(malformed),
    }
}
