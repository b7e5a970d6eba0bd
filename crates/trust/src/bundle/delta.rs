//! What changed from one bundle to a later one.
//!
//! Members of the evidence that are objects change key by key; every other member changes as a whole. INVARIANT: the
//! older bundle with the change applied is the later bundle, and a change applies to the one bundle that it names.

use serde_json::{Map, Value};

use super::{Bundle, BundleError};

impl Bundle {
    /// What a reader of `older` lacks.
    #[must_use]
    pub fn change_from(&self, older: &Self) -> Self {
        let mut evidence = Map::new();
        let mut gone = Map::new();
        for (name, now) in &self.evidence {
            match (older.evidence.get(name), now) {
                (Some(Value::Object(before)), Value::Object(now)) => {
                    let new: Map<String, Value> = now
                        .iter()
                        .filter(|(key, value)| before.get(*key) != Some(value))
                        .map(|(key, value)| (key.clone(), value.clone()))
                        .collect();
                    if !new.is_empty() {
                        evidence.insert(name.clone(), Value::Object(new));
                    }
                    let lost: Vec<String> = before
                        .keys()
                        .filter(|key| !now.contains_key(*key))
                        .cloned()
                        .collect();
                    if !lost.is_empty() {
                        gone.insert(name.clone(), lost.into());
                    }
                }
                (Some(before), now) if before == now => {}
                (_, now) => {
                    evidence.insert(name.clone(), now.clone());
                }
            }
        }
        for name in older
            .evidence
            .keys()
            .filter(|name| !self.evidence.contains_key(*name))
        {
            gone.insert(name.clone(), Value::Null);
        }
        Self {
            base: Some(older.issued_at),
            evidence,
            gone,
            ..self.clone()
        }
    }

    /// Applies a change to the whole bundle that it names; a whole bundle takes this one's place.
    ///
    /// # Errors
    /// [`BundleError::Base`] for a change of another bundle or of another signer's.
    pub fn updated_by(mut self, change: Self) -> Result<Self, BundleError> {
        if change.signer != self.signer {
            return Err(BundleError::OtherSigner {
                expected: self.signer,
                found: change.signer,
            });
        }
        let Some(base) = change.base else {
            return Ok(change);
        };
        if base != self.issued_at || self.base.is_some() {
            return Err(BundleError::Base);
        }
        for (name, lost) in &change.gone {
            match (lost.as_array(), self.evidence.get_mut(name)) {
                (Some(keys), Some(Value::Object(member))) => {
                    for key in keys.iter().filter_map(Value::as_str) {
                        member.remove(key);
                    }
                }
                _ => {
                    self.evidence.remove(name);
                }
            }
        }
        for (name, new) in change.evidence {
            match (self.evidence.get_mut(&name), new) {
                (Some(Value::Object(member)), Value::Object(new)) => member.extend(new),
                (_, new) => {
                    self.evidence.insert(name, new);
                }
            }
        }
        self.issued_at = change.issued_at;
        self.expires_at = change.expires_at;
        Ok(self)
    }
}

/// What is gone: by member either the keys, or `null` for the whole of it.
pub(super) fn gone_of(gone: Map<String, Value>) -> Result<Map<String, Value>, &'static str> {
    let known = |lost: &Value| match lost {
        Value::Null => true,
        Value::Array(keys) => keys.iter().all(Value::is_string),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => false,
    };
    if gone.values().all(known) {
        Ok(gone)
    } else {
        Err("it is not a list of keys, or null, by member")
    }
}
