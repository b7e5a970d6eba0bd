//! Recognition: one deep, by the verifier's own registry, fresh.

use super::*;
use chancery_did::{DidUrl, KeyType, PublicKey, SecretKey};
use chancery_vc::PaperType;

const NOON: i64 = 1_750_000_000;
const REFUND: (&str, &str) = ("refund:create", "https://api.globex.example/orders/1001");

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(NOON.saturating_add(seconds))
}

fn did(text: &str) -> Did {
    Did::parse(text).unwrap()
}

fn signer(seed: u8) -> SecretKey {
    SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32]).unwrap()
}

fn registry(name: &str, key: PublicKey) -> RegistryAnchor {
    RegistryAnchor {
        name: name.to_owned(),
        did: did(&format!("did:web:{name}.example:trqp")),
        key,
        authority: did(&format!("did:web:{name}.example")),
        endpoint: format!("https://{name}.example/trqp"),
        max_age_ms: 300_000,
    }
}

fn policy() -> Policy {
    let anchor = Anchor {
        papers: vec![PaperType::Passport],
        subjects: vec!["did:key".to_owned()],
        ..Anchor::recognized_by("federation")
    };
    Policy {
        anchors: vec![anchor],
        registries: vec![registry("federation", signer(9).public_key().clone())],
        ..Policy::new("https://api.globex.example")
    }
}

/// A statement of the federation about `entity`, evaluated `seconds` after noon and good for five minutes.
fn says(entity: &str, outcome: bool, seconds: i64) -> String {
    token(
        &registry("federation", signer(9).public_key().clone()),
        9,
        entity,
        outcome,
        seconds,
    )
}

fn token(registry: &RegistryAnchor, seed: u8, entity: &str, outcome: bool, seconds: i64) -> String {
    let authority = registry.authority.as_str();
    let question = Question::new(Query::Recognition, entity, authority, REFUND.0, REFUND.1).unwrap();
    let statement = Statement::new(registry.did.clone(), question, outcome, at(seconds), 300_000);
    statement
        .sign(
            &DidUrl::parse(&format!("{}#key-1", registry.did)).unwrap(),
            &signer(seed),
        )
        .unwrap()
}

/// How `did:web:initech.example` stands at noon.
fn stands(statements: &[String]) -> Result<&'static str, &'static str> {
    let policy = policy();
    let issuer = did("did:web:initech.example");
    let standing = recognize(
        &policy,
        &policy.anchors[0],
        &issuer,
        REFUND,
        statements,
        at(0),
        &Limits::default(),
    );
    match standing {
        Ok(Standing::NotAsked) => Ok("not asked"),
        Ok(Standing::Recognized { .. }) => Ok("recognized"),
        Ok(Standing::Ask { because: None, .. }) => Ok("ask"),
        Ok(Standing::Ask {
            because: Some(error), ..
        }) => Ok(error.code()),
        Err(error) => Err(error.code()),
    }
}

const INITECH: &str = "did:web:initech.example";

#[test]
fn registrys_word_decides() {
    assert_eq!(stands(&[says(INITECH, true, 0)]), Ok("recognized"));
    assert_eq!(stands(&[says(INITECH, false, 0)]), Err("trust.not_recognized"));
}

#[test]
fn without_a_statement_the_question_is_named() {
    let policy = policy();
    let issuer = did(INITECH);
    let standing = recognize(
        &policy,
        &policy.anchors[0],
        &issuer,
        REFUND,
        &[],
        at(0),
        &Limits::default(),
    );
    let Ok(Standing::Ask {
        registry,
        question,
        because: None,
    }) = standing
    else {
        panic!("{standing:?}")
    };
    assert_eq!(registry.name, "federation");
    assert_eq!(question.query, Query::Recognition);
    assert_eq!(question.entity_id, INITECH);
    assert_eq!(question.authority_id, "did:web:federation.example");
    assert_eq!((question.action.as_str(), question.resource.as_str()), REFUND);
    assert_eq!(question.time, None);
}

#[test]
fn statement_about_another_issuer_is_passed_over() {
    for entity in [
        "did:web:initech.example:x",
        "did:web:initech.example.evil",
        "did:web:federation.example",
    ] {
        assert_eq!(stands(&[says(entity, true, 0)]), Ok("ask"), "{entity}");
    }
}

#[test]
fn statement_that_ended_asks_again() {
    assert_eq!(
        stands(&[says(INITECH, true, -300)]),
        Ok("trust.statement_expired")
    );
    assert_eq!(
        stands(&[says(INITECH, false, -300)]),
        Ok("trust.statement_expired")
    );
    assert_eq!(stands(&[says(INITECH, true, 61)]), Ok("trust.statement_invalid"));
}

/// An older `true` is replayed beside, or instead of, the newer `false`.
#[test]
fn newest_statement_wins_in_any_order() {
    let (yes, no) = (says(INITECH, true, -100), says(INITECH, false, -50));
    assert_eq!(stands(&[yes.clone(), no.clone()]), Err("trust.not_recognized"));
    assert_eq!(stands(&[no, yes]), Err("trust.not_recognized"));
    let (yes, no) = (says(INITECH, true, -50), says(INITECH, false, -100));
    assert_eq!(stands(&[yes, no]), Ok("recognized"));
}

#[test]
fn newer_statement_that_ended_puts_older_ones_aside() {
    let question = Question::new(
        Query::Recognition,
        INITECH,
        "did:web:federation.example",
        REFUND.0,
        REFUND.1,
    )
    .unwrap();
    let registry = did("did:web:federation.example:trqp");
    let short = Statement::new(registry, question, false, at(-50), 10_000);
    let short = short
        .sign(
            &DidUrl::parse("did:web:federation.example:trqp#key-1").unwrap(),
            &signer(9),
        )
        .unwrap();
    assert_eq!(
        stands(&[says(INITECH, true, -100), short.clone()]),
        Ok("trust.statement_expired")
    );
    assert_eq!(stands(&[says(INITECH, true, -20), short]), Ok("recognized"));
}

#[test]
fn of_equally_new_statements_the_refusal_wins() {
    let (yes, no) = (says(INITECH, true, -50), says(INITECH, false, -50));
    assert_eq!(stands(&[yes.clone(), no.clone()]), Err("trust.not_recognized"));
    assert_eq!(stands(&[no, yes]), Err("trust.not_recognized"));
}

#[test]
fn statement_that_does_not_hold_hides_no_good_one() {
    let forged = token(&policy().registries[0], 8, INITECH, false, 0);
    assert_eq!(
        stands(std::slice::from_ref(&forged)),
        Ok("trust.statement_invalid")
    );
    assert_eq!(
        stands(&[forged, "x".to_owned(), says(INITECH, true, 0)]),
        Ok("recognized")
    );
}

/// Recognition depth 1: a recognized authority's own registry vouches for nobody here.
#[test]
fn recognized_authority_recognizes_nobody_for_us() {
    let initech = registry("initech", signer(7).public_key().clone());
    let second_hand = token(&initech, 7, "did:web:umbrella.example", true, 0);
    let first_hand = says(INITECH, true, 0);
    let policy = policy();
    let umbrella = did("did:web:umbrella.example");
    let statements = [first_hand, second_hand];
    let standing = recognize(
        &policy,
        &policy.anchors[0],
        &umbrella,
        REFUND,
        &statements,
        at(0),
        &Limits::default(),
    );
    assert!(matches!(standing, Ok(Standing::Ask { .. })), "{standing:?}");
}

#[test]
fn registry_is_never_recognized_by_its_own_word() {
    let policy = policy();
    for entity in ["did:web:federation.example", "did:web:federation.example:trqp"] {
        let statements = [says(entity, true, 0)];
        let issuer = did(entity);
        let refusal = recognize(
            &policy,
            &policy.anchors[0],
            &issuer,
            REFUND,
            &statements,
            at(0),
            &Limits::default(),
        );
        assert_eq!(refusal.unwrap_err().code(), "trust.not_recognized", "{entity}");
    }
}

#[test]
fn word_of_one_registry_does_not_serve_an_anchor_of_another() {
    let mut policy = policy();
    policy
        .registries
        .push(registry("guild", signer(6).public_key().clone()));
    policy.anchors.push(Anchor::recognized_by("guild"));
    let issuer = did(INITECH);
    let statements = [says(INITECH, true, 0)];
    let standing = recognize(
        &policy,
        &policy.anchors[1],
        &issuer,
        REFUND,
        &statements,
        at(0),
        &Limits::default(),
    );
    assert!(matches!(standing, Ok(Standing::Ask { .. })), "{standing:?}");
}

#[test]
fn anchor_that_names_its_issuer_may_ask_too() {
    let mut policy = policy();
    let issuer = did(INITECH);
    policy.anchors[0].issuer = Some(issuer.clone());
    let judge = |issuer: &Did, statements: &[String]| {
        recognize(
            &policy,
            &policy.anchors[0],
            issuer,
            REFUND,
            statements,
            at(0),
            &Limits::default(),
        )
        .map(|standing| matches!(standing, Standing::Recognized { .. }))
        .map_err(|error| error.code())
    };
    assert_eq!(judge(&issuer, &[says(INITECH, true, 0)]), Ok(true));
    assert_eq!(judge(&issuer, &[]), Ok(false));
    assert_eq!(
        judge(&did("did:web:umbrella.example"), &[]),
        Err("trust.unknown_issuer")
    );
}

#[test]
fn anchor_without_a_registry_asks_nobody_and_an_empty_one_trusts_nobody() {
    let policy = policy();
    let issuer = did(INITECH);
    let named = Anchor::issuer(issuer.clone());
    let judge = |anchor: &Anchor| {
        recognize(&policy, anchor, &issuer, REFUND, &[], at(0), &Limits::default()).map(drop_standing)
    };
    assert_eq!(judge(&named).unwrap(), "not asked");
    let empty = Anchor {
        issuer: None,
        ..named
    };
    assert_eq!(judge(&empty).unwrap_err().code(), "trust.unknown_issuer");
    assert_eq!(
        judge(&Anchor::recognized_by("nobody")).unwrap_err().code(),
        "trust.unknown_issuer"
    );
}

fn drop_standing(standing: Standing<'_>) -> &'static str {
    if matches!(standing, Standing::NotAsked) {
        "not asked"
    } else {
        "asked"
    }
}

#[test]
fn authorization_is_judged_by_the_same_rules() {
    let policy = policy();
    let registry = &policy.registries[0];
    let agent = did("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
    let question = Question::new(
        Query::Authorization,
        agent.as_str(),
        registry.authority.as_str(),
        REFUND.0,
        REFUND.1,
    )
    .unwrap();
    let kid = DidUrl::parse(&format!("{}#key-1", registry.did)).unwrap();
    let sign = |outcome: bool| {
        let statement = Statement::new(registry.did.clone(), question.clone(), outcome, at(0), 300_000);
        vec![statement.sign(&kid, &signer(9)).unwrap()]
    };
    let judge = |statements: &[String]| {
        authorize(
            registry,
            &agent,
            REFUND,
            statements,
            (at(0), 60_000),
            &Limits::default(),
        )
        .map(|standing| matches!(standing, Standing::Recognized { .. }))
        .map_err(|error| error.code())
    };
    assert_eq!(judge(&sign(true)), Ok(true));
    assert_eq!(judge(&sign(false)), Err("trust.not_authorized"));
    assert_eq!(judge(&[]), Ok(false));
    assert_eq!(
        judge(&[says(agent.as_str(), true, 0)]),
        Ok(false),
        "a recognition authorizes nobody"
    );
}

/// A registry that is a service of the very authority that it is asked about, under another authority's name.
#[test]
fn service_of_the_issuer_is_no_witness_for_it() {
    let mut policy = policy();
    policy.registries[0].did = did("did:web:acme.example:trqp");
    policy.registries[0].authority = did("did:web:front.example");
    let statement = token(&policy.registries[0], 9, "did:web:acme.example", true, 0);
    let judged = recognize(
        &policy,
        &policy.anchors[0],
        &did("did:web:acme.example"),
        REFUND,
        &[statement],
        at(1),
        &Limits::default(),
    );
    assert_eq!(judged.unwrap_err().code(), "trust.not_recognized");
}

/// The registry's word about one authority is shown again for another whose name looks alike.
#[test]
fn statement_about_one_entity_says_nothing_about_a_look_alike() {
    let policy = policy();
    let statements = [says("did:web:acme.example", true, 0)];
    for issuer in [
        "did:web:acme.example:x",
        "did:web:acme.example%3A8443",
        "did:web:acme.exampl",
        "did:web:xn--cme-7cd.example",
    ] {
        let judged = recognize(
            &policy,
            &policy.anchors[0],
            &did(issuer),
            REFUND,
            &statements,
            at(1),
            &Limits::default(),
        );
        assert!(matches!(judged, Ok(Standing::Ask { .. })), "{issuer}: {judged:?}");
    }
}

/// A statement of another registry, under that registry's key, lies beside: ours is asked all the same.
#[test]
fn statement_of_another_registry_does_not_keep_ours_from_being_asked() {
    let policy = policy();
    let other = registry("initech", signer(8).public_key().clone());
    let foreign = token(&other, 8, "did:web:acme.example", true, 0);
    let judge = |statements: &[String]| {
        recognize(
            &policy,
            &policy.anchors[0],
            &did("did:web:acme.example"),
            REFUND,
            statements,
            at(1),
            &Limits::default(),
        )
    };
    assert!(matches!(
        judge(&[foreign]),
        Ok(Standing::Ask { because: None, .. })
    ));
    // One that claims to be ours under another key is a defect that is told.
    let forged = token(&policy.registries[0], 8, "did:web:acme.example", true, 0);
    assert!(matches!(
        judge(&[forged]),
        Ok(Standing::Ask {
            because: Some(StatementError::Proof(_)),
            ..
        })
    ));
}
