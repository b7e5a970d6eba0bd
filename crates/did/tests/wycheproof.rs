//! The Wycheproof files for Ed25519 and ECDSA in P1363 form, on every backend, with asserted counts.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use chancery_did::{Backend, KeyType, PublicKey};
use serde_json::Value;

const BACKENDS: [Backend; 2] = [Backend::Pure, Backend::AwsLc];

/// Reads a file of the set; none where the official vectors are absent.
fn read(name: &str) -> Option<Value> {
    let text = std::fs::read(chancery_official::folder("wycheproof")?.join(name)).expect("a file of the set");
    Some(serde_json::from_slice(&text).expect("JSON"))
}

fn report(set: &str, (valid, invalid): (usize, usize)) {
    let backends = BACKENDS.len();
    chancery_official::report(
        &format!("wycheproof {set}"),
        format_args!("{valid} accepted, {invalid} refused, on {backends} backends"),
    );
}

fn hex(value: &Value) -> Vec<u8> {
    multibase::Base::Base16Lower
        .decode(value.as_str().expect("a string"))
        .expect("hexadecimal")
}

/// Makes the key of a group from its point, and compares it with the group's JWK.
fn key(group: &Value, key_type: KeyType) -> PublicKey {
    let public = &group["publicKey"];
    let raw = match key_type {
        KeyType::Ed25519 | KeyType::X25519 => hex(&public["pk"]),
        KeyType::P256 | KeyType::P384 | KeyType::P521 => {
            let point = hex(&public["uncompressed"]);
            let (x, y) = point[1..].split_at(point.len() / 2);
            [&[2 | (y[y.len() - 1] & 1)], x].concat()
        }
    };
    let key = PublicKey::from_raw(key_type, &raw).expect("a key");
    if let Some(jwk) = group.get("publicKeyJwk") {
        assert_eq!(PublicKey::from_jwk(jwk).expect("a JWK"), key);
    }
    assert_eq!(PublicKey::from_jwk(&key.to_jwk()).as_ref(), Ok(&key));
    assert_eq!(PublicKey::from_multikey(&key.to_multikey()).as_ref(), Ok(&key));
    key
}

/// Runs a file on every backend and returns how many signatures were valid and invalid.
fn run(name: &str, key_type: KeyType) -> Option<(usize, usize)> {
    let file = read(name)?;
    let (mut valid, mut invalid) = (0, 0);
    for group in file["testGroups"].as_array().expect("groups") {
        let key = key(group, key_type);
        for test in group["tests"].as_array().expect("tests") {
            let (message, signature) = (hex(&test["msg"]), hex(&test["sig"]));
            let expected = match test["result"].as_str() {
                Some("valid") => true,
                Some("invalid") => false,
                other => panic!("a result of {other:?}"),
            };
            for backend in BACKENDS {
                let verdict = key.verify_with(backend, &message, &signature);
                assert_eq!(
                    verdict.is_ok(),
                    expected,
                    "{name} {} on {backend:?}",
                    test["tcId"]
                );
            }
            assert_eq!(key.verify(&message, &signature).is_ok(), expected);
            *(if expected { &mut valid } else { &mut invalid }) += 1;
        }
    }
    Some((valid, invalid))
}

#[test]
fn ed25519() {
    if let Some(counts) = run("ed25519_test.json", KeyType::Ed25519) {
        assert_eq!(counts, (53, 40));
        report("ed25519", counts);
    }
}

#[test]
fn p256() {
    if let Some(counts) = run("ecdsa_secp256r1_sha256_p1363_test.json", KeyType::P256) {
        assert_eq!(counts, (101, 54));
        report("P-256", counts);
    }
}

#[test]
fn p384() {
    if let Some(counts) = run("ecdsa_secp384r1_sha384_p1363_test.json", KeyType::P384) {
        assert_eq!(counts, (130, 49));
        report("P-384", counts);
    }
}

#[test]
fn p521() {
    if let Some(counts) = run("ecdsa_secp521r1_sha512_p1363_test.json", KeyType::P521) {
        assert_eq!(counts, (151, 50));
        report("P-521", counts);
    }
}

#[test]
fn the_keys_of_the_der_file_are_read_and_its_signatures_are_not() {
    let Some(file) = read("ecdsa_secp256r1_sha256_test.json") else {
        return;
    };
    let (mut keys, mut refused) = (0, 0);
    for group in file["testGroups"].as_array().expect("groups") {
        let key = key(group, KeyType::P256);
        keys += 1;
        for test in group["tests"].as_array().expect("tests") {
            for backend in BACKENDS {
                assert!(
                    key.verify_with(backend, &hex(&test["msg"]), &hex(&test["sig"]))
                        .is_err()
                );
            }
            refused += 1;
        }
    }
    assert_eq!((keys, refused), (74, 292));
}
