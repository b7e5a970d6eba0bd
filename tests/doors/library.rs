//! The corpus through the library: the verdict that every other door must repeat.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use chancery_did::Timestamp;
use chancery_proof::{NoSuites, Suites};
use chancery_rdfc::Rdfc;
use chancery_tests::{Outcome, Vector, compare, compare_with, corpus};
use chancery_trust::Policy;
use chancery_verifier::{Decision, Evidence, Moment, Request, rejection, verify_with};

fn judge(vector: &Vector) -> Decision {
    judge_with(vector, &Rdfc::new())
}

fn judge_with(vector: &Vector, suites: &dyn Suites) -> Decision {
    let document = &vector.document;
    let at = Timestamp::parse(vector.text("at")).unwrap();
    let moment = if document["historical"] == true {
        Moment::Historical(at)
    } else {
        Moment::Now(at)
    };
    verify_with(
        vector.text("presentation").as_bytes(),
        &Evidence::parse_value(&document["evidence"]).unwrap(),
        &Policy::parse_value(&document["policy"]).unwrap(),
        &Request::parse(&document["request"]).unwrap(),
        moment,
        suites,
    )
}

#[test]
fn the_corpus_gets_its_verdict_and_code() {
    let said: Vec<_> = corpus()
        .into_iter()
        .map(|vector| {
            let outcome = Outcome::of(&judge(&vector).to_value());
            (vector, outcome)
        })
        .collect();
    compare("library", &said);
}

#[test]
fn a_library_without_rdf_cannot_tell_of_what_needs_it() {
    let said: Vec<_> = corpus()
        .into_iter()
        .map(|vector| {
            let outcome = Outcome::of(&judge_with(&vector, &NoSuites).to_value());
            (vector, outcome)
        })
        .collect();
    compare_with("library without rdfc", &said, |vector| {
        vector.expected_without("rdfc")
    });
}

#[test]
fn negative_vectors_outnumber_positive_ones() {
    let (allowed, refused): (Vec<_>, Vec<_>) =
        corpus().into_iter().partition(|vector| vector.expected().allow);
    assert!(!allowed.is_empty());
    assert!(
        refused.len() > 3 * allowed.len(),
        "{} refused, {} allowed",
        refused.len(),
        allowed.len()
    );
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
    let unknown: Vec<&String> = shown
        .iter()
        .filter(|code| rejection::explain(code).is_none())
        .collect();
    assert!(
        unknown.is_empty(),
        "codes that the table does not know: {unknown:?}"
    );
}

#[test]
fn a_verdict_is_the_same_when_asked_twice() {
    for vector in corpus() {
        assert_eq!(
            judge(&vector).to_value(),
            judge(&vector).to_value(),
            "{}",
            vector.name
        );
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

/// How many single-byte changes of one text are tried.
const CHANGES: usize = 500;

/// The text with one byte flipped, removed or doubled, evenly over its length.
fn changed(text: &str, number: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = number * bytes.len() / CHANGES;
    match number % 4 {
        0 => bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' },
        1 => bytes[at] ^= 1,
        2 => drop(bytes.remove(at)),
        _ => bytes.insert(at, bytes[at]),
    }
    String::from_utf8(bytes).unwrap_or_default()
}

#[test]
fn no_single_byte_of_a_presentation_is_free() {
    let swept = [
        "allow_delegated",
        "allow_delegated_jose",
        "allow_p256_agents",
        "allow_mixed_keys",
    ];
    for vector in corpus()
        .into_iter()
        .filter(|vector| swept.contains(&vector.name.as_str()))
    {
        assert!(judge(&vector).allow, "{}", vector.name);
        for number in 0..CHANGES {
            let mut bent = vector.clone();
            bent.document["presentation"] = changed(vector.text("presentation"), number).into();
            let decision = judge(&bent);
            assert!(
                !decision.allow && decision.commit.is_empty(),
                "{} change {number}",
                vector.name
            );
        }
    }
}

#[test]
fn no_single_byte_of_a_status_list_is_free() {
    for name in ["allow_direct", "allow_status_list_jose"] {
        let vector = corpus().into_iter().find(|vector| vector.name == name).unwrap();
        for number in 0..CHANGES {
            let mut bent = vector.clone();
            for list in bent.document["evidence"]["statusLists"]
                .as_object_mut()
                .unwrap()
                .values_mut()
            {
                *list = changed(list.as_str().unwrap(), number).into();
            }
            let decision = judge(&bent);
            assert!(
                !decision.allow && decision.commit.is_empty(),
                "{name} change {number}"
            );
        }
    }
}

#[test]
fn nothing_is_allowed_when_anything_is_missing() {
    for vector in corpus().into_iter().filter(|vector| vector.expected().allow) {
        let evidence = vector.document["evidence"].clone();
        for kind in ["documents", "statusLists"] {
            for key in evidence[kind].as_object().unwrap().keys() {
                let mut bent = vector.clone();
                bent.document["evidence"][kind]
                    .as_object_mut()
                    .unwrap()
                    .remove(key);
                let decision = judge(&bent);
                // What was not relied on may be missing, and so may a list that came stapled too.
                let relied = judge(&vector).evidence.iter().any(|relied| relied.id == *key);
                let used = relied && !(kind == "statusLists" && vector.name.contains("stapled"));
                assert!(
                    !used || (!decision.allow && decision.code == "evidence.needed"),
                    "{} without {key}",
                    vector.name
                );
            }
        }
    }
}
