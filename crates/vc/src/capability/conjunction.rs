//! The conjunction of a cited path (profile, section Capability: conjunction, not cleverness).
//!
//! INVARIANT: every constraint of every hop has to permit, and what a hop permits hangs on that hop alone, so one
//! more hop, wherever it is put, never permits more.

use super::Entry;
use crate::constraint::{Argument, Constraint, Facts, Refusal};

/// Decides a request under every hop of a cited path: action, resource and all constraints.
///
/// `hops` are the cited entries, the root's first, each with the number that a refusal names; the verifier's own
/// grant comes last. A hop's `closed` forbids the arguments that no constraint of that hop names: an argument that
/// another hop names stays forbidden, or a delegation could widen what its parent, or the verifier's grant, closed.
///
/// # Errors
/// The first refusal, with its hop. A definite refusal goes before one that only lacks a zone's offset
/// (`evidence.needed`), so that nothing is fetched for a request that is refused anyway. No hops at all are
/// `constraint.not_granted`.
pub fn conjunction_permits(hops: &[(usize, &Entry)], facts: &Facts<'_>) -> Result<(), (usize, Refusal)> {
    if hops.is_empty() {
        return Err((0, Refusal::new("constraint.not_granted", "nothing is granted")));
    }
    let mut undecided = None;
    for (hop, entry) in hops {
        entry.names(facts).map_err(|refusal| (*hop, refusal))?;
        let named: Vec<&Argument> = entry.constraint.iter().filter_map(argument).collect();
        for constraint in &entry.constraint {
            let outcome = match argument(constraint) {
                Some(argument) => argument.permits_among(facts, &named),
                None => constraint.permits(facts),
            };
            match outcome {
                Ok(()) => {}
                Err(refusal) if refusal.needs_zone.is_some() => {
                    undecided.get_or_insert((*hop, refusal));
                }
                Err(refusal) => return Err((*hop, refusal)),
            }
        }
    }
    undecided.map_or(Ok(()), Err)
}

/// Lists the constraints of a cited path with their hops, exact duplicates dropped.
#[must_use]
pub fn effective<'e>(hops: &[(usize, &'e Entry)]) -> Vec<(usize, &'e Constraint)> {
    let mut listed: Vec<(usize, &Constraint)> = Vec::new();
    for (hop, entry) in hops {
        for constraint in &entry.constraint {
            if !listed.iter().any(|(_, known)| *known == constraint) {
                listed.push((*hop, constraint));
            }
        }
    }
    listed
}

fn argument(constraint: &Constraint) -> Option<&Argument> {
    if let Constraint::Argument(argument) = constraint {
        Some(argument)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::constraint::case::Case;

    fn entry(constraints: &Value) -> Value {
        json!({
            "action": ["refund:*"],
            "resource": ["https://api.acme.example/orders/*"],
            "constraint": constraints,
        })
    }

    fn up_to(max: &str) -> Value {
        json!({"type": "Amount", "fact": "amount", "max": max, "currency": "EUR"})
    }

    fn argument(pointer: &str, closed: bool) -> Value {
        json!({"type": "Argument", "pointer": pointer, "match": {"maxLength": 9}, "closed": closed})
    }

    fn hours() -> Value {
        json!({"type": "Hours", "days": ["We"], "from": "09:00", "until": "17:00", "timeZone": "Europe/Berlin"})
    }

    fn refund(value: &str) -> Case {
        Case::new().fact("amount", &json!({"value": value, "currency": "EUR"}))
    }

    fn bare() -> Value {
        json!({"action": ["refund:create"], "resource": ["https://api.acme.example/orders/42"]})
    }

    #[test]
    fn a_child_that_omits_its_parents_constraints_is_still_bound_by_them() {
        let root = entry(&json!([up_to("100")]));
        assert_eq!(refund("100").judge_path(&[&root, &bare()]), (0, "ok"));
        assert_eq!(
            refund("101").judge_path(&[&root, &bare()]),
            (0, "constraint.amount")
        );
        let approved =
            entry(&json!([{"type": "Approval", "approvers": ["did:web:ann.example"], "quorum": 1}]));
        assert_eq!(
            refund("1").judge_path(&[&approved, &bare()]),
            (0, "constraint.state_missing")
        );
        let mut evening = refund("1");
        evening.at += 10 * 3600;
        assert_eq!(
            evening.judge_path(&[&entry(&json!([hours()])), &bare()]),
            (0, "constraint.hours")
        );
    }

    #[test]
    fn every_hop_is_asked_and_the_refusing_one_is_named() {
        let (root, child, grant) = (
            entry(&json!([up_to("100")])),
            entry(&json!([up_to("40")])),
            entry(&json!([up_to("80")])),
        );
        assert_eq!(refund("35").judge_path(&[&root, &child, &grant]), (0, "ok"));
        assert_eq!(
            refund("60").judge_path(&[&root, &child, &grant]),
            (1, "constraint.amount")
        );
        assert_eq!(
            refund("90").judge_path(&[&root, &grant]),
            (1, "constraint.amount")
        );
        assert_eq!(
            refund("35").judge_path(&[&root, &child, &entry(&json!([{"type": "Weather"}]))]),
            (2, "constraint.unknown")
        );
        assert_eq!(
            refund("35").judge_path(&[&entry(&json!([{"type": "Weather"}])), &child]),
            (0, "constraint.unknown")
        );
    }

    #[test]
    fn constraints_in_different_units_permit_nothing_together() {
        let dinars = json!({"type": "Amount", "fact": "amount", "max": "100", "currency": "KWD"});
        let path = [&entry(&json!([up_to("100")])), &entry(&json!([dinars]))];
        assert_eq!(refund("1").judge_path(&path), (1, "constraint.amount"));
        let kwd = Case::new().fact("amount", &json!({"value": "1", "currency": "KWD"}));
        assert_eq!(kwd.judge_path(&path), (0, "constraint.amount"));
    }

    #[test]
    fn an_action_or_resource_that_one_hop_does_not_name_is_refused() {
        let case = refund("1");
        let read = Case {
            action: "customer:read",
            ..case.clone()
        };
        assert_eq!(read.judge_path(&[&bare()]), (0, "constraint.action"));
        let wild = Case {
            action: "refund:*",
            ..case.clone()
        };
        assert_eq!(
            wild.judge_path(&[&entry(&json!([up_to("9")]))]),
            (0, "constraint.action")
        );
        let other = Case {
            resource: "https://api.acme.example/orders/43",
            ..case.clone()
        };
        assert_eq!(
            other.judge_path(&[&entry(&json!([up_to("9")])), &bare()]),
            (1, "constraint.resource")
        );
    }

    #[test]
    fn empty_and_null_sets_permit_nothing() {
        assert_eq!(refund("1").judge_path(&[]), (0, "constraint.not_granted"));
        for member in ["action", "resource", "constraint"] {
            for value in [json!([]), json!(null)] {
                let mut entry = bare();
                entry[member] = value;
                assert_eq!(
                    refund("1").judge_path(&[&entry]),
                    (0, "constraint.empty"),
                    "{entry}"
                );
            }
        }
    }

    #[test]
    fn a_definite_refusal_goes_before_a_missing_offset() {
        let path = [&entry(&json!([hours(), up_to("40")])), &bare()];
        let case = |value| Case {
            offset: None,
            ..refund(value)
        };
        assert_eq!(case("41").judge_path(&path), (0, "constraint.amount"));
        assert_eq!(case("40").judge_path(&path), (0, "evidence.needed"));
    }

    #[test]
    fn closed_counts_the_names_of_its_own_hop() {
        let root = entry(&json!([argument("/order", false)]));
        let child = entry(&json!([argument("/memo", true)]));
        let case = |arguments| Case::new().arguments(arguments);
        let two = case(json!({"order": "42", "memo": "x"}));
        assert_eq!(two.judge_path(&[&root, &child]), (1, "constraint.argument"));
        assert_eq!(two.judge_path(&[&root]), (0, "ok"), "nobody closed it");
        let both = entry(&json!([argument("/order", true), argument("/memo", true)]));
        assert_eq!(two.judge_path(&[&root, &both]), (0, "ok"));
        let more = case(json!({"order": "42", "memo": "x", "account": "y"}));
        assert_eq!(more.judge_path(&[&root, &both]), (1, "constraint.argument"));
    }

    #[test]
    fn no_hop_of_the_chain_may_admit_an_argument_that_the_grant_shut_out() {
        let grant = entry(&json!([argument("/order", true)]));
        let root = entry(&json!([argument("/memo", false)]));
        let with_memo = Case::new().arguments(json!({"order": "42", "memo": "x"}));
        for path in [
            vec![&grant],
            vec![&root, &grant],
            vec![&root, &root, &grant],
            vec![&grant, &root, &grant],
        ] {
            assert_eq!(with_memo.judge_path(&path).1, "constraint.argument");
        }
        // Nor with the pointer that leads to everything.
        let mut whole = argument("", false);
        whole["match"] = json!({"equals": {"order": "42", "memo": "x"}});
        assert_eq!(
            with_memo.judge_path(&[&entry(&json!([whole])), &grant]),
            (1, "constraint.argument")
        );
    }

    #[test]
    fn a_child_may_not_admit_an_argument_that_its_parent_shut_out() {
        let root = entry(&json!([argument("/order", true)]));
        let child = entry(&json!([argument("/memo", false)]));
        let with_memo = Case::new().arguments(json!({"order": "42", "memo": "x"}));
        assert_eq!(with_memo.judge_path(&[&root]), (0, "constraint.argument"));
        assert_eq!(with_memo.judge_path(&[&root, &child]), (0, "constraint.argument"));
        assert_eq!(
            with_memo.judge_path(&[&root, &bare(), &child]),
            (0, "constraint.argument")
        );
    }

    #[test]
    fn exact_duplicates_are_listed_once() {
        let parse = |value: Value| Entry::parse(&value).unwrap();
        let (root, child) = (
            parse(entry(&json!([up_to("100"), hours()]))),
            parse(entry(&json!([up_to("100"), up_to("40")]))),
        );
        let listed: Vec<(usize, &str)> = effective(&[(0, &root), (1, &child)])
            .iter()
            .map(|(hop, constraint)| (*hop, constraint.type_name()))
            .collect();
        assert_eq!(listed, [(0, "Amount"), (0, "Hours"), (1, "Amount")]);
    }
}
