//! The test vectors of the Data Integrity EdDSA and ECDSA cryptosuites (appendix B of each), JCS suites.

use std::path::PathBuf;

use chancery_did::{DidUrl, KeyType, Relationship, SecretKey, Timestamp};
use serde_json::Value;

use super::{folder, hex, json, text};
use crate::{
    Expectation, Limits, ProofError, Proven, Secured,
    cast::DidKeys,
    data_integrity::{ProofOptions, prepare, sign},
    jcs::canonicalize,
    multibase,
};

/// One set: its files end in `suffix`.
struct Set {
    root: PathBuf,
    name: &'static str,
    suffix: &'static str,
    keys: &'static str,
    secret: &'static str,
    key_type: KeyType,
}

impl Set {
    fn path(&self, part: &str, extension: &str) -> PathBuf {
        self.root
            .join(self.name)
            .join(format!("{part}{}.{extension}", self.suffix))
    }

    fn folder(&self) -> String {
        self.root.file_name().unwrap().to_string_lossy().into_owned()
    }

    fn line(&self, part: &str) -> String {
        text(self.path(part, "txt")).trim_end().to_owned()
    }

    fn unsigned(&self) -> Value {
        json(self.root.join("unsigned.json"))
    }

    fn signed(&self) -> Value {
        json(self.path("signed", "json"))
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

fn sets() -> Vec<Set> {
    let ecdsa = |name, suffix, keys, key_type| {
        folder("vc-di-ecdsa").map(|root| Set {
            root,
            name,
            suffix,
            keys,
            secret: "secretKeyMultibase",
            key_type,
        })
    };
    let eddsa = folder("vc-di-eddsa").map(|root| Set {
        root,
        name: "eddsa-jcs-2022",
        suffix: "JCS",
        keys: "keyPair.json",
        secret: "privateKeyMultibase",
        key_type: KeyType::Ed25519,
    });
    let p256 = ecdsa(
        "ecdsa-jcs-2019-p256",
        "JCSECDSAP256",
        "p256KeyPair.json",
        KeyType::P256,
    );
    let p384 = ecdsa(
        "ecdsa-jcs-2019-p384",
        "JCSECDSAP384",
        "p384KeyPair.json",
        KeyType::P384,
    );
    let sets: Vec<_> = [eddsa, p256, p384].into_iter().flatten().collect();
    assert!(sets.is_empty() || sets.len() == 3);
    sets
}

fn judge(document: Value) -> Result<Proven<Value>, ProofError> {
    let secured = Secured::data_integrity(document, &Limits::default())?;
    let issuer = secured.proofs()[0].verification_method.did().clone();
    secured.prove(
        &Expectation {
            purpose: Relationship::AssertionMethod,
            issuer,
        },
        &DidKeys,
    )
}

#[test]
fn canonical_forms_and_hashes_are_the_published_ones() {
    for set in sets() {
        let config = json(set.path("proofConfig", "json"));
        assert_eq!(
            canonicalize(&set.unsigned()).unwrap(),
            set.line("canonDoc").as_bytes(),
            "{}",
            set.name
        );
        assert_eq!(
            canonicalize(&config).unwrap(),
            set.line("proofCanon").as_bytes(),
            "{}",
            set.name
        );
        let prepared = prepare(&set.unsigned(), &set.options(), set.key_type).unwrap();
        let combined = hex(prepared.signing_input());
        assert_eq!(combined, set.line("combinedHash"), "{}", set.name);
        assert_eq!(
            combined,
            set.line("proofHash") + &set.line("docHash"),
            "{}",
            set.name
        );
    }
}

#[test]
fn published_signatures_hold() {
    for set in sets() {
        let proven = judge(set.signed()).unwrap();
        assert_eq!(*proven.value(), set.unsigned(), "{}", set.name);
        assert_eq!(proven.signatures(), 1);
        let value = set.line("sigBTC58");
        assert_eq!(set.signed()["proof"]["proofValue"], value.as_str());
        assert_eq!(hex(&multibase::decode_z(&value).unwrap()), set.line("sigHex"));
    }
}

#[test]
fn signing_again_gives_the_published_document() {
    for set in sets() {
        let signed = sign(set.unsigned(), &set.options(), &set.signer()).unwrap();
        judge(signed.clone()).unwrap();
        assert_eq!(signed, set.signed(), "{}", set.name);
        super::report(
            &format!("{} {}", set.folder(), set.name),
            "verified, and signed anew to the same document",
        );
    }
}

#[test]
fn every_changed_value_breaks_the_signature() {
    let mut changes = 0;
    for set in sets() {
        for pointer in pointers(&set.signed()) {
            let mut document = set.signed();
            let value = document.pointer_mut(&pointer).unwrap();
            *value = changed(value);
            let code = judge(document).map(|_| ()).unwrap_err().code();
            let expected = match pointer.split('/').collect::<Vec<_>>().as_slice() {
                [_, "@context", _] | [_, "proof", "@context", _] => "context.mismatch",
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
    assert!(changes == 0 || changes == 3 * 19, "{changes}");
}

/// A pointer to every value that is no container.
fn pointers(value: &Value) -> Vec<String> {
    let below = |name: &str, value: &Value| {
        pointers(value)
            .into_iter()
            .map(|rest| format!("/{name}{rest}"))
            .collect::<Vec<_>>()
    };
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| below(name, value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(at, value)| below(&at.to_string(), value))
            .collect(),
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

#[test]
fn rdfc_vectors_are_said_to_be_unsupported_here() {
    let signed = |set: &str, name: &str, file: &str| Some(folder(set)?.join(name).join(file));
    let files = [
        signed("vc-di-eddsa", "eddsa-rdfc-2022", "signedDataInt.json"),
        signed("vc-di-ecdsa", "ecdsa-rdfc-2019-p256", "signedECDSAP256.json"),
        signed("vc-di-ecdsa", "ecdsa-rdfc-2019-p384", "signedECDSAP384.json"),
    ];
    for file in files.iter().flatten() {
        assert_eq!(judge(json(file)).unwrap_err().code(), "alg.unsupported_here");
        // Relabelled as the JCS suite of the same key, the signature does not hold.
        let relabelled = text(file).replace("-rdfc-", "-jcs-");
        let document = crate::json::parse(relabelled.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(judge(document).unwrap_err().code(), "signature.invalid");
    }
}

#[test]
fn a_key_of_the_other_curve_is_refused() {
    for set in sets() {
        let other = if set.key_type == KeyType::P256 {
            KeyType::P384
        } else {
            KeyType::P256
        };
        let signer = crate::cast::signer(other, 7);
        let swapped = text(set.path("signed", "json")).replace(
            json(set.root.join(set.keys))["publicKeyMultibase"]
                .as_str()
                .unwrap(),
            chancery_did::Signer::public_key(&signer).to_multikey().as_str(),
        );
        let document = crate::json::parse(swapped.as_bytes(), &Limits::default()).unwrap();
        let code = judge(document).unwrap_err().code();
        let expected = if set.key_type == KeyType::Ed25519 {
            "alg.mismatch"
        } else {
            "signature.invalid"
        };
        assert_eq!(code, expected, "{}", set.name);
    }
}
