//! The corpus through the library: the verdict that every other door must repeat.

use std::collections::BTreeSet;

use chancery_did::Timestamp;
use chancery_tests::{Outcome, Vector, compare, corpus};
use chancery_trust::Policy;
use chancery_verifier::{Decision, Evidence, Moment, Request, rejection, verify};

fn judge(vector: &Vector) -> Decision {
    let document = &vector.document;
    let at = Timestamp::parse(vector.text("at")).unwrap();
    let moment = if document["historical"] == true { Moment::Historical(at) } else { Moment::Now(at) };
    verify(
        vector.text("presentation").as_bytes(),
        &Evidence::parse_value(&document["evidence"]).unwrap(),
        &Policy::parse_value(&document["policy"]).unwrap(),
        &Request::parse(&document["request"]).unwrap(),
        moment,
    )
}

#[test]
fn the_corpus_gets_its_verdict_and_code() {
    let said: Vec<_> = corpus().into_iter().map(|vector| {
        let outcome = Outcome::of(&judge(&vector).to_value());
        (vector, outcome)
    }).collect();
    compare("library", &said);
}

#[test]
fn negative_vectors_outnumber_positive_ones() {
    let (allowed, refused): (Vec<_>, Vec<_>) = corpus().into_iter().partition(|vector| vector.expected().allow);
    assert!(!allowed.is_empty());
    assert!(refused.len() > 3 * allowed.len(), "{} refused, {} allowed", refused.len(), allowed.len());
}

#[test]
fn every_code_that_a_verdict_can_carry_has_a_vector() {
    let shown: BTreeSet<String> = corpus().iter().map(|vector| vector.expected().code).collect();
    let missing: Vec<&str> = rejection::TABLE
        .iter()
        .filter(|row| row.by_verify)
        .map(|row| row.code)
        .filter(|code| !shown.contains(*code))
        .collect();
    assert!(missing.is_empty(), "codes without a vector: {missing:?}");
    let unknown: Vec<&String> = shown.iter().filter(|code| rejection::explain(code).is_none()).collect();
    assert!(unknown.is_empty(), "codes that the table does not know: {unknown:?}");
}

#[test]
fn a_verdict_is_the_same_when_asked_twice() {
    for vector in corpus() {
        assert_eq!(judge(&vector).to_value(), judge(&vector).to_value(), "{}", vector.name);
    }
}

#[test]
fn only_an_allow_carries_something_to_commit() {
    for vector in corpus() {
        let decision = judge(&vector);
        assert_eq!(decision.allow, !decision.commit.is_empty(), "{}", vector.name);
        assert_eq!(decision.allow, decision.code == "ok", "{}", vector.name);
    }
}
