//! A bundle is believed under one signer, within its times, and never when it is older than one seen.

use chancery_did::{KeyType, SecretKey};
use proptest::prelude::*;

use super::*;

const SKEW: i64 = 60_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000_i64.saturating_add(seconds))
}

fn signer(seed: u8) -> SecretKey {
    SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32]).unwrap()
}

fn did(seed: u8) -> Did {
    Did::of_key(signer(seed).public_key())
}

fn kid(seed: u8) -> DidUrl {
    let did = did(seed);
    did.with_fragment(did.method_specific_id()).unwrap()
}

/// Answers for every `did:key` of this file's signers.
struct Known;

impl Keys for Known {
    fn key(&self, method: &DidUrl, _: Relationship) -> Result<PublicKey, (&'static str, String)> {
        (1..4)
            .find(|&seed| did(seed) == *method.did())
            .map(|seed| signer(seed).public_key().clone())
            .ok_or(("key.not_found", "unknown".to_owned()))
    }
}

fn expected() -> ExpectedSigner {
    ExpectedSigner::new(did(1), &signer(1).public_key().thumbprint()).unwrap()
}

fn evidence(text: &str) -> Map<String, Value> {
    serde_json::from_str::<Value>(text)
        .unwrap()
        .as_object()
        .unwrap()
        .clone()
}

fn bundle() -> Bundle {
    let evidence = evidence(
        r#"{"documents": {"did:a:1": "{}"}, "statusLists": {"https://a/1": "one"}, "trustStatements": []}"#,
    );
    Bundle::new(did(1), evidence, at(0), 600_000)
}

fn token() -> String {
    bundle().sign(&kid(1), &signer(1)).unwrap()
}

fn verify(token: &str, seconds: i64, seen: Option<Timestamp>) -> Result<Bundle, &'static str> {
    Bundle::verify(token, &expected(), &Known, at(seconds), SKEW, seen).map_err(|error| error.code())
}

fn changed(change: impl Fn(&mut Map<String, Value>)) -> Result<Bundle, &'static str> {
    let mut claims = bundle().claims();
    change(claims.as_object_mut().unwrap());
    let token = jose::sign(BUNDLE_TYP, &kid(1), &claims, &signer(1)).unwrap();
    verify(&token, 1, None)
}

#[test]
fn signed_bundle_reads_back() {
    assert_eq!(verify(&token(), 1, None).unwrap(), bundle());
    assert_eq!(
        verify(&token(), 1, Some(at(0))).unwrap(),
        bundle(),
        "the newest itself"
    );
}

#[test]
fn bundle_holds_between_its_times() {
    assert!(verify(&token(), -60, None).is_ok(), "within the skew");
    assert_eq!(verify(&token(), -61, None), Err("bundle.not_yet_valid"));
    assert!(verify(&token(), 599, None).is_ok());
    assert_eq!(verify(&token(), 600, None), Err("bundle.expired"));
}

#[test]
fn bundle_older_than_the_newest_seen_is_refused() {
    let seen = at(0).saturating_add_millis(1);
    assert_eq!(verify(&token(), 1, Some(seen)), Err("bundle.rollback"));
}

#[test]
fn bundle_of_another_signer_is_refused() {
    let other = Bundle {
        signer: did(2),
        ..bundle()
    };
    let token = other.sign(&kid(2), &signer(2)).unwrap();
    assert_eq!(verify(&token, 1, None), Err("bundle.signer"));
    // In the expected signer's name, under another's key.
    let token = jose::sign(BUNDLE_TYP, &kid(2), &bundle().claims(), &signer(2)).unwrap();
    assert_eq!(verify(&token, 1, None), Err("key.issuer_mismatch"));
}

#[test]
fn another_key_of_the_expected_did_is_refused() {
    let expected = ExpectedSigner::new(did(1), &signer(2).public_key().thumbprint()).unwrap();
    let refused = Bundle::verify(&token(), &expected, &Known, at(1), SKEW, None).unwrap_err();
    assert_eq!(refused.code(), "bundle.signer");
}

#[test]
fn text_that_is_no_thumbprint_expects_nobody() {
    for text in ["", "x", "did:key:z6Mk", &"a".repeat(44)] {
        assert!(ExpectedSigner::new(did(1), text).is_err(), "{text}");
    }
}

#[test]
fn token_of_another_type_is_refused() {
    let token = jose::sign("vc+jwt", &kid(1), &bundle().claims(), &signer(1)).unwrap();
    assert_eq!(verify(&token, 1, None), Err("type.typ"));
}

#[test]
fn changed_byte_is_refused() {
    let token = token();
    let (head, tail) = token.rsplit_once('.').unwrap();
    let flipped = if tail.starts_with('A') { 'B' } else { 'A' };
    let wrong = format!("{head}.{flipped}{}", tail.get(1..).unwrap());
    assert_eq!(verify(&wrong, 1, None), Err("signature.invalid"));
}

#[test]
fn claim_that_is_missing_unknown_or_wrong_is_refused() {
    for name in ["iss", "issuedAt", "expiresAt", "evidence"] {
        assert_eq!(
            changed(|claims| drop(claims.remove(name))),
            Err("bundle.malformed"),
            "{name}"
        );
        // `iss` is JOSE's own claim, which is read before the bundle is.
        let code = if name == "iss" {
            "parse.structure"
        } else {
            "bundle.malformed"
        };
        assert_eq!(
            changed(|claims| drop(claims.insert(name.into(), 7.into()))),
            Err(code),
            "{name}"
        );
    }
    for (name, value) in [
        ("anchors", json!([])),
        ("gone", json!({})),
        ("expiresAt", json!(at(0).to_string())),
        ("expiresAt", json!(at(86_401).to_string())),
        ("base", json!(at(0).to_string())),
        ("base", json!(at(-1).to_string())),
    ] {
        let refused = changed(|claims| drop(claims.insert(name.into(), value.clone())));
        assert_eq!(refused, Err("bundle.malformed"), "{name}: {value}");
    }
}

#[test]
fn change_leads_from_the_older_bundle_to_the_later_one() {
    let later = Bundle {
        issued_at: at(5),
        expires_at: at(700),
        evidence: evidence(
            r#"{"documents": {"did:a:1": "{}"}, "statusLists": {"https://a/1": "two", "https://a/2": "new"}}"#,
        ),
        ..bundle()
    };
    let change = later.change_from(&bundle());
    assert_eq!(change.base(), Some(at(0)));
    assert!(
        change.evidence().get("documents").is_none(),
        "what stayed is not sent"
    );
    let sent = change.sign(&kid(1), &signer(1)).unwrap();
    let read = verify(&sent, 6, Some(at(0))).unwrap();
    assert_eq!(read, change);
    assert_eq!(bundle().updated_by(read).unwrap(), later);
}

#[test]
fn change_applies_to_nothing_but_its_base() {
    let later = Bundle {
        issued_at: at(5),
        ..bundle()
    };
    let change = later.change_from(&bundle());
    let code = |result: Result<Bundle, BundleError>| result.unwrap_err().code();
    let elsewhere = Bundle {
        issued_at: at(1),
        ..bundle()
    };
    assert_eq!(code(elsewhere.updated_by(change.clone())), "bundle.base");
    assert_eq!(code(change.clone().updated_by(change.clone())), "bundle.base");
    let stranger = Bundle {
        signer: did(2),
        ..bundle()
    };
    assert_eq!(code(stranger.updated_by(change)), "bundle.signer");
}

fn any_evidence() -> impl Strategy<Value = Map<String, Value>> {
    let keyed = prop::collection::btree_map("[a-c]", "[x-z]{0,2}", 0..4).prop_map(|members| json!(members));
    let member = prop_oneof![keyed, Just(json!([])), Just(json!(["s"])), Just(json!("t"))];
    prop::collection::btree_map("[d-g]", member, 0..4).prop_map(|members| members.into_iter().collect())
}

proptest! {
    #[test]
    fn every_change_leads_to_the_later_bundle(before in any_evidence(), now in any_evidence()) {
        let older = Bundle { evidence: before, ..bundle() };
        let later = Bundle { evidence: now, issued_at: at(9), ..bundle() };
        let change = later.change_from(&older);
        let read = Bundle::claims_of(&change.claims()).unwrap();
        prop_assert_eq!(older.updated_by(read).unwrap(), later);
    }
}
