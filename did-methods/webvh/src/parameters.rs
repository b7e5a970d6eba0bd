//! The parameters of an entry and those in force after it,
//! [did:webvh 1.0, DID Method Parameters](https://identity.foundation/didwebvh/v1.0/#didwebvh-did-method-parameters).
//!
//! INVARIANT: a parameter that is not known, of another type or outside its range refuses the entry; nothing is
//! coerced, save `null`, which the specification asks readers to take as the default.

use chancery_did::{PublicKey, try_map};
use serde_json::{Map, Value, json};

use crate::hash;
use crate::identifier::is_scid;
use crate::witness::WitnessRule;

/// The one version of the specification that is read and written.
pub(crate) const METHOD: &str = "did:webvh:1.0";

/// How long a document may be kept if the log does not say, in seconds.
pub(crate) const DEFAULT_TTL: u32 = 3600;

/// The longest time to live, in seconds.
const MOST_TTL: u32 = 1 << 31;

/// The most keys, hashes or watchers that one list may have.
const MOST_ITEMS: usize = 128;

/// What one entry says; absent members leave what was in force.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Change {
    pub(crate) method: Option<String>,
    pub(crate) scid: Option<String>,
    pub(crate) update_keys: Option<Vec<String>>,
    pub(crate) next_key_hashes: Option<Vec<String>>,
    pub(crate) witness: Option<Option<WitnessRule>>,
    pub(crate) watchers: Option<Vec<String>>,
    pub(crate) portable: Option<bool>,
    pub(crate) deactivated: Option<bool>,
    pub(crate) ttl: Option<u32>,
}

/// What is in force after an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// The self-certifying identifier.
    pub scid: String,
    /// The keys that may sign the next entry, as Multikey, unless their successors are promised.
    pub update_keys: Vec<String>,
    /// The hashes of the keys promised for the next entry; none means that none are promised.
    pub next_key_hashes: Vec<String>,
    /// Who must witness the next entry.
    pub witness: Option<WitnessRule>,
    /// Who watches the log.
    pub watchers: Vec<String>,
    /// Whether the DID may move to another place.
    pub portable: bool,
    /// Whether the DID has ended.
    pub deactivated: bool,
    /// For how many seconds a document may be kept.
    pub ttl: u32,
}

impl Change {
    /// Reads the member `parameters` of an entry.
    pub(crate) fn parse(members: &Map<String, Value>) -> Result<Self, String> {
        let mut change = Self::default();
        for (name, value) in members {
            match name.as_str() {
                "method" => change.method = Some(text(name, value)?),
                "scid" => change.scid = Some(text(name, value)?),
                "updateKeys" => change.update_keys = Some(update_keys(value)?),
                "nextKeyHashes" => change.next_key_hashes = Some(texts(name, value)?),
                "witness" => {
                    let rule = Some(value).filter(|value| !value.is_null());
                    change.witness = Some(rule.map_or(Ok(None), WitnessRule::parse)?);
                }
                "watchers" => change.watchers = Some(watchers(value)?),
                "portable" => change.portable = Some(flag(name, value)?),
                "deactivated" => change.deactivated = Some(flag(name, value)?),
                "ttl" => change.ttl = Some(ttl(value)?),
                _ => return Err(format!("`parameters` has the unknown member `{}`", shown(name))),
            }
        }
        Ok(change)
    }

    /// Returns the member `parameters` that says so.
    pub(crate) fn to_members(&self) -> Map<String, Value> {
        let witness = self.witness.as_ref();
        let witness = witness.map(|rule| rule.as_ref().map_or_else(|| json!({}), WitnessRule::to_value));
        let members = [
            ("method", self.method.as_ref().map(|text| json!(text))),
            ("scid", self.scid.as_ref().map(|text| json!(text))),
            ("updateKeys", self.update_keys.as_ref().map(|keys| json!(keys))),
            (
                "nextKeyHashes",
                self.next_key_hashes.as_ref().map(|hashes| json!(hashes)),
            ),
            ("witness", witness),
            ("watchers", self.watchers.as_ref().map(|urls| json!(urls))),
            ("portable", self.portable.map(Value::from)),
            ("deactivated", self.deactivated.map(Value::from)),
            ("ttl", self.ttl.map(Value::from)),
        ];
        members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect()
    }
}

impl Parameters {
    /// Takes the parameters of a first entry.
    pub(crate) fn first(change: Change) -> Result<Self, String> {
        if change.method.as_deref() != Some(METHOD) {
            return Err(format!("`method` of the first entry is not `{METHOD}`"));
        }
        let scid = change.scid.ok_or("the first entry has no `scid`")?;
        if !is_scid(&scid) {
            return Err("`scid` is not 46 characters of base58btc".to_owned());
        }
        let update_keys = change.update_keys.ok_or("the first entry has no `updateKeys`")?;
        Ok(Self {
            scid,
            update_keys,
            next_key_hashes: change.next_key_hashes.unwrap_or_default(),
            witness: change.witness.unwrap_or_default(),
            watchers: change.watchers.unwrap_or_default(),
            portable: change.portable.unwrap_or(false),
            deactivated: change.deactivated.unwrap_or(false),
            ttl: change.ttl.unwrap_or(DEFAULT_TTL),
        })
    }

    /// Takes the parameters of a later entry.
    pub(crate) fn next(&self, change: Change) -> Result<Self, String> {
        if self.deactivated {
            return Err("the entry before it deactivated the DID".to_owned());
        }
        if change.method.is_some_and(|method| method != METHOD) {
            return Err(format!("`method` is not `{METHOD}`"));
        }
        if change.scid.is_some() {
            return Err("`scid` stands in an entry that is not the first".to_owned());
        }
        if change.portable == Some(true) {
            return Err("`portable` is set in an entry that is not the first".to_owned());
        }
        if self.promised() {
            let keys = change.update_keys.as_ref();
            let keys = keys.ok_or("keys were promised and the entry has no `updateKeys`")?;
            if change.next_key_hashes.is_none() {
                return Err("keys were promised and the entry has no `nextKeyHashes`".to_owned());
            }
            let promised = |key: &String| self.next_key_hashes.contains(&hash::key_hash(key));
            if !keys.iter().all(promised) {
                return Err("a key in `updateKeys` is not one of those promised before".to_owned());
            }
        }
        Ok(Self {
            scid: self.scid.clone(),
            update_keys: change.update_keys.unwrap_or_else(|| self.update_keys.clone()),
            next_key_hashes: change
                .next_key_hashes
                .unwrap_or_else(|| self.next_key_hashes.clone()),
            witness: change.witness.unwrap_or_else(|| self.witness.clone()),
            watchers: change.watchers.unwrap_or_else(|| self.watchers.clone()),
            portable: change.portable.unwrap_or(self.portable),
            deactivated: change.deactivated.unwrap_or(false),
            ttl: change.ttl.unwrap_or(self.ttl),
        })
    }

    /// Whether the keys of the next entry are promised.
    #[must_use]
    pub fn promised(&self) -> bool {
        !self.next_key_hashes.is_empty()
    }
}

fn text(name: &str, value: &Value) -> Result<String, String> {
    let text = value
        .as_str()
        .ok_or_else(|| format!("`{name}` is not a string"))?;
    Ok(text.to_owned())
}

fn flag(name: &str, value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::Null => Ok(false),
        Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            Err(format!("`{name}` is neither true nor false"))
        }
    }
}

fn texts(name: &str, value: &Value) -> Result<Vec<String>, String> {
    let wrong = || format!("`{name}` is not an array of strings");
    let items = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(items) => items,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => return Err(wrong()),
    };
    if items.len() > MOST_ITEMS {
        return Err(format!("`{name}` has more than {MOST_ITEMS} items"));
    }
    try_map(items, |item| item.as_str().map(str::to_owned).ok_or_else(wrong))
}

fn update_keys(value: &Value) -> Result<Vec<String>, String> {
    let keys = texts("updateKeys", value)?;
    for key in &keys {
        PublicKey::from_multikey(key)
            .map_err(|error| format!("a key in `updateKeys` is refused: {error}"))?;
    }
    Ok(keys)
}

fn watchers(value: &Value) -> Result<Vec<String>, String> {
    let urls = texts("watchers", value)?;
    if urls.iter().all(|url| url.contains(':')) {
        Ok(urls)
    } else {
        Err("an item of `watchers` is not a URI".to_owned())
    }
}

fn ttl(value: &Value) -> Result<u32, String> {
    if value.is_null() {
        return Ok(DEFAULT_TTL);
    }
    let seconds = value.as_u64().and_then(|seconds| u32::try_from(seconds).ok());
    seconds
        .filter(|seconds| *seconds <= MOST_TTL)
        .ok_or_else(|| "`ttl` is not a whole number from 0 to 2^31".to_owned())
}

fn shown(name: &str) -> String {
    name.chars().take(32).flat_map(char::escape_debug).collect()
}
