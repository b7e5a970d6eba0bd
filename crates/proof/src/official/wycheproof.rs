//! Wycheproof's JWS and JWK vectors.
//!
//! Chancery knows EdDSA, ES256 and ES384 and nothing symmetric, so of a vector that is valid under another
//! algorithm only the refusal is asked for. Vectors 372 and 373, which expect *valid* for a `?` in base64url,
//! are waived: that character is not base64url, and both are HMAC and refused for their key already.

use chancery_did::PublicKey;
use serde_json::Value;

use super::{folder, json};
use crate::{Limits, jose};

/// Judges a token under a key set: every key must be readable, and exactly one must have the token's `kid`.
fn judge(token: &str, keys: &[Value]) -> Result<Vec<u8>, &'static str> {
    let mut found = Vec::new();
    for jwk in keys {
        found.push(PublicKey::from_jwk(jwk).map_err(|error| error.code())?);
    }
    match found.as_slice() {
        [key] => jose::payload_under(token, None, key, &Limits::default()).map_err(|error| error.code()),
        _ => Err("key.not_found"),
    }
}

/// A vector's number, whether it is valid, and what came of it.
type Outcome = (u64, bool, Result<Vec<u8>, &'static str>);

fn run(file: &str) -> Option<Vec<Outcome>> {
    let vectors = json(folder("wycheproof")?.join(file));
    let mut results = Vec::new();
    for group in vectors["testGroups"].as_array().unwrap() {
        let key = group.get("public").unwrap_or(&group["private"]);
        let keys = key
            .get("keys")
            .map_or(std::slice::from_ref(key), |keys| keys.as_array().unwrap());
        for test in group["tests"].as_array().unwrap() {
            let number = test["tcId"].as_u64().unwrap();
            let token = test["jws"].as_str().unwrap();
            results.push((number, test["result"] == "valid", judge(token, keys)));
        }
    }
    Some(results)
}

#[test]
fn signature_vectors_are_judged_as_published() {
    let Some(results) = run("json_web_signature_test.json") else {
        return;
    };
    let accepted: Vec<u64> = results
        .iter()
        .filter(|(_, _, result)| result.is_ok())
        .map(|r| r.0)
        .collect();
    assert_eq!(accepted, [378], "the one valid ES256 vector");
    assert_eq!(results.len(), 244);
    assert_eq!(results.iter().filter(|(_, valid, _)| *valid).count(), 29);
    let refused = results.iter().filter_map(|(_, _, result)| result.as_ref().err());
    assert!(refused.clone().all(|code| code.contains('.')));
    assert_eq!(refused.count(), 243);
    super::report(
        "wycheproof json_web_signature",
        "244 judged: 1 accepted, 243 refused with a code",
    );
}

#[test]
fn key_vectors_of_our_algorithms_are_refused() {
    let Some(results) = run("json_web_key_test.json") else {
        return;
    };
    assert_eq!(results.len(), 15);
    super::report("wycheproof json_web_key", "15 judged, each refused with a code");
    for (number, valid, result) in results {
        assert!(result.is_err_and(|code| code.contains('.')), "{number}");
        // What is valid is HMAC, which Chancery does not know.
        assert!(!valid || [2, 13, 15].contains(&number), "{number}");
    }
}
