//! Deliberate mistakes, one or more for each type of constraint: the properties have to catch every one.

use chancery_vc::constraint::Constraint;
use proptest::test_runner::TestError;
use serde_json::Value;

use super::{Judge, REAL, soundness, statelessness};

fn within(kind: &'static str, within: fn(&Constraint, &Constraint) -> bool) {
    caught(kind, soundness(kind, Judge { within, ..REAL }));
}

fn stateless(kind: &'static str) {
    let mutant = Judge {
        permits: |constraint, _| constraint.to_value()["count"] != 0,
        ..REAL
    };
    caught(kind, statelessness(kind, mutant));
}

/// A counterexample names the request; a mutant that only panics or is never asked is not caught.
fn caught<T>(kind: &str, found: Result<(), TestError<T>>) {
    let Err(TestError::Fail(reason, _)) = found else {
        panic!("the mutant of {kind} was not caught")
    };
    assert!(reason.message().contains("Request"), "{kind}: {reason}");
}

fn texts(constraint: &Constraint, member: &str) -> Vec<String> {
    let value = constraint.to_value();
    value[member]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

fn text(constraint: &Constraint, member: &str) -> String {
    constraint.to_value()[member]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn operand(constraint: &Constraint, operator: &str) -> Option<String> {
    constraint.to_value()["match"][operator]
        .as_str()
        .map(str::to_owned)
}

#[test]
fn an_amount_compared_as_text_is_caught() {
    within("Amount", |child, parent| {
        text(child, "fact") == text(parent, "fact")
            && text(child, "currency") == text(parent, "currency")
            && text(child, "max") <= text(parent, "max")
    });
}

#[test]
fn an_amount_in_another_currency_is_caught() {
    within("Amount", |child, parent| {
        let max = |constraint| text(constraint, "max").parse::<f64>().unwrap();
        text(child, "fact") == text(parent, "fact") && max(child) <= max(parent)
    });
}

#[test]
fn levels_compared_by_the_alphabet_are_caught() {
    within("AtMost", |child, parent| {
        text(child, "scale") == text(parent, "scale") && text(child, "max") <= text(parent, "max")
    });
}

#[test]
fn sets_that_only_overlap_are_caught() {
    within("OneOf", |child, parent| {
        let parents = texts(parent, "values");
        text(child, "fact") == text(parent, "fact")
            && texts(child, "values").iter().any(|value| parents.contains(value))
    });
}

#[test]
fn hours_that_forget_midnight_are_caught() {
    within("Hours", |child, parent| {
        let days = texts(parent, "days");
        texts(child, "days").iter().all(|day| days.contains(day))
            && text(child, "from") >= text(parent, "from")
            && text(child, "until") <= text(parent, "until")
    });
}

#[test]
fn hours_that_forget_the_days_are_caught() {
    within("Hours", |child, parent| {
        text(child, "from") == text(parent, "from") && text(child, "until") == text(parent, "until")
    });
}

#[test]
fn a_prefix_that_splits_a_segment_is_caught() {
    within("Argument", |child, parent| {
        let starts = operand(child, "equals")
            .or(operand(child, "prefix"))
            .zip(operand(parent, "prefix"));
        child.is_within(parent).is_ok()
            || text(child, "pointer") == text(parent, "pointer")
                && child.to_value()["closed"] == parent.to_value()["closed"]
                && starts.is_some_and(|(child, parent)| child.starts_with(&parent))
    });
}

#[test]
fn a_child_that_opens_what_was_closed_is_caught() {
    within("Argument", |child, parent| {
        let mut opened = parent.to_value();
        opened["closed"] = Value::Bool(false);
        child.is_within(&Constraint::parse(&opened)).is_ok()
    });
}

#[test]
fn a_service_compared_by_its_beginning_is_caught() {
    within("Audience", |child, parent| {
        let parents = texts(parent, "services");
        texts(child, "services")
            .iter()
            .all(|service| parents.iter().any(|known| service.starts_with(known)))
    });
}

#[test]
fn an_approval_that_widens_its_exception_is_caught() {
    within("Approval", |child, parent| {
        let (child, parent) = (texts(child, "approvers"), texts(parent, "approvers"));
        child.iter().all(|approver| parent.contains(approver))
    });
}

#[test]
fn a_budget_without_its_counter_is_caught() {
    stateless("Budget");
}

#[test]
fn a_rate_without_its_counter_is_caught() {
    stateless("Rate");
}

#[test]
fn uses_without_their_counter_are_caught() {
    stateless("Uses");
}

#[test]
fn a_session_without_its_state_is_caught() {
    stateless("Session");
}

#[test]
fn a_composite_without_its_attestation_is_caught() {
    stateless("Composite");
}
