//! The three hashes of the method: the SCID, the entry hash and the hash of a key to come,
//! [did:webvh 1.0, DID Method Processes](https://identity.foundation/didwebvh/v1.0/#did-method-processes).
//!
//! INVARIANT: each is base58btc, without a multibase prefix, of a sha2-256 multihash; `did:webvh:1.0` permits no
//! other algorithm, so a hash is checked by making it again.

use chancery_proof::{Digest, Limits, jcs, json};
use serde_json::{Map, Value};

/// What stands for the SCID before it is known.
pub(crate) const PLACEHOLDER: &str = "{SCID}";

/// Makes the hash of the first entry, as it is without proof and with the placeholder as its version.
pub(crate) fn scid(preliminary: &Map<String, Value>) -> Option<String> {
    entry(preliminary)
}

/// Makes the hash of an entry without proof whose version is that of the one before it.
pub(crate) fn entry(members: &Map<String, Value>) -> Option<String> {
    let canonical = jcs::canonicalize(&Value::Object(members.clone())).ok()?;
    Some(of_bytes(&canonical))
}

/// Makes the hash by which a key is promised for the next entry.
#[must_use]
pub fn key_hash(multikey: &str) -> String {
    of_bytes(multikey.as_bytes())
}

/// Puts `to` wherever `from` stands in the text of an entry, in names and in values.
pub(crate) fn replace(members: &Map<String, Value>, from: &str, to: &str) -> Option<Map<String, Value>> {
    let text = jcs::canonicalize(&Value::Object(members.clone())).ok()?;
    let text = String::from_utf8(text).ok()?.replace(from, to);
    let limits = Limits {
        bytes: usize::MAX,
        string: usize::MAX,
        ..Limits::default()
    };
    match json::parse(text.as_bytes(), &limits) {
        Ok(Value::Object(members)) => Some(members),
        Ok(_) | Err(_) => None,
    }
}

fn of_bytes(bytes: &[u8]) -> String {
    let digest = Digest::of_bytes(bytes);
    digest.as_str().strip_prefix('z').unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn members(value: Value) -> Map<String, Value> {
        let Value::Object(members) = value else {
            panic!("not an object")
        };
        members
    }

    #[test]
    fn the_entry_hash_of_the_specifications_example() {
        let preliminary = members(json!({
            "versionId": "QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE",
            "versionTime": "2025-04-01T17:39:50Z",
            "parameters": {
                "witness": { "threshold": 2, "witnesses": [
                    { "id": "did:key:z6Mkkc51mg2vpQzKWAbWQZupeGYhowaBjYkmvcKMTqteqHB4", "weight": 1 },
                    { "id": "did:key:z6MkuDdJdKLCgwZuQuEi9xG6LVgJJ9Tebr74CXPYPSumqgJs", "weight": 1 },
                    { "id": "did:key:z6MkoSWmQyp4fTk4ZQy4KUsss9dFX51XfEUzKKKj1J1JUsrF", "weight": 1 },
                ] },
                "updateKeys": ["z6MkgzBDcBFV3sk4ypPE5YXMZHmS213A3HpYY2LmcVKV15jr"],
                "nextKeyHashes": ["QmZreDcjvWEpyRFznQeExWNCsvMLk5i59AcRJJuQC8UodJ"],
                "method": "did:webvh:0.5",
                "scid": "QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE",
            },
            "state": {
                "@context": ["https://www.w3.org/ns/did/v1"],
                "id": "did:webvh:QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE:domain.example",
            },
        }));
        assert_eq!(
            entry(&preliminary).unwrap(),
            "QmQ6FJ4fk2xheSSQoEjVpTgx9AQPKhJgtR9hn1nr4EeCrZ"
        );
    }

    #[test]
    fn a_replacement_reaches_names_and_values_and_keeps_one_reading() {
        let before = members(json!({ "a{SCID}": "{SCID}", "b": ["x{SCID}y{SCID}"] }));
        let after = replace(&before, PLACEHOLDER, "Qm").unwrap();
        assert_eq!(Value::Object(after), json!({ "aQm": "Qm", "b": ["xQmyQm"] }));
        let clashing = members(json!({ "{SCID}": 1, "Qm": 2 }));
        assert!(replace(&clashing, PLACEHOLDER, "Qm").is_none());
    }
}
