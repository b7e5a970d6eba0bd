//! The test vectors of the Data Integrity EdDSA and ECDSA cryptosuites (appendix B of each), RDFC suites.

use std::path::PathBuf;

use chancery_did::{DidUrl, KeyType, Relationship, SecretKey, Timestamp};
use chancery_proof::data_integrity::ProofOptions;
use chancery_proof::multibase;
use serde_json::Value;

use super::{folder, json, report, text};
use crate::canonical::Hash;
use crate::cast::{Drawn, judge};
use crate::{Cryptosuite, Rdfc, hashed};

/// One set: its files end in `suffix`.
struct Set {
    root: PathBuf,
    collection: &'static str,
    name: &'static str,
    suffix: &'static str,
    keys: &'static str,
    secret: &'static str,
    key_type: KeyType,
}

const SETS: [(&str, &str, &str, &str, &str, KeyType); 3] = [
    (
        "vc-di-eddsa",
        "eddsa-rdfc-2022",
        "DataInt",
        "keyPair.json",
        "privateKeyMultibase",
        KeyType::Ed25519,
    ),
    (
        "vc-di-ecdsa",
        "ecdsa-rdfc-2019-p256",
        "ECDSAP256",
        "p256KeyPair.json",
        "secretKeyMultibase",
        KeyType::P256,
    ),
    (
        "vc-di-ecdsa",
        "ecdsa-rdfc-2019-p384",
        "ECDSAP384",
        "p384KeyPair.json",
        "secretKeyMultibase",
        KeyType::P384,
    ),
];

fn sets() -> Vec<Set> {
    let set = |(collection, name, suffix, keys, secret, key_type)| {
        let root = folder(collection)?;
        Some(Set {
            root,
            collection,
            name,
            suffix,
            keys,
            secret,
            key_type,
        })
    };
    let sets: Vec<_> = SETS.into_iter().filter_map(set).collect();
    assert!(sets.is_empty() || sets.len() == 3);
    sets
}

impl Set {
    fn path(&self, part: &str, extension: &str) -> PathBuf {
        let file = format!("{part}{}.{extension}", self.suffix);
        self.root.join(self.name).join(file)
    }

    fn read(&self, part: &str) -> String {
        text(self.path(part, "txt"))
    }

    fn line(&self, part: &str) -> String {
        self.read(part).trim_end().to_owned()
    }

    fn unsigned(&self) -> Value {
        json(self.root.join("unsigned.json"))
    }

    fn signed(&self) -> Value {
        json(self.path("signed", "json"))
    }

    fn hash(&self) -> Hash {
        if self.key_type == KeyType::P384 {
            Hash::Sha384
        } else {
            Hash::Sha256
        }
    }

    fn suite(&self) -> Cryptosuite {
        if self.key_type == KeyType::Ed25519 {
            Cryptosuite::EddsaRdfc2022
        } else {
            Cryptosuite::EcdsaRdfc2019
        }
    }

    fn signer(&self) -> SecretKey {
        let keys = json(self.root.join(self.keys));
        let bytes = multibase::decode_z(keys[self.secret].as_str().unwrap()).unwrap();
        SecretKey::from_bytes(self.key_type, &bytes[2..]).unwrap()
    }

    fn options(&self) -> ProofOptions {
        let config = json(self.path("proofConfig", "json"));
        let member = |name: &str| config[name].as_str().unwrap();
        let method = DidUrl::parse(member("verificationMethod")).unwrap();
        let purpose = Relationship::parse(member("proofPurpose")).unwrap();
        let created = Some(Timestamp::parse(member("created")).unwrap());
        ProofOptions {
            created,
            ..ProofOptions::new(method, purpose)
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn canonical_forms_and_hashes_are_the_published_ones() {
    let rdfc = Rdfc::new();
    for set in sets() {
        let canonical = |document: &Value| rdfc.canonical(document, set.hash()).unwrap().lines.concat();
        let config = json(set.path("proofConfig", "json"));
        let (document, config) = (canonical(&set.unsigned()), canonical(&config));
        assert_eq!(document.trim_end(), set.line("canonDoc"), "{}", set.name);
        assert_eq!(config.trim_end(), set.line("proofCanon"), "{}", set.name);
        assert_eq!(hex(&set.hash().digest(document.as_bytes())), set.line("docHash"));
        assert_eq!(hex(&set.hash().digest(config.as_bytes())), set.line("proofHash"));
        let options = set.options().members(set.suite().name(), None);
        let message = hashed::message(&rdfc, set.unsigned().as_object().unwrap(), &options, set.hash());
        assert_eq!(hex(&message.unwrap()), set.line("combinedHash"), "{}", set.name);
    }
}

#[test]
fn published_signatures_hold_and_signing_again_gives_them() {
    for set in sets() {
        let proven = judge(set.signed()).unwrap();
        assert_eq!(*proven.value(), set.unsigned(), "{}", set.name);
        assert_eq!(proven.signatures(), 1);
        let value = set.line("sigBTC58");
        assert_eq!(set.signed()["proof"]["proofValue"], value.as_str());
        assert_eq!(hex(&multibase::decode_z(&value).unwrap()), set.line("sigHex"));

        let rdfc = Rdfc::new();
        let signed = rdfc.sign(
            set.unsigned(),
            set.suite(),
            &set.options(),
            &[],
            &set.signer(),
            &mut Drawn(0),
        );
        assert_eq!(signed.unwrap(), set.signed(), "{}", set.name);
        report(
            &format!("{} {}", set.collection, set.name),
            "1 passed, 0 failed (canonical forms, hashes, signature)",
        );
    }
}

#[test]
fn a_suite_under_another_name_is_refused() {
    for set in sets() {
        let suites = [
            "eddsa-rdfc-2022",
            "ecdsa-rdfc-2019",
            "eddsa-jcs-2022",
            "ecdsa-jcs-2019",
        ];
        for other in suites.into_iter().filter(|suite| *suite != set.suite().name()) {
            let mut document = set.signed();
            document["proof"]["cryptosuite"] = other.into();
            let code = judge(document).unwrap_err().code();
            let same_key = other.starts_with(&set.suite().name()[..5]);
            let expected = if same_key {
                "signature.invalid"
            } else {
                "alg.mismatch"
            };
            assert_eq!(code, expected, "{} as {other}", set.name);
        }
    }
}

#[test]
fn every_changed_value_is_refused() {
    let mut changes = 0;
    for set in sets() {
        for pointer in pointers(&set.signed()) {
            let mut document = set.signed();
            let value = document.pointer_mut(&pointer).unwrap();
            *value = changed(value);
            let code = judge(document).map(|_| ()).unwrap_err().code();
            let expected = match pointer.split('/').collect::<Vec<_>>().as_slice() {
                [_, "@context", _] => "context.unknown",
                [_, "proof", "type" | "cryptosuite"] => "alg.unknown",
                [_, "proof", "proofPurpose"] => "key.relationship",
                [_, "proof", "created"] => "time.malformed",
                // Either no key any more, or another key.
                [_, "proof", "verificationMethod"] if code == "key.invalid" => code,
                _ => "signature.invalid",
            };
            assert_eq!(code, expected, "{} {pointer}", set.name);
            changes += 1;
        }
    }
    assert!(changes == 0 || changes == 3 * 17, "{changes}");
}

/// A pointer to every value that is no container.
fn pointers(value: &Value) -> Vec<String> {
    let below = |name: &str, value: &Value| {
        let rest = pointers(value).into_iter();
        rest.map(|rest| format!("/{name}{rest}")).collect::<Vec<_>>()
    };
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| below(name, value))
            .collect(),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items
                .flat_map(|(at, value)| below(&at.to_string(), value))
                .collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![String::new()],
    }
}

/// The same kind of value with another content.
fn changed(value: &Value) -> Value {
    let text = value.as_str().unwrap();
    let last = if text.ends_with('1') { '2' } else { '1' };
    let mut text = text.to_owned();
    text.pop();
    text.push(last);
    text.into()
}
