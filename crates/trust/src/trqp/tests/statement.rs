//! Signed statements: whose word, on what, and until when.

use super::question;
use crate::RegistryAnchor;
use crate::trqp::{Query, STATEMENT_TYP, Statement, StatementError};
use chancery_did::{Did, DidUrl, KeyType, SecretKey, Timestamp};
use chancery_proof::{Limits, jose};
use serde_json::{Value, json};

const NOON: i64 = 1_750_000_000;
const THUMBPRINT: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(NOON.saturating_add(seconds))
}

fn signer(seed: u8) -> SecretKey {
    SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32]).unwrap()
}

fn kid() -> DidUrl {
    DidUrl::parse("did:web:federation.example:trqp#key-1").unwrap()
}

fn registry() -> RegistryAnchor {
    RegistryAnchor {
        name: "federation".to_owned(),
        did: Did::parse("did:web:federation.example:trqp").unwrap(),
        key: signer(9).public_key().clone(),
        authority: Did::parse("did:web:federation.example").unwrap(),
        endpoint: "https://federation.example/trqp".to_owned(),
        max_age_ms: 60_000,
    }
}

pub(super) fn statement() -> Statement {
    Statement::new(registry().did, question(Query::Recognition), true, at(0), 300_000)
}

fn claims() -> Value {
    json!({
        "iss": "did:web:federation.example:trqp", "iat": NOON, "exp": NOON + 300, "query": "recognition",
        "entity_id": "did:web:acme.example", "authority_id": "did:web:federation.example",
        "action": "refund:create", "resource": "https://a.example/o/1",
        "recognized": true, "time_evaluated": "2025-06-15T15:06:40Z"
    })
}

/// What comes of verifying these claims, signed by the registry's own key.
fn verified(claims: &Value) -> Result<Statement, StatementError> {
    let token = jose::sign(STATEMENT_TYP, &kid(), claims, &signer(9)).unwrap();
    Statement::verify(&token, &registry(), &Limits::default())
}

#[test]
fn signed_statement_reads_back() {
    let signed = statement().with_keys(vec![THUMBPRINT.to_owned()]);
    let token = signed.sign(&kid(), &signer(9)).unwrap();
    assert_eq!(
        Statement::verify(&token, &registry(), &Limits::default()).unwrap(),
        signed
    );
    assert_eq!(verified(&claims()).unwrap(), statement());
}

#[test]
fn statement_under_another_key_is_refused() {
    let token = statement().sign(&kid(), &signer(8)).unwrap();
    let refusal = Statement::verify(&token, &registry(), &Limits::default()).unwrap_err();
    assert!(matches!(refusal, StatementError::Proof(_)), "{refusal}");
    assert_eq!(refusal.code(), "trust.statement_invalid");
}

#[test]
fn statement_of_another_type_is_refused() {
    for typ in [
        "JWT",
        "chancery-description+jwt",
        "vc+jwt",
        "CHANCERY-TRQP",
        "application/chancery-trqp+jwt2",
    ] {
        let token = jose::sign(typ, &kid(), &claims(), &signer(9)).unwrap();
        let refusal = Statement::verify(&token, &registry(), &Limits::default()).unwrap_err();
        assert_eq!(refusal.code(), "trust.statement_invalid", "{typ}");
    }
}

#[test]
fn statement_with_one_changed_character_is_refused() {
    let token = statement().sign(&kid(), &signer(9)).unwrap();
    let mut refused = 0;
    for index in (0..token.len()).step_by(7) {
        let mut bytes = token.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(
            Statement::verify(&changed, &registry(), &Limits::default()).is_err(),
            "{index}"
        );
        refused += 1;
    }
    assert!(refused > 50);
    for token in ["", ".", "..", "a.b.c", "{}", token.rsplit_once('.').unwrap().0] {
        assert!(
            Statement::verify(token, &registry(), &Limits::default()).is_err(),
            "{token}"
        );
    }
}

#[test]
fn statement_of_another_registry_or_authority_is_refused() {
    for (name, value) in [
        ("iss", "did:web:federation.example"),
        ("iss", "did:web:federation.example:status"),
        ("authority_id", "did:web:acme.example"),
        ("authority_id", "did:web:federation.example:trqp"),
    ] {
        let refusal = verified(&super::with(&claims(), name, Some(json!(value)))).unwrap_err();
        assert!(
            matches!(refusal, StatementError::NotTheRegistry { .. }),
            "{name} {value}: {refusal}"
        );
    }
}

/// A response without expiry is refused.
#[test]
fn claim_that_is_missing_or_cannot_be_taken_is_refused() {
    let cases = [
        ("exp", None),
        ("iat", None),
        ("iss", None),
        ("query", None),
        ("entity_id", None),
        ("authority_id", None),
        ("action", None),
        ("resource", None),
        ("recognized", None),
        ("time_evaluated", None),
        ("exp", Some(json!(NOON))),
        ("exp", Some(json!(NOON - 1))),
        ("exp", Some(json!(NOON + 86_401))),
        ("exp", Some(json!(NOON as f64 + 300.5))),
        ("exp", Some(json!("1750000300"))),
        ("exp", Some(json!(9_007_199_254_740_991_u64))),
        ("iat", Some(json!(-1))),
        ("query", Some(json!("delegation"))),
        ("query", Some(json!("authorization"))),
        ("recognized", Some(json!("true"))),
        ("recognized", Some(json!(1))),
        ("authorized", Some(json!(true))),
        ("time_evaluated", Some(json!(""))),
        ("time_evaluated", Some(json!("2025-06-15T17:06:40+02:00"))),
        ("time_requested", Some(json!("noon"))),
        ("keys", Some(json!(["short"]))),
        ("keys", Some(json!([THUMBPRINT, THUMBPRINT]))),
        ("keys", Some(json!(THUMBPRINT))),
        ("sub", Some(json!("did:web:acme.example"))),
        ("context", Some(json!({}))),
        ("nbf", Some(json!(NOON))),
        ("entity_id", Some(json!("a b"))),
    ];
    for (name, value) in cases {
        let result = verified(&super::with(&claims(), name, value.clone()));
        let refusal = result.expect_err(&format!("{name} {value:?}"));
        assert_eq!(refusal.code(), "trust.statement_invalid", "{name} {value:?}");
    }
}

#[test]
fn statement_answers_exactly_its_question() {
    let statement = statement();
    let asked = question(Query::Recognition);
    assert!(statement.answers(&asked));
    let mut other = Vec::new();
    for change in 0..6 {
        let mut question = asked.clone();
        match change {
            0 => question.query = Query::Authorization,
            1 => question.entity_id = "did:web:acme.example:x".to_owned(),
            2 => question.authority_id = "did:web:acme.example".to_owned(),
            3 => question.action = "refund:*".to_owned(),
            4 => question.resource = "https://a.example/o/2".to_owned(),
            _ => question.time = Some(at(0)),
        }
        other.push(question);
    }
    assert!(other.iter().all(|question| !statement.answers(question)));
}

/// A stale `authorized: true` is replayed.
#[test]
fn statement_holds_until_it_ends_or_is_too_old() {
    let statement = statement();
    assert!(statement.judge(&registry(), at(0), 0).is_ok());
    assert!(statement.judge(&registry(), at(59), 0).is_ok());
    for seconds in [60, 61, 300, 1_000_000] {
        let refusal = statement.judge(&registry(), at(seconds), 300_000).unwrap_err();
        assert_eq!(refusal.code(), "trust.statement_expired", "{seconds}");
    }
    let patient = RegistryAnchor {
        max_age_ms: 86_400_000,
        ..registry()
    };
    assert!(statement.judge(&patient, at(299), 0).is_ok());
    assert_eq!(
        statement.judge(&patient, at(300), 0).unwrap_err().code(),
        "trust.statement_expired"
    );
}

#[test]
fn statement_re_signed_over_an_old_look_is_as_old_as_the_look() {
    let mut statement = statement();
    statement.issued_at = at(1_000);
    statement.expires_at = at(1_300);
    assert_eq!(
        statement.judge(&registry(), at(1_001), 0).unwrap_err().code(),
        "trust.statement_expired"
    );
}

#[test]
fn statement_of_times_to_come_is_refused() {
    let statement = statement();
    assert!(statement.judge(&registry(), at(-60), 60_000).is_ok());
    assert_eq!(
        statement.judge(&registry(), at(-61), 60_000).unwrap_err().code(),
        "trust.statement_invalid"
    );
    let mut ahead = statement;
    ahead.time_evaluated = at(3_600);
    assert_eq!(
        ahead.judge(&registry(), at(0), 60_000).unwrap_err().code(),
        "trust.statement_invalid"
    );
}

#[test]
fn life_of_a_statement_is_bounded() {
    let statement = Statement::new(
        registry().did,
        question(Query::Recognition),
        true,
        at(0),
        i64::MAX,
    );
    assert_eq!(statement.expires_at, at(86_400));
    let statement = Statement::new(registry().did, question(Query::Recognition), true, at(0), -5);
    assert_eq!(statement.expires_at, at(1));
}
