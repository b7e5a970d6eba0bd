//! Status of single credentials of any kind: entries on Token Status Lists, messages of several bits, refreshing.

use chancery_did::{Relationship, Timestamp};
use chancery_proof::jose;
use chancery_vc::StatusPurpose;
use chancery_vc::issue::{Draft, StatusListTerms};
use chancery_vc::status::StatusBits;
use chancery_vc::status::token::{TokenListTerms, sign_token_status_list, sign_token_status_list_cwt};
use serde_json::{Value, json};

use crate::cast::{self, Who, later, now, sealed};
use crate::decision::{Step, Verdict};
use crate::{CredentialReport, Evidence, Need, check_credential};

const LIST: &str = "https://acme.example/status-lists/t";

fn foreign(status: Value) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": Who::Acme.did().as_str(),
        "credentialSubject": { "id": "did:example:1" },
        "credentialStatus": status,
    })
}

/// A credential as JWT with this `status` claim.
fn token(status: Value) -> String {
    let mut claims = foreign(Value::Null);
    claims.as_object_mut().unwrap().remove("credentialStatus");
    claims["status"] = status;
    jose::sign("vc+jwt", &Who::Acme.method(), &claims, &Who::Acme.key()).unwrap()
}

fn entry(index: u64) -> Value {
    json!({"status_list": {"idx": index, "uri": LIST}})
}

fn statuses(values: &[(u64, u8)]) -> StatusBits {
    let mut statuses = StatusBits::of_size(16, 4).unwrap();
    for (index, value) in values {
        statuses.put(*index, *value).unwrap();
    }
    statuses
}

fn terms(made: Timestamp) -> TokenListTerms {
    TokenListTerms {
        uri: LIST.into(),
        issued_at: made,
        expires_at: Some(made.saturating_add_millis(600_000)),
        ttl_seconds: Some(300),
        aggregation: None,
    }
}

/// What is known, with a list of Acme's that is half a minute old.
fn evidence(values: &[(u64, u8)]) -> Evidence {
    let (who, mut evidence) = (Who::AcmeStatus, cast::evidence());
    let list = sign_token_status_list(&terms(later(-30)), &statuses(values), &who.method(), &who.key());
    evidence.token_status_lists.insert(LIST.into(), list.unwrap());
    evidence
}

fn check(text: &str, evidence: &Evidence) -> CredentialReport {
    check_credential(text.as_bytes(), evidence, None, now())
}

#[test]
fn the_status_of_a_token_is_what_its_list_says() {
    let evidence = evidence(&[(1, 1), (2, 2), (3, 3), (4, 4), (12, 12)]);
    for (index, code) in [
        (0, "ok"),
        (1, "status.revoked"),
        (2, "status.suspended"),
        (3, "status.unknown"),
        (4, "status.unknown"),
        (12, "status.unknown"),
        (15, "ok"),
        (16, "status.unknown"),
    ] {
        let report = check(&token(entry(index)), &evidence);
        assert_eq!(report.code, code, "{index}: {}", report.reason);
        assert_eq!(report.checked, code == "ok");
    }
}

#[test]
fn a_list_as_cwt_is_judged_alike() {
    let who = Who::AcmeStatus;
    for (value, code) in [(0, "ok"), (1, "status.revoked"), (2, "status.suspended")] {
        let mut evidence = cast::evidence();
        let list = sign_token_status_list_cwt(
            &terms(later(-30)),
            &statuses(&[(7, value)]),
            &who.method(),
            &who.key(),
        );
        let text = chancery_proof::base64url::encode(&list.unwrap());
        evidence.token_status_lists.insert(LIST.into(), text);
        assert_eq!(check(&token(entry(7)), &evidence).code, code);
    }
}

#[test]
fn a_claim_that_cannot_be_judged_is_unknown() {
    for status in [
        json!(null),
        json!({}),
        json!("valid"),
        json!({"status_list": {"idx": "0", "uri": LIST}}),
        json!({"status_list": {"idx": 0}}),
        json!({"status_assertion": {}}),
        json!({"status_list": {"idx": 0, "uri": LIST}, "status_assertion": {}}),
    ] {
        let report = check(&token(status.clone()), &evidence(&[]));
        assert_eq!(
            (report.code, report.verdict),
            ("status.unknown", Verdict::Indeterminate),
            "{status}"
        );
    }
}

#[test]
fn a_list_that_is_missing_is_named_with_its_kind() {
    let report = check(&token(entry(0)), &cast::evidence());
    assert_eq!(report.needs, [Need::TokenStatusList(LIST.into())]);
    assert_eq!(report.verdict, Verdict::Indeterminate);
    let need = report.needs[0].to_value();
    assert_eq!(need, json!({"kind": "tokenStatusList", "url": LIST}));
    assert_eq!(Need::parse(&need).unwrap(), report.needs[0]);
}

#[test]
fn evidence_without_token_lists_is_written_as_ever() {
    assert!(cast::evidence().to_value().get("tokenStatusLists").is_none());
    let evidence = evidence(&[]);
    let text = evidence.to_value().to_string();
    assert_eq!(Evidence::parse(text.as_bytes()).unwrap(), evidence);
    for wrong in [r#"{"tokenStatusLists":[]}"#, r#"{"tokenStatusLists":{"u":1}}"#] {
        assert_eq!(
            Evidence::parse(wrong.as_bytes()).unwrap_err().code(),
            "parse.structure"
        );
    }
}

#[test]
fn a_newer_bitstring_list_at_the_same_address_is_no_floor_of_a_token_list() {
    let mut evidence = evidence(&[]);
    evidence.status_floors.insert(LIST.into(), now());
    let report = check(&token(entry(0)), &evidence);
    assert_eq!(report.code, "ok", "{}", report.reason);
    assert_eq!(
        report.status_floors.get(&Evidence::token_floor(LIST)),
        Some(&later(-30))
    );
    evidence
        .status_floors
        .insert(Evidence::token_floor(LIST), later(-29));
    assert_eq!(check(&token(entry(0)), &evidence).code, "status.rollback");
}

/// A signed Bitstring list of one purpose with values of so many bits.
fn bitstring(purpose: StatusPurpose, size: u8, values: &[(u64, u8)]) -> Evidence {
    let mut bits = StatusBits::of_size(131_072, size).unwrap();
    for (index, value) in values {
        bits.put(*index, *value).unwrap();
    }
    let terms = StatusListTerms {
        url: LIST.into(),
        issuer: Who::AcmeStatus.did(),
        purposes: vec![purpose],
        valid_from: later(-30),
        valid_until: later(600),
        ttl_ms: 300_000,
    };
    let draft = Draft::status_list(&terms, &bits).unwrap();
    let list = sealed(
        draft.document().clone(),
        Who::AcmeStatus,
        Relationship::AssertionMethod,
    );
    let mut evidence = cast::evidence();
    evidence.status_lists.insert(LIST.into(), list);
    evidence
}

fn with_entry(mut entry: Value, index: u64) -> String {
    entry["type"] = json!("BitstringStatusListEntry");
    entry["statusListCredential"] = json!(LIST);
    entry["statusListIndex"] = json!(index.to_string());
    sealed(foreign(entry), Who::Acme, Relationship::AssertionMethod)
}

fn told(report: &CredentialReport) -> String {
    let status = report.checks.iter().find(|check| check.id == Step::Status);
    status.unwrap().detail.clone()
}

#[test]
fn a_message_is_told_and_refuses_nothing() {
    let messages: Vec<Value> = ["queued", "packed", "sent", "lost"]
        .iter()
        .zip(["0x0", "0x1", "0x2", "0x3"])
        .map(|(message, status)| json!({"status": status, "message": message}))
        .collect();
    let entry = json!({
        "statusPurpose": "message", "statusSize": 2, "statusMessage": messages,
        "statusReference": "https://acme.example/statuses",
    });
    let evidence = bitstring(StatusPurpose::Message, 2, &[(5, 2), (131_071, 3)]);
    for (index, message) in [(0, "0x0 `queued`"), (5, "0x2 `sent`"), (131_071, "0x3 `lost`")] {
        let report = check(&with_entry(entry.clone(), index), &evidence);
        assert_eq!(report.code, "ok", "{}", report.reason);
        assert!(told(&report).contains(message), "{}", told(&report));
    }
    assert_eq!(
        check(&with_entry(entry.clone(), 131_072), &evidence).code,
        "status.unknown"
    );
    for (member, value) in [
        ("statusSize", json!(3)),
        ("statusSize", json!(1)),
        ("statusMessage", json!([])),
        ("statusMessage", json!(null)),
        ("statusReference", json!("statuses")),
        ("statusPurpose", json!("revocation")),
    ] {
        let mut wrong = entry.clone();
        wrong[member] = value.clone();
        assert_eq!(
            check(&with_entry(wrong, 0), &evidence).code,
            "status.unknown",
            "{member} {value}"
        );
    }
}

#[test]
fn that_a_newer_version_is_to_be_had_is_told_and_refuses_nothing() {
    let evidence = bitstring(StatusPurpose::Refresh, 1, &[(5, 1)]);
    let entry = json!({"statusPurpose": "refresh"});
    let report = check(&with_entry(entry.clone(), 5), &evidence);
    assert_eq!(report.code, "ok", "{}", report.reason);
    assert!(told(&report).contains("newer version"), "{}", told(&report));
    assert!(!told(&check(&with_entry(entry, 6), &evidence)).contains("newer version"));
}

#[test]
fn a_list_of_another_purpose_tells_nothing_of_this_one() {
    let evidence = bitstring(StatusPurpose::Refresh, 1, &[]);
    for purpose in ["revocation", "suspension", "message"] {
        let report = check(&with_entry(json!({"statusPurpose": purpose}), 5), &evidence);
        assert_eq!(report.code, "status.unknown", "{purpose}");
    }
}
