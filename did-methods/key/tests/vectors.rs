//! The test vectors of the [did:key specification](https://w3c-ccg.github.io/did-key-spec/), with counts.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use chancery_did::{Did, DidUrl, Document, KeyType, Method, Plan, PublicKey, Relationship, ResolveError};
use chancery_did_key::{DidKey, DidKeyWithAgreement, did_for};
use serde_json::Value;

/// Reads a file of the set; none where the official vectors are absent.
fn read(name: &str) -> Option<Value> {
    let text = std::fs::read(chancery_official::folder("did-key")?.join(name)).expect("a file of the set");
    Some(serde_json::from_slice(&text).expect("JSON"))
}

fn resolve(method: &dyn Method, text: &str) -> Result<Document, ResolveError> {
    match method.plan(&Did::parse(text)?)? {
        Plan::Local(document) => Ok(*document),
        Plan::Fetch(url) => panic!("did:key fetches {url}"),
        Plan::FetchLog { log, .. } => panic!("did:key fetches {log}"),
    }
}

/// Returns the key of a did:key after checking it in all four relationships for signatures.
fn signing_key(text: &str) -> PublicKey {
    let document = resolve(&DidKey, text).expect(text);
    let id = DidUrl::parse(&format!("{text}#{}", text.trim_start_matches("did:key:"))).expect("a DID URL");
    let key = document.key_for(&id, Relationship::AssertionMethod).expect(text);
    for relationship in Relationship::ALL {
        let found = document.key_for(&id, relationship);
        assert_eq!(
            found.is_ok(),
            relationship != Relationship::KeyAgreement,
            "{text} {relationship}"
        );
    }
    assert_eq!(did_for(&key).as_str(), text);
    key
}

/// Returns the one key for agreement of the whole document, after checking that the document has the official
/// one's methods and relationships, and that the key is for nothing else if it is not the DID's own.
fn agreement_key(text: &str, official: &Value) -> PublicKey {
    let whole = resolve(&DidKeyWithAgreement, text).expect(text);
    let ids = |document: &Value| {
        let methods = document["verificationMethod"].as_array().expect("methods").iter();
        methods.map(|method| method["id"].clone()).collect::<Vec<_>>()
    };
    let value = whole.to_value();
    assert_eq!(ids(&value), ids(official), "{text}");
    for relationship in Relationship::ALL.map(Relationship::as_str) {
        assert_eq!(
            value[relationship], official[relationship],
            "{text} {relationship}"
        );
    }
    let id = value["keyAgreement"][0].as_str().expect("an id");
    let id = DidUrl::parse(id).expect("a DID URL");
    for relationship in Relationship::ALL {
        let own = id.fragment() == Some(text.trim_start_matches("did:key:"));
        let stands = own || relationship == Relationship::KeyAgreement;
        assert_eq!(
            whole.key_for(&id, relationship).is_ok(),
            stands,
            "{text} {relationship}"
        );
    }
    whole.key_for(&id, Relationship::KeyAgreement).expect(text)
}

fn base58(value: &Value) -> Vec<u8> {
    let text = format!("z{}", value.as_str().expect("a string"));
    multibase::decode(text).expect("base58btc").1
}

#[test]
fn ed25519_and_x25519() {
    let Some(file) = read("ed25519-x25519.json") else {
        return;
    };
    let mut checked = 0;
    for (did, case) in file.as_object().expect("cases") {
        let key = signing_key(did);
        assert_eq!(key.key_type(), KeyType::Ed25519);
        let pair = &case["verificationKeyPair"];
        if let Some(raw) = pair.get("publicKeyBase58") {
            assert_eq!(key.raw(), base58(raw));
        } else {
            assert_eq!(PublicKey::from_jwk(&pair["publicKeyJwk"]).expect("a JWK"), key);
        }
        let agreement = &case["keyAgreementKeyPair"];
        let fragment = agreement["id"]
            .as_str()
            .expect("an id")
            .rsplit('#')
            .next()
            .expect("a fragment");
        let own = PublicKey::from_multikey(fragment).expect("an X25519 key");
        assert_eq!(own.key_type(), KeyType::X25519);
        if let Some(raw) = agreement.get("publicKeyBase58") {
            assert_eq!(own.raw(), base58(raw));
        } else {
            assert_eq!(
                PublicKey::from_jwk(&agreement["publicKeyJwk"]).expect("a JWK"),
                own
            );
        }
        assert_eq!(key.to_x25519(), Some(own.clone()));
        assert_eq!(agreement_key(did, &case["didDocument"]), own);
        checked += 1;
    }
    assert_eq!(checked, 5);
    chancery_official::report("did-key Ed25519 and X25519", "5 pairs, each X25519 key derived");
}

#[test]
fn nist_curves() {
    let Some(file) = read("nist-curves.json") else {
        return;
    };
    let (mut p256, mut p384, mut p521) = (0, 0, 0);
    for (did, case) in file.as_object().expect("cases") {
        let method = &case["didDocument"]["verificationMethod"][0];
        let key = signing_key(did);
        if let Some(jwk) = method.get("publicKeyJwk") {
            assert_eq!(PublicKey::from_jwk(jwk).expect("a JWK"), key);
        }
        assert_eq!(agreement_key(did, &case["didDocument"]), key);
        match key.key_type() {
            KeyType::P256 => p256 += 1,
            KeyType::P384 => p384 += 1,
            KeyType::P521 => p521 += 1,
            other @ (KeyType::Ed25519 | KeyType::X25519) => panic!("{did} is {other}"),
        }
        let private = &case["verificationMethod"]["privateKeyJwk"];
        if private.is_object() {
            assert_eq!(
                PublicKey::from_jwk(private).expect_err("refused").code(),
                "key.private_member"
            );
        }
    }
    assert_eq!((p256, p384, p521), (3, 2, 2));
    chancery_official::report("did-key NIST curves", "7 resolved");
}
