//! Whose signature on a card counts, and what the report says.

use chancery_did::Signer as _;
use chancery_proof::{base64url, jcs};
use serde_json::{Value, json};

use super::*;
use crate::cast::{self, Who};

fn card() -> Value {
    json!({
        "name": "Refund desk", "description": "",
        "supportedInterfaces": [{"url": "https://agents.acme.example/a", "protocolBinding": "JSONRPC"}],
    })
}

fn signed(card: &Value, who: Who, kid: &str) -> Value {
    let part = |value: &Value| base64url::encode(&jcs::canonicalize(value).unwrap());
    let protected = part(&json!({"alg": "EdDSA", "kid": kid, "typ": "JOSE"}));
    let input = format!("{protected}.{}", part(card));
    let signature = base64url::encode(&who.key().sign(input.as_bytes()).unwrap());
    let mut card = card.clone();
    card["signatures"] = json!([{"protected": protected, "signature": signature}]);
    card
}

fn by(who: Who) -> CardReport {
    judge(&signed(&card(), who, who.method().as_str()), &cast::policy())
}

fn judge(card: &Value, policy: &Policy) -> CardReport {
    check_card(
        card.to_string().as_bytes(),
        &cast::evidence(),
        policy,
        cast::now(),
    )
}

#[test]
fn an_anchored_issuer_signs_its_card() {
    let report = by(Who::Acme);
    assert!(report.verified, "{} {}", report.code, report.reason);
    assert_eq!(report.did, Some(Who::Acme.did()));
    assert_eq!(report.interfaces, ["https://agents.acme.example/a"]);
    let value = report.to_value();
    assert_eq!(
        (&value["kind"], &value["verified"]),
        (&json!("CardReport"), &json!(true))
    );
}

#[test]
fn a_bare_method_among_the_subjects_names_nobody() {
    for who in [Who::First, Who::Mallory, Who::Initech] {
        let report = by(who);
        assert_eq!(
            (report.verified, report.code),
            (false, "trust.unknown_issuer"),
            "{who:?}"
        );
        assert!(report.did.is_none() && report.interfaces.is_empty());
    }
}

#[test]
fn an_issuer_whom_a_registry_would_have_to_recognize_signs_no_card() {
    let mut policy = cast::policy();
    for anchor in &mut policy.anchors {
        anchor.recognized_by = Some("globex".to_owned());
    }
    let card = signed(&card(), Who::Acme, Who::Acme.method().as_str());
    assert_eq!(judge(&card, &policy).code, "trust.unknown_issuer");
}

#[test]
fn an_agent_below_a_whole_name_is_asked_for_by_its_document() {
    let report = by(Who::Hosted);
    assert_eq!(
        (report.verdict, report.code),
        (Verdict::Indeterminate, "evidence.needed")
    );
    assert_eq!(report.needs, [Need::Document(Who::Hosted.did())]);
}

#[test]
fn a_missing_document_is_told_before_a_broken_signature() {
    let mut card = signed(&card(), Who::Hosted, Who::Hosted.method().as_str());
    let wanted = card["signatures"][0].clone();
    let mut broken = wanted.clone();
    broken["protected"] = json!("e30");
    card["signatures"] = json!([broken, wanted]);
    assert_eq!(judge(&card, &cast::policy()).code, "evidence.needed");
}
