//! A decision by a bundle's evidence, and what of a bundle is refused.

use chancery_did::Did;
use serde_json::Map;

use super::*;
use crate::cast::{self, Scene, Who};
use crate::verify::{Moment, verify};

fn scene_evidence() -> Map<String, Value> {
    cast::evidence().to_value().as_object().unwrap().clone()
}

fn bundle(evidence: Map<String, Value>) -> Bundle {
    Bundle::new(Who::Acme.did(), evidence, cast::now(), 600_000)
}

fn signed(bundle: &Bundle, who: Who) -> String {
    bundle.sign(&who.method(), &who.key()).unwrap()
}

fn expected() -> ExpectedSigner {
    ExpectedSigner::new(Who::Acme.did(), &Who::Acme.public().thumbprint()).unwrap()
}

fn open(token: &str) -> Result<TrustBundle, &'static str> {
    TrustBundle::open(token, expected(), cast::now(), None).map_err(|rejection| rejection.code)
}

#[test]
fn decision_by_the_bundle_is_the_decision_by_its_evidence() {
    let scene = Scene::delegated();
    let held = open(&signed(&bundle(scene_evidence()), Who::Acme)).unwrap();
    let by_bundle = verify(
        scene.presentation().as_bytes(),
        held.evidence(cast::now()).unwrap(),
        &scene.policy,
        &scene.request,
        Moment::Now(cast::now()),
    );
    assert!(by_bundle.allow, "{}", by_bundle.reason);
    assert_eq!(by_bundle.to_value(), scene.decide().to_value());
}

#[test]
fn bundle_that_ended_gives_no_evidence() {
    let held = open(&signed(&bundle(scene_evidence()), Who::Acme)).unwrap();
    let end = held.expires_at();
    assert!(held.evidence(end.saturating_add_millis(-1)).is_ok());
    assert_eq!(held.evidence(end).unwrap_err().code, "bundle.expired");
}

#[test]
fn bundle_of_another_signer_or_without_its_document_is_refused() {
    let stranger = Bundle::new(Who::Mallory.did(), scene_evidence(), cast::now(), 600_000);
    assert_eq!(
        open(&signed(&stranger, Who::Mallory)).unwrap_err(),
        "bundle.signer"
    );
    let mut bare = scene_evidence();
    bare["documents"]
        .as_object_mut()
        .unwrap()
        .retain(|did, _| Did::parse(did).unwrap() != Who::Acme.did());
    assert_eq!(
        open(&signed(&bundle(bare), Who::Acme)).unwrap_err(),
        "key.not_found"
    );
}

#[test]
fn document_in_the_bundle_cannot_bring_another_key() {
    // Mallory signs in Acme's name and puts a document with her own key beside it.
    let mut evidence = scene_evidence();
    let mut document = Who::Acme.document();
    let own = serde_json::to_string(&Who::Acme.public().to_multikey()).unwrap();
    let hers = serde_json::to_string(&Who::Mallory.public().to_multikey()).unwrap();
    let text = document.to_string().replace(&own, &hers);
    document = serde_json::from_str(&text).unwrap();
    assert_ne!(document, Who::Acme.document());
    evidence["documents"][Who::Acme.did().as_str()] = document.to_string().into();
    let token = bundle(evidence)
        .sign(&Who::Acme.method(), &Who::Mallory.key())
        .unwrap();
    assert_eq!(open(&token).unwrap_err(), "bundle.signer");
}

#[test]
fn older_bundle_than_the_newest_seen_is_refused() {
    let token = signed(&bundle(scene_evidence()), Who::Acme);
    let seen = Some(cast::later(1));
    let refused = TrustBundle::open(&token, expected(), cast::later(2), seen).unwrap_err();
    assert_eq!(
        (refused.code, refused.verdict()),
        ("bundle.rollback", crate::Verdict::Indeterminate)
    );
}

#[test]
fn malformed_evidence_and_recorded_failures_are_refused() {
    for (name, value) in [
        ("anchors", serde_json::json!([])),
        ("documents", serde_json::json!(7)),
        (
            "failures",
            serde_json::json!([{"need": {"kind": "document", "did": "did:web:a.example"}, "code": "fetch.failed"}]),
        ),
    ] {
        let mut evidence = scene_evidence();
        evidence.insert(name.to_owned(), value);
        let token = signed(&bundle(evidence), Who::Acme);
        assert_eq!(open(&token).unwrap_err(), "bundle.malformed", "{name}");
    }
}

#[test]
fn change_updates_the_bundle_that_it_names_and_no_other() {
    let first = bundle(scene_evidence());
    let held = open(&signed(&first, Who::Acme)).unwrap();
    let mut evidence = scene_evidence();
    evidence.insert("statusLists".to_owned(), serde_json::json!({}));
    let second = Bundle::new(Who::Acme.did(), evidence, cast::later(5), 600_000);
    let change = signed(&second.change_from(&first), Who::Acme);
    let updated = held.updated(&change, cast::later(6)).unwrap();
    assert!(updated.evidence(cast::later(6)).unwrap().status_lists.is_empty());
    assert_eq!(updated.issued_at(), cast::later(5));
    let code = |result: Result<TrustBundle, Rejection>| result.unwrap_err().code;
    assert_eq!(code(updated.updated(&change, cast::later(7))), "bundle.base");
    assert_eq!(
        code(TrustBundle::open(&change, expected(), cast::later(6), None)),
        "bundle.base"
    );
    let whole = signed(&first, Who::Acme);
    assert_eq!(code(updated.updated(&whole, cast::later(7))), "bundle.rollback");
    let forged = signed(&second.change_from(&first), Who::Mallory);
    assert_eq!(code(held.updated(&forged, cast::later(6))), "key.issuer_mismatch");
}
