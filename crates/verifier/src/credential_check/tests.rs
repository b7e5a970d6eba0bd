//! Single credentials: what holds, what does not, and that trust is never asked.

use chancery_did::Relationship;
use serde_json::{Value, json};

use super::*;
use crate::cast::{self, REVOKED, Scene, Who, later, list, now, options, sealed, sealed_with};

fn check(text: &str) -> CredentialReport {
    check_credential(text.as_bytes(), &cast::evidence(), None, now())
}

fn foreign(issuer: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "credentialSubject": { "id": "did:example:1" },
    })
}

#[test]
fn a_paper_by_itself_checks_and_says_that_trust_was_not_asked() {
    for text in Scene::direct().papers() {
        let report = check(&text);
        assert!(report.checked, "{} {}", report.code, report.reason);
        assert_eq!((report.code, report.verdict), ("ok", Verdict::Valid));
        assert!(report.reason.contains("trust was not asked"));
        assert_eq!(report.signatures, 3);
        assert_eq!(report.to_value()["trust"], "not asked");
        assert!(report.to_value().get("allow").is_none());
    }
}

#[test]
fn a_credential_without_status_needs_one_signature() {
    let issuer = Who::Mallory.did();
    let report = check(&sealed(
        foreign(issuer.as_str()),
        Who::Mallory,
        Relationship::AssertionMethod,
    ));
    assert!(report.checked, "{} {}", report.code, report.reason);
    assert_eq!(report.signatures, 1);
}

#[test]
fn missing_evidence_is_named() {
    let text = &Scene::direct().papers()[0];
    let report = check_credential(text.as_bytes(), &Evidence::default(), None, now());
    assert_eq!((report.code, report.checked), ("evidence.needed", false));
    assert_eq!(report.needs, [Need::Document(Who::Acme.did())]);
    let mut evidence = cast::evidence();
    evidence.status_lists.clear();
    let report = check_credential(text.as_bytes(), &evidence, None, now());
    assert_eq!(report.needs.len(), 2);
    assert_eq!(report.verdict, Verdict::Indeterminate);
}

#[test]
fn what_does_not_hold_is_refused_with_its_code() {
    let text = Scene::direct().papers().remove(0);
    for (changed, code) in [
        (text.replace("\"100.00\"", "\"900.00\""), "signature.invalid"),
        (text.replace("\"proof\"", "\"prof\""), "signature.missing"),
        (
            text.replace("VerifiableCredential\",", "Credential\","),
            "type.credential",
        ),
        ("{".to_owned(), "parse.json"),
        (String::new(), "parse.jose"),
    ] {
        let report = check(&changed);
        assert_eq!(report.code, code, "{}", report.reason);
        assert!(!report.checked);
    }
}

#[test]
fn time_and_status_count() {
    let text = Scene::direct().papers().remove(0);
    let late = check_credential(text.as_bytes(), &cast::evidence(), None, later(20_000));
    assert_eq!(late.code, "time.expired");
    let mut evidence = cast::evidence();
    let revoked = list(
        REVOKED,
        chancery_vc::StatusPurpose::Revocation,
        Who::AcmeStatus,
        later(-30),
        &[100],
    );
    evidence.status_lists.insert(REVOKED.into(), revoked);
    let report = check_credential(text.as_bytes(), &evidence, None, now());
    assert_eq!(
        (report.code, report.verdict),
        ("status.revoked", Verdict::Invalid)
    );
    let stale = check_credential(text.as_bytes(), &cast::evidence(), None, later(1_000));
    assert_eq!(
        (stale.code, stale.verdict),
        ("status.stale", Verdict::Indeterminate)
    );
}

#[test]
fn an_issuer_that_is_no_did_needs_the_one_key() {
    let text = sealed(
        foreign("https://issuer.example/1"),
        Who::Mallory,
        Relationship::AssertionMethod,
    );
    let at = now();
    let evidence = Evidence::default();
    let with = |key: Option<&PublicKey>| check_credential(text.as_bytes(), &evidence, key, at);
    assert_eq!(with(None).code, "resolve.unsupported_method");
    assert_eq!(with(Some(&Who::First.public())).code, "key.issuer_mismatch");
    let report = with(Some(&Who::Mallory.public()));
    assert!(report.checked, "{} {}", report.code, report.reason);
}

#[test]
fn a_jws_of_such_an_issuer_is_judged_under_the_one_key() {
    let mut claims = foreign("https://issuer.example/1");
    claims["iss"] = json!("https://issuer.example/1");
    claims["exp"] = json!(later(100).seconds());
    let who = Who::Mallory;
    let token = chancery_proof::jose::sign("vc+jwt", &who.method(), &claims, &who.key()).unwrap();
    let with =
        |key: Who, at| check_credential(token.as_bytes(), &Evidence::default(), Some(&key.public()), at);
    let report = with(who, now());
    assert!(report.checked, "{} {}", report.code, report.reason);
    assert_eq!(with(Who::First, now()).code, "signature.invalid");
    assert_eq!(with(who, later(200)).code, "time.expired");
}

#[test]
fn a_proof_that_has_ended_is_refused() {
    let mut ended = options(Who::Mallory, Relationship::AssertionMethod);
    ended.expires = Some(later(-61));
    let text = sealed_with(foreign(Who::Mallory.did().as_str()), &ended, Who::Mallory);
    assert_eq!(check(&text).code, "time.expired");
}

#[test]
fn a_presentation_is_no_credential() {
    let report = check(&Scene::direct().presentation());
    assert!(!report.checked);
    assert_eq!(report.verdict, Verdict::Invalid);
}
