//! Witnesses: who they are, and whether enough of them stand behind a version,
//! [did:webvh 1.0, DID Witnesses](https://identity.foundation/didwebvh/v1.0/#did-witnesses).
//!
//! INVARIANT: a proof counts for this log only, by the one key that its did:key holds, once per witness and
//! version, and only if that version is in the log; what does not count is dropped and never stands for
//! another.

use chancery_did::{Did, KeyType, LogFiles, PublicKey, SortedMap};
use chancery_proof::{Limits, json};
use serde_json::{Map, Value, json};

use crate::proof;

/// The most witnesses that one list may have.
const MOST_WITNESSES: usize = 64;

/// Which witnesses must stand behind a version, and how many of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessRule {
    threshold: u64,
    /// The keys of the witnesses as Multikey, each once.
    keys: Vec<String>,
}

impl WitnessRule {
    /// Makes a rule; the threshold is at least one and at most the number of witnesses, who are did:keys of
    /// Ed25519, each named once.
    pub fn new(threshold: u64, witnesses: &[Did]) -> Result<Self, String> {
        let ids: Vec<Value> = witnesses.iter().map(|did| json!({ "id": did })).collect();
        let rule = json!({ "threshold": threshold, "witnesses": ids });
        Self::parse(&rule)?.ok_or_else(|| "`witness` names no witness".to_owned())
    }

    /// Reads the parameter `witness`; an empty object means that there are none.
    pub(crate) fn parse(value: &Value) -> Result<Option<Self>, String> {
        let members = value.as_object().ok_or("`witness` is not an object")?;
        if members.is_empty() {
            return Ok(None);
        }
        if let Some(name) = members
            .keys()
            .find(|name| !matches!(name.as_str(), "threshold" | "witnesses"))
        {
            return Err(format!("`witness` has the unknown member `{name}`"));
        }
        let threshold = members
            .get("threshold")
            .and_then(Value::as_u64)
            .ok_or("`threshold` of `witness` is not a whole number")?;
        let items = members
            .get("witnesses")
            .and_then(Value::as_array)
            .ok_or("`witnesses` of `witness` is not an array")?;
        if items.len() > MOST_WITNESSES {
            return Err(format!("there are more than {MOST_WITNESSES} witnesses"));
        }
        let mut keys = Vec::new();
        for item in items {
            let key = witness_key(item)?;
            if keys.contains(&key) {
                return Err("one witness is named twice".to_owned());
            }
            keys.push(key);
        }
        if threshold == 0 || u64::try_from(keys.len()).is_ok_and(|most| threshold > most) {
            return Err("`threshold` of `witness` is not from 1 to the number of witnesses".to_owned());
        }
        Ok(Some(Self { threshold, keys }))
    }

    /// Returns how many witnesses must sign.
    #[must_use]
    pub fn threshold(&self) -> u64 {
        self.threshold
    }

    /// Returns the keys of the witnesses, as Multikey text.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Returns the parameter that says so.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({ "threshold": self.threshold, "witnesses": self.ids() })
    }

    /// Returns the member of resolution metadata, where no number stands.
    #[must_use]
    pub(crate) fn to_metadata(&self) -> Value {
        json!({ "threshold": self.threshold.to_string(), "witnesses": self.ids() })
    }

    fn ids(&self) -> Vec<Value> {
        self.keys
            .iter()
            .map(|key| json!({ "id": format!("did:key:{key}") }))
            .collect()
    }
}

/// The key of a witness: its `id` is a did:key.
///
/// A bare Multikey is taken for the did:key that it spells: one implementation writes it so, and it names no
/// other key.
fn witness_key(item: &Value) -> Result<String, String> {
    let members = item.as_object().ok_or("a witness is not an object")?;
    if let Some(name) = members.keys().find(|name| *name != "id") {
        return Err(format!("a witness has the unknown member `{name}`"));
    }
    let id = members
        .get("id")
        .and_then(Value::as_str)
        .ok_or("a witness has no `id`")?;
    let multikey = id.strip_prefix("did:key:").unwrap_or(id);
    match PublicKey::from_multikey(multikey) {
        Ok(key) if key.key_type() == KeyType::Ed25519 => Ok(multikey.to_owned()),
        Ok(_) => Err("the key of a witness is not Ed25519".to_owned()),
        Err(error) => Err(format!("a witness is no did:key: {error}")),
    }
}

/// The proofs of a witness file that belong to one log.
#[derive(Debug, Default)]
pub(crate) struct WitnessProofs {
    /// The newest version, counted from 0, that each witness signed, of those that hold.
    by_version: SortedMap<String, Vec<usize>>,
}

impl WitnessProofs {
    /// Reads the file for the log of these versions, checking only signatures of `listed` witnesses.
    ///
    /// The whole file must have the form of one; a proof in it that does not hold is dropped.
    pub(crate) fn read(text: &str, versions: &[&str], listed: &[&str]) -> Result<Self, String> {
        let limits = Limits {
            bytes: LogFiles::MAX_BYTES,
            ..Limits::default()
        };
        let file = json::parse(text.as_bytes(), &limits).map_err(|error| error.to_string())?;
        let items = file.as_array().ok_or("it is not an array")?;
        let positions: SortedMap<&str, usize> = versions
            .iter()
            .enumerate()
            .map(|(at, version)| (*version, at))
            .collect();
        let mut found = Self::default();
        for item in items {
            let members = item.as_object().ok_or("an item is not an object")?;
            let version = members
                .get("versionId")
                .and_then(Value::as_str)
                .ok_or("an item has no `versionId`")?;
            // What is not in this log says nothing about it, whatever it says elsewhere.
            let Some(at) = positions.get(version) else {
                continue;
            };
            for proof in proofs(members)? {
                found.take(*at, version, proof, listed);
            }
        }
        Ok(found)
    }

    fn take(&mut self, at: usize, version: &str, proof: &Value, listed: &[&str]) {
        let Some(key) = proof::named_key(proof).filter(|key| listed.contains(key)) else {
            return;
        };
        if self
            .by_version
            .get(key)
            .is_some_and(|signed| signed.contains(&at))
        {
            return;
        }
        let mut document = Map::new();
        document.insert("versionId".to_owned(), version.into());
        if proof::check(&document, proof, key).is_ok() {
            match self.by_version.get_mut(key) {
                Some(signed) => signed.push(at),
                None => drop(self.by_version.insert(key.to_owned(), vec![at])),
            }
        }
    }

    /// How many witnesses of a rule signed this version, or a later one up to the last.
    pub(crate) fn count(&self, rule: &WitnessRule, at: usize, last: usize) -> usize {
        let approves = |key: &&String| {
            self.by_version
                .get(key.as_str())
                .is_some_and(|signed| signed.iter().any(|signed| (at..=last).contains(signed)))
        };
        rule.keys.iter().filter(approves).count()
    }
}

fn proofs(members: &Map<String, Value>) -> Result<&[Value], String> {
    match members.get("proof") {
        None => Ok(&[]),
        Some(Value::Array(proofs)) => Ok(proofs),
        Some(proof @ Value::Object(_)) => Ok(std::slice::from_ref(proof)),
        Some(_) => Err("`proof` of an item is not an array".to_owned()),
    }
}
