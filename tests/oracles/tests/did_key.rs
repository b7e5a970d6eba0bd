//! did-key 0.2.1 and Chancery name the same keys for the same did:key (did:key method, Ed25519, X25519, P-256).

use std::collections::BTreeMap;
use std::panic::{set_hook, take_hook};
use std::sync::Once;
use std::thread;

use chancery_did::{Did, Document, KeyType, Method, Plan, PublicKey, SecretKey, Signer as _};
use chancery_did_key::{DidKey, DidKeyWithAgreement};
use chancery_oracles::fixture::relationships;
use did_key::{
    CONFIG_JOSE_PUBLIC, CONFIG_LD_PUBLIC, CoreSign as _, DIDCore as _, Ed25519KeyPair, Fingerprint as _,
    KeyMaterial as _, P256KeyPair, PatchedKeyPair, X25519KeyPair, generate, resolve,
};
use serde_json::Value;

const KINDS: [KeyType; 3] = [KeyType::Ed25519, KeyType::X25519, KeyType::P256];
const SEEDS: std::ops::Range<u8> = 1..9;
/// The thread on which did-key may panic in silence.
const PEER: &str = "did-key";

fn theirs(kind: KeyType, seed: u8) -> PatchedKeyPair {
    let seed = Some([seed; 32]);
    let seed = seed.as_ref().map(<[u8; 32]>::as_slice);
    match kind {
        KeyType::Ed25519 => generate::<Ed25519KeyPair>(seed),
        KeyType::X25519 => generate::<X25519KeyPair>(seed),
        KeyType::P256 => generate::<P256KeyPair>(seed),
        KeyType::P384 | KeyType::P521 => unreachable!("did-key has neither P-384 nor P-521"),
    }
}

fn ours(did: &str) -> Result<Document, &'static str> {
    planned(&DidKey, did)
}

fn planned(method: &dyn Method, did: &str) -> Result<Document, &'static str> {
    let did = Did::parse(did).map_err(|error| error.code())?;
    match method.plan(&did).map_err(|error| error.code())? {
        Plan::Local(document) => Ok(*document),
        Plan::Fetch(url) | Plan::FetchLog { log: url, .. } => panic!("a did:key is fetched from {url}"),
    }
}

/// The one key that a did:key is of, by our document.
fn our_key(did: &str) -> Result<PublicKey, &'static str> {
    let document = ours(did)?;
    assert_eq!(document.verification_methods().len(), 1);
    Ok(document.verification_methods()[0].key().unwrap().clone())
}

/// The bytes of the key that did-key reads; it panics on text that it did not expect, which is a refusal too.
fn their_key(did: &str) -> Option<Vec<u8>> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |info| {
            if thread::current().name() != Some(PEER) {
                usual(info);
            }
        }));
    });
    let did = did.to_owned();
    let read = move || resolve(&did).ok().map(|key| key.public_key_bytes());
    thread::Builder::new()
        .name(PEER.to_owned())
        .spawn(read)
        .unwrap()
        .join()
        .ok()
        .flatten()
}

#[test]
fn both_name_the_same_key_for_the_same_did() {
    let (mut agreed, mut refused) = (0, 0);
    for (kind, seed) in KINDS
        .into_iter()
        .flat_map(|kind| SEEDS.map(move |seed| (kind, seed)))
    {
        let theirs = theirs(kind, seed);
        let did = format!("did:key:{}", theirs.fingerprint());
        let key = our_key(&did).unwrap();
        assert_eq!(
            (key.key_type(), key.raw()),
            (kind, theirs.public_key_bytes().as_slice())
        );
        assert_eq!(chancery_did_key::did_for(&key).as_str(), did);
        assert_eq!(their_key(&did).as_deref(), Some(key.raw()));
        agreed += 1;
        // One changed symbol is another key or none, never this one, for both.
        let last = if did.ends_with('2') { '3' } else { '2' };
        let bent = format!("{}{last}", &did[..did.len() - 1]);
        assert_ne!(our_key(&bent).ok(), Some(key.clone()));
        assert_ne!(their_key(&bent).as_deref(), Some(key.raw()));
        refused += 1;
    }
    println!("interop did-key keys: {agreed} agreed, {refused} tampered refused");
}

#[test]
fn both_documents_say_the_same_of_every_key() {
    let mut agreed = 0;
    for kind in KINDS {
        let theirs = theirs(kind, 1);
        let document = serde_json::to_value(theirs.get_did_document(CONFIG_LD_PUBLIC)).unwrap();
        let did = document["id"].as_str().unwrap();
        let ours = planned(&DidKeyWithAgreement, did).unwrap();
        for (relationship, methods) in relationships(&ours) {
            let named = document[relationship].as_array().cloned().unwrap_or_default();
            assert_eq!(
                methods.iter().map(String::as_str).collect::<Vec<_>>(),
                named,
                "{relationship} of {kind:?}"
            );
            agreed += 1;
        }
        for method in ours.verification_methods() {
            let id = method.id().to_string();
            let listed = document["verificationMethod"].as_array().unwrap();
            assert!(listed.iter().any(|theirs| theirs["id"] == id.as_str()), "{id}");
            let key = method.key().unwrap();
            assert!(id.ends_with(&format!("#{}", key.to_multikey())));
        }
    }
    println!("interop did-key relationships: {agreed} agreed");
}

#[test]
fn both_write_the_same_jwk() {
    let mut agreed = 0;
    for kind in KINDS {
        let theirs = theirs(kind, 2);
        let document = serde_json::to_value(theirs.get_did_document(CONFIG_JOSE_PUBLIC)).unwrap();
        let jwk = &document["verificationMethod"][0]["publicKeyJwk"];
        let key = our_key(document["id"].as_str().unwrap()).unwrap();
        let own = key.to_jwk();
        assert_eq!((&jwk["kty"], &jwk["crv"]), (&own["kty"], &own["crv"]));
        match kind {
            // Its `x` of P-256 is the compressed point and its `y` is missing (RFC 7518, 6.2.1): refused.
            KeyType::P256 => assert_eq!(PublicKey::from_jwk(jwk).unwrap_err().code(), "key.invalid"),
            KeyType::Ed25519 | KeyType::X25519 | KeyType::P384 | KeyType::P521 => {
                assert_eq!(PublicKey::from_jwk(jwk).unwrap(), key);
                agreed += 1;
            }
        }
    }
    println!("interop did-key jwk: {agreed} agreed, 1 malformed refused");
}

#[test]
fn we_judge_its_documents_by_the_did_itself() {
    let mut refused = 0;
    for kind in KINDS {
        let own = format!("did:key:{}", theirs(kind, 1).fingerprint());
        let did = Did::parse(&own).unwrap();
        assert!(DidKey.judge(&did, &ours(&own).unwrap().to_value()).is_ok());
        // A document of another key, and one that renames it to ours.
        let other: Value = serde_json::to_value(theirs(kind, 2).get_did_document(CONFIG_LD_PUBLIC)).unwrap();
        assert!(DidKey.judge(&did, &other).is_err());
        let mut renamed = other.clone();
        renamed["id"] = own.clone().into();
        assert!(DidKey.judge(&did, &renamed).is_err());
        refused += 2;
    }
    println!(
        "interop did-key documents: {} agreed, {refused} tampered refused",
        KINDS.len()
    );
}

#[test]
fn each_verifies_the_others_signatures_and_refuses_them_tampered() {
    let message = b"a refund of 35.00 EUR";
    let outcomes: BTreeMap<&str, usize> =
        [KeyType::Ed25519, KeyType::P256]
            .into_iter()
            .fold(BTreeMap::new(), |mut outcomes, kind| {
                let theirs = theirs(kind, 3);
                let ours = SecretKey::from_bytes(kind, &[3; 32]).unwrap();
                assert_eq!(ours.public_key().raw(), theirs.public_key_bytes());
                for signature in [theirs.sign(message), ours.sign(message).unwrap()] {
                    assert!(theirs.verify(message, &signature).is_ok());
                    assert!(ours.public_key().verify(message, &signature).is_ok());
                    *outcomes.entry("agreed").or_default() += 1;
                    let mut bent = signature.clone();
                    bent[40] ^= 1;
                    for (message, signature) in [(&message[..], &bent), (&message[1..], &signature)] {
                        assert!(theirs.verify(message, signature).is_err());
                        assert!(ours.public_key().verify(message, signature).is_err());
                        *outcomes.entry("refused").or_default() += 1;
                    }
                }
                outcomes
            });
    println!(
        "interop did-key signatures: {} agreed, {} tampered refused",
        outcomes["agreed"], outcomes["refused"]
    );
}
