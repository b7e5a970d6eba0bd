//! The members of one proof (Data Integrity 1.0, section 2.1).
//!
//! INVARIANT: a member of the wrong type is refused, never taken as absent. Members that are not known here
//! stay in the proof options and so under the signature.

use chancery_did::{DidUrl, Relationship, SortedMap, Timestamp, try_map};
use serde_json::Value;

use super::{
    Members,
    suite::{DATA_INTEGRITY_PROOF, Suite},
};
use crate::{ProofError, ProofInfo, ReadError, Suites, error::short, jcs, multibase};

/// One proof as it was read.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) members: Members,
    pub(super) info: ProofInfo,
    pub(super) sealing: Sealing,
    /// The `id`s that `previousProof` names.
    pub(super) previous: Vec<String>,
}

/// How a proof is checked.
#[derive(Debug)]
pub(super) enum Sealing {
    /// By a suite of this crate.
    Own { suite: Suite, signature: Vec<u8> },
    /// By a suite of the host.
    Host,
}

impl Proof {
    pub(super) fn read(members: Members, suites: &dyn Suites) -> Result<Self, ProofError> {
        let text = |name| text(&members, name);
        let (name, own) = suite(&members, suites)?;
        let method = text("verificationMethod")?.ok_or(ProofError::KeyNotFound)?;
        let purpose = text("proofPurpose")?.ok_or(ProofError::Relationship(None))?;
        let purpose =
            Relationship::parse(purpose).ok_or_else(|| ProofError::Relationship(Some(short(purpose))))?;
        text("nonce")?;
        let info = ProofInfo {
            verification_method: DidUrl::parse(method)?,
            purpose: Some(purpose),
            cryptosuite_or_alg: name,
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
        let mut named = SortedMap::new();
        if previous.iter().any(|name| named.insert(name, ()).is_some()) {
            return Err(ProofError::Chain("a previous proof is named twice"));
        }
        let value = match members.get("proofValue") {
            None | Some(Value::Null) => return Err(ProofError::SignatureMissing),
            Some(Value::String(text)) => text,
            Some(_) => return Err(wrong("proofValue", "a string")),
        };
        let sealing = match own {
            Some(suite) => Sealing::Own {
                suite,
                signature: multibase::decode_z(value)?,
            },
            None => Sealing::Host,
        };
        Ok(Self {
            info,
            sealing,
            previous,
            members,
        })
    }

    /// The `@context` that the proof was made under, if it says so. What that means is a rule of the suites of
    /// this crate; others judge it themselves.
    pub(super) fn context(&self) -> Option<&Value> {
        match self.sealing {
            Sealing::Own { .. } => self.members.get("@context"),
            Sealing::Host => None,
        }
    }

    /// The canonical form of all options, which is everything but `proofValue`.
    pub(super) fn canonical_config(&self) -> Result<Vec<u8>, ReadError> {
        let mut options = self.members.clone();
        options.remove("proofValue");
        jcs::canonicalize_members(&options)
    }
}

/// The name of the proof's suite, and the suite if it is this crate's own.
fn suite(members: &Members, suites: &dyn Suites) -> Result<(String, Option<Suite>), ProofError> {
    let unknown = |name: Option<&str>| ProofError::AlgorithmUnknown(name.map(short));
    let Some(kind) = members.get("type").and_then(Value::as_str) else {
        return Err(unknown(None));
    };
    let cryptosuite = match members.get("cryptosuite") {
        None => None,
        Some(Value::String(name)) => Some(name.as_str()),
        Some(_) => return Err(unknown(None)),
    };
    let refused = if kind == DATA_INTEGRITY_PROOF {
        match Suite::parse(cryptosuite) {
            Ok(suite) => return Ok((suite.name().to_owned(), Some(suite))),
            Err(refused) => refused,
        }
    } else {
        unknown(Some(kind))
    };
    if suites.knows(kind, cryptosuite) {
        return Ok((cryptosuite.unwrap_or(kind).to_owned(), None));
    }
    Err(refused)
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
        Some(Value::Array(items)) if !items.is_empty() => {
            try_map(items, |item| item.as_str().map(str::to_owned).ok_or_else(refused))
        }
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
