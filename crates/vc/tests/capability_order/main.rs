//! The order of capabilities and constraints, as properties (profile, section Capability).
//!
//! Reflexive, transitive, sound, monotone, and readable again; pairs come from a narrowing generator, so that a
//! good share of them is true, and that share is asserted. Each property is tried on mutants too, since a
//! property that no mistake breaks shows nothing. Runs are seeded, hence repeatable.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::result_large_err,
    reason = "helpers of tests: a panic is a failed test, and an error is printed once"
)]

mod generate;
mod mutants;
mod request;

use chancery_vc::capability::{Action, Entry, Resource, conjunction_permits};
use chancery_vc::constraint::{Constraint, Facts};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use serde_json::Value;

use generate::{KINDS, any_constraint, constraint, pair, triple};
use request::Request;

/// One way to judge constraints: the real one, or a mutant.
#[derive(Clone, Copy)]
struct Judge {
    permits: fn(&Constraint, &Facts<'_>) -> bool,
    within: fn(&Constraint, &Constraint) -> bool,
}

const REAL: Judge = Judge {
    permits: |constraint, facts| constraint.permits(facts).is_ok(),
    within: |child, parent| child.is_within(parent).is_ok(),
};

fn run<S: Strategy>(
    cases: u32,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) -> Result<(), TestError<S::Value>> {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)).run(strategy, test)
}

fn read(value: &Value) -> Constraint {
    Constraint::parse_strict(value).unwrap()
}

/// A child, its parent, and the requests that try them.
type Trial = ((Value, Value), Vec<Request>);

/// Looks for a request that a child permits and its parent refuses, though the child is called within.
fn soundness(kind: &'static str, judge: Judge) -> Result<(), TestError<Trial>> {
    run(
        3000,
        &(pair(kind), vec(request::any(), 12)),
        |((child, parent), requests)| {
            let (child, parent) = (read(&child), read(&parent));
            if !(judge.within)(&child, &parent) {
                return Ok(());
            }
            for request in &requests {
                let escapes =
                    request.with(|facts| (judge.permits)(&child, facts) && !(judge.permits)(&parent, facts));
                prop_assert!(!escapes, "{request:?}");
            }
            Ok(())
        },
    )
}

/// Looks for a request that is permitted though nothing is known of the state.
fn statelessness(kind: &'static str, judge: Judge) -> Result<(), TestError<(Value, Request)>> {
    run(200, &(constraint(kind), request::any()), |(value, request)| {
        let value = read(&value);
        prop_assert!(
            !request.with(|facts| (judge.permits)(&value, facts)),
            "{request:?}"
        );
        Ok(())
    })
}

#[test]
fn a_constraint_is_within_itself() {
    for kind in KINDS {
        run(300, &constraint(kind), |value| {
            let value = read(&value);
            prop_assert_eq!(value.is_within(&value), Ok(()));
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
}

#[test]
fn within_is_transitive() {
    for kind in KINDS {
        let premises = std::cell::Cell::new(0_u32);
        run(3000, &triple(kind), |(low, middle, high)| {
            let (low, middle, high) = (read(&low), read(&middle), read(&high));
            if low.is_within(&middle).is_ok() && middle.is_within(&high).is_ok() {
                premises.set(premises.get().saturating_add(1));
                prop_assert_eq!(low.is_within(&high), Ok(()));
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert!(
            premises.get() >= 750,
            "{kind}: only {} of 3000 triples say anything",
            premises.get()
        );
    }
}

#[test]
fn a_child_within_its_parent_never_permits_what_the_parent_refuses() {
    for kind in KINDS {
        soundness(kind, REAL).unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
}

#[test]
fn a_good_share_of_pairs_is_within_and_a_good_share_is_not() {
    for kind in KINDS {
        let within = std::cell::Cell::new(0_u32);
        run(2000, &pair(kind), |(child, parent)| {
            within.set(
                within
                    .get()
                    .saturating_add(u32::from(read(&child).is_within(&read(&parent)).is_ok())),
            );
            Ok(())
        })
        .unwrap();
        assert!(
            (700..=1900).contains(&within.get()),
            "{kind}: {} of 2000",
            within.get()
        );
    }
}

#[test]
fn requests_are_permitted_often_enough_to_show_something() {
    for kind in [
        "Amount", "AtMost", "OneOf", "Hours", "Argument", "Audience", "Approval",
    ] {
        let permitted = std::cell::Cell::new(0_u32);
        run(4000, &(constraint(kind), request::any()), |(value, request)| {
            let permits = request.with(|facts| read(&value).permits(facts).is_ok());
            permitted.set(permitted.get().saturating_add(u32::from(permits)));
            Ok(())
        })
        .unwrap();
        assert!(
            (100..=3500).contains(&permitted.get()),
            "{kind}: {} of 4000",
            permitted.get()
        );
    }
}

#[test]
fn a_constraint_reads_again_as_itself() {
    for kind in KINDS {
        run(500, &constraint(kind), |value| {
            let constraint = read(&value);
            prop_assert_eq!(&Constraint::parse(&constraint.to_value()), &constraint);
            prop_assert_eq!(constraint.type_name(), kind);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
}

#[test]
fn different_types_are_never_within_each_other() {
    run(2000, &(any_constraint(), any_constraint()), |(child, parent)| {
        let (child, parent) = (read(&child), read(&parent));
        prop_assert!(child.type_name() == parent.type_name() || child.is_within(&parent).is_err());
        Ok(())
    })
    .unwrap();
}

#[test]
fn without_state_nothing_that_needs_it_is_permitted() {
    for kind in ["Budget", "Rate", "Uses", "Session", "Composite"] {
        statelessness(kind, REAL).unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
}

fn entry(constraints: &[Value]) -> Entry {
    Entry {
        from: None,
        action: vec![Action::parse("refund:*").unwrap()],
        resource: vec![Resource::parse("https://api.acme.example/*").unwrap()],
        constraint: constraints.iter().map(read).collect(),
        delegation: None,
    }
}

fn permits(entries: &[Entry], request: &Request) -> bool {
    let hops: Vec<(usize, &Entry)> = entries.iter().enumerate().collect();
    request.with(|facts| conjunction_permits(&hops, facts).is_ok())
}

/// A path of up to three hops that is often about arguments, since `closed` looks across the constraints of a hop.
fn path() -> impl Strategy<Value = Vec<Vec<Value>>> {
    let constraint = prop_oneof![3 => constraint("Argument"), 2 => any_constraint()];
    vec(vec(constraint, 0..3), 1..4)
}

#[test]
fn one_more_hop_never_permits_more() {
    let permitted = std::cell::Cell::new(0_u32);
    run(6000, &(path(), vec(request::any(), 6)), |(path, requests)| {
        let entries: Vec<Entry> = path.iter().map(|constraints| entry(constraints)).collect();
        for request in &requests {
            let all = permits(&entries, request);
            permitted.set(permitted.get().saturating_add(u32::from(all)));
            for left_out in 0..entries.len() {
                let mut shorter = entries.clone();
                shorter.remove(left_out);
                prop_assert!(
                    !all || shorter.is_empty() || permits(&shorter, request),
                    "{request:?}"
                );
            }
        }
        Ok(())
    })
    .unwrap();
    assert!(
        permitted.get() >= 1000,
        "only {} requests were permitted",
        permitted.get()
    );
}

#[test]
fn one_more_constraint_never_permits_more() {
    // Within one entry, an Argument constraint also names an argument for that entry's own `closed`; so it is
    // added as a hop of its own, as every party but the entry's author has to.
    run(
        6000,
        &(path(), any_constraint(), vec(request::any(), 6)),
        |(path, more, requests)| {
            let entries: Vec<Entry> = path.iter().map(|constraints| entry(constraints)).collect();
            let mut narrower = vec![entries.clone(), entries.clone()];
            narrower[0].push(entry(std::slice::from_ref(&more)));
            narrower[1].insert(0, entry(std::slice::from_ref(&more)));
            if more["type"] != "Argument" {
                for at in 0..entries.len() {
                    let mut changed = entries.clone();
                    changed[at].constraint.push(read(&more));
                    narrower.push(changed);
                }
            }
            for request in &requests {
                for narrower in &narrower {
                    prop_assert!(
                        !permits(narrower, request) || permits(&entries, request),
                        "{request:?}"
                    );
                }
            }
            Ok(())
        },
    )
    .unwrap();
}

fn resource() -> impl Strategy<Value = Resource> {
    let segment = prop::sample::select(vec!["orders", "orders2", "42", "a%20b"]);
    let origin = prop::sample::select(vec!["https://api.acme.example", "https://api.acme.example:8443"]);
    (origin, vec(segment, 0..4), any::<bool>()).prop_map(|(origin, mut segments, wildcard)| {
        if wildcard {
            segments.push("*");
        }
        Resource::parse(&format!("{origin}/{}", segments.join("/"))).unwrap()
    })
}

#[test]
fn resources_are_ordered_like_the_requests_they_cover() {
    let within = std::cell::Cell::new(0_u32);
    run(
        20_000,
        &(resource(), resource(), resource()),
        |(low, middle, high)| {
            prop_assert!(low.is_within(&low));
            prop_assert_eq!(&Resource::parse(&low.to_string()).unwrap(), &low);
            if low.is_within(&middle) {
                within.set(within.get().saturating_add(1));
                prop_assert!(!middle.is_within(&high) || low.is_within(&high), "transitive");
                prop_assert!(!low.covers(&high) || middle.covers(&high), "sound");
            }
            Ok(())
        },
    )
    .unwrap();
    assert!(within.get() >= 1000, "only {} pairs were within", within.get());
}
