//! OneOf, Audience, unknown and stateful constraints.

use serde_json::{Value, json};

use super::{malformed, with};
use crate::corpus::{Corpus, remove};
use crate::paper::{AUDIENCE, amount, digest};
use crate::party::CY;

pub(in crate::corpus) fn sets(corpus: &mut Corpus) {
    let region = |values: Value| json!({"type": "OneOf", "fact": "data", "values": values});
    for (name, asked) in [
        ("another", json!("us")),
        ("upper_case", json!("EU")),
        ("longer", json!("eu-west")),
        ("shorter", json!("e")),
        ("with_a_space", json!("eu ")),
        ("both", json!("eu,ch")),
        ("a_size", json!({"bytes": 1})),
        ("an_amount", json!({"value": "1", "currency": "EUR"})),
        ("star", json!("*")),
    ] {
        corpus.direct(
            &format!("constraints_one_of_{name}"),
            "constraint.one_of",
            "Not one of the permitted values.",
            |scene| {
                scene.constraints(0, json!([region(json!(["eu", "ch"]))]));
                scene.fact("data", asked);
            },
        );
    }
    corpus.direct(
        "constraints_one_of_decomposed",
        "constraint.one_of",
        "Values compare on exact bytes.",
        |scene| {
            scene.constraints(0, json!([region(json!(["Z\u{fc}rich"]))]));
            scene.fact("data", json!("Zu\u{308}rich"));
        },
    );
    corpus.delegated(
        "constraints_one_of_two_hops_without_a_common_value",
        "constraint.one_of",
        "The conjunction of both hops is empty.",
        |scene| {
            scene.constraints(0, json!([region(json!(["eu"]))]));
            scene.constraints(1, json!([region(json!(["ch"]))]));
            scene.fact("data", json!("eu"));
        },
    );
    for (name, values, code) in [
        ("empty", json!([]), "constraint.empty"),
        ("null", json!(null), "constraint.empty"),
        ("empty_text", json!([""]), "constraint.empty"),
        ("text", json!("eu"), "constraint.malformed"),
        ("number", json!([1]), "constraint.malformed"),
        ("twice", json!(["eu", "eu"]), "constraint.malformed"),
        ("null_item", json!([null]), "constraint.malformed"),
        ("object", json!({"eu": true}), "constraint.malformed"),
    ] {
        malformed(corpus, &format!("one_of_values_{name}"), code, region(values));
    }
    malformed(
        corpus,
        "one_of_not",
        "constraint.unknown",
        with(region(json!(["eu"])), "not", json!(true)),
    );
}

pub(in crate::corpus) fn audiences(corpus: &mut Corpus) {
    let audience = |services: Value| json!({"type": "Audience", "services": services});
    for (name, services) in [
        ("another", json!(["https://api.initech.example"])),
        ("with_a_slash", json!(["https://api.globex.example/"])),
        ("upper_case", json!(["https://API.globex.example"])),
        ("star", json!(["*"])),
        ("star_host", json!(["https://*.globex.example"])),
        ("longer", json!(["https://api.globex.example.evil.example"])),
    ] {
        corpus.direct(
            &format!("constraints_audience_{name}"),
            "constraint.audience",
            "This service is not one that may honour it.",
            |scene| scene.constraints(0, json!([audience(services)])),
        );
    }
    corpus.delegated(
        "constraints_audience_of_the_parent_only",
        "constraint.audience",
        "The child is silent; the parent names another service.",
        |scene| {
            scene.constraints(0, json!([audience(json!(["https://api.initech.example"]))]));
        },
    );
    corpus.direct(
        "constraints_audience_two_without_a_common_service",
        "constraint.audience",
        "Both hold, and have nothing in common.",
        |scene| {
            scene.constraints(
                0,
                json!([
                    audience(json!([AUDIENCE])),
                    audience(json!(["https://api.initech.example"]))
                ]),
            );
        },
    );
    for (name, services, code) in [
        ("empty", json!([]), "constraint.empty"),
        ("null", json!(null), "constraint.empty"),
        ("text", json!(AUDIENCE), "constraint.malformed"),
        ("number", json!([1]), "constraint.malformed"),
    ] {
        malformed(
            corpus,
            &format!("audience_services_{name}"),
            code,
            audience(services),
        );
    }
}

pub(in crate::corpus) fn unknown(corpus: &mut Corpus) {
    for (name, type_) in [
        ("type", "Geofence"),
        ("type_in_lower_case", "amount"),
        ("type_of_version_two", "Amount2"),
        ("type_with_a_space", "Amount "),
        ("type_url", "https://w3id.org/chancery/v1#Amount"),
        ("type_proto", "__proto__"),
    ] {
        malformed(
            corpus,
            &format!("unknown_{name}"),
            "constraint.unknown",
            with(amount("100.00"), "type", json!(type_)),
        );
    }
    for (name, place) in [("parent", 0_usize), ("child", 1)] {
        corpus.delegated(
            &format!("constraints_unknown_type_of_the_{name}"),
            "constraint.unknown",
            "An unknown constraint denies, wherever it stands.",
            |scene| {
                scene.entry(place)["constraint"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!({"type": "Weather", "only": "sunny"}));
            },
        );
    }
    let mut typeless = amount("100.00");
    remove(&mut typeless, "type");
    for (name, constraint, code) in [
        ("without_a_type", typeless, "constraint.malformed"),
        (
            "type_number",
            with(amount("1"), "type", json!(1)),
            "constraint.malformed",
        ),
        (
            "type_null",
            with(amount("1"), "type", json!(null)),
            "constraint.malformed",
        ),
        ("null", json!(null), "constraint.empty"),
        ("empty_array", json!([]), "constraint.empty"),
        ("text", json!("Amount"), "constraint.malformed"),
        ("true", json!(true), "constraint.malformed"),
        ("number", json!(0), "constraint.malformed"),
        ("array", json!([1]), "constraint.malformed"),
        ("empty_object", json!({}), "constraint.malformed"),
    ] {
        malformed(corpus, &format!("constraint_{name}"), code, constraint);
    }
    for (name, value) in [("empty", json!([])), ("null", json!(null))] {
        for (place, hop) in [(0_usize, "root"), (1, "child")] {
            corpus.delegated(
                &format!("constraints_set_{name}_of_the_{hop}"),
                "constraint.empty",
                "An empty or null set denies all.",
                |scene| scene.constraints(place, value.clone()),
            );
        }
    }
}

pub(in crate::corpus) fn stateful(corpus: &mut Corpus) {
    let code = "constraint.state_missing";
    let budget = json!({"type": "Budget", "id": "daily", "fact": "amount", "cap": "100.00", "currency": "EUR", "window": "P1D"});
    let approval = json!({"type": "Approval", "approvers": [CY.did()], "quorum": 1});
    for (name, constraint) in [
        ("budget", budget.clone()),
        (
            "budget_in_units",
            json!({"type": "Budget", "id": "tokens", "fact": "amount", "cap": "5", "unit": "token", "window": "PT1H"}),
        ),
        (
            "rate",
            json!({"type": "Rate", "id": "calls", "count": 10, "window": "PT1H"}),
        ),
        ("uses", json!({"type": "Uses", "id": "once", "count": 1})),
        ("session", json!({"type": "Session", "id": "s-1"})),
        (
            "composite",
            json!({"type": "Composite", "digests": {"model": digest("model")}}),
        ),
        ("approval", approval.clone()),
        (
            "approval_unless_smaller",
            with(approval.clone(), "unless", amount("10.00")),
        ),
    ] {
        corpus.direct(
            &format!("constraints_{name}_without_its_state"),
            code,
            "Without its state it denies.",
            |scene| scene.constraints(0, json!([constraint.clone()])),
        );
        corpus.delegated(
            &format!("constraints_{name}_of_the_parent_without_its_state"),
            code,
            "The parent's state is missing too.",
            |scene| scene.constraints(0, json!([amount("100.00"), constraint])),
        );
    }
    for (name, constraint, code) in [
        (
            "budget_without_a_window",
            {
                let mut one = budget.clone();
                remove(&mut one, "window");
                one
            },
            "constraint.malformed",
        ),
        (
            "budget_of_both",
            with(budget.clone(), "unit", json!("token")),
            "constraint.malformed",
        ),
        (
            "budget_window_of_a_month",
            with(budget.clone(), "window", json!("P1M")),
            "constraint.malformed",
        ),
        (
            "budget_cap_number",
            with(budget.clone(), "cap", json!(100)),
            "constraint.malformed",
        ),
        (
            "budget_reset_unknown",
            with(budget, "reset", json!("daily")),
            "constraint.unknown",
        ),
        (
            "approval_of_nobody",
            with(approval.clone(), "approvers", json!([])),
            "constraint.empty",
        ),
        (
            "approval_quorum_zero",
            with(approval.clone(), "quorum", json!(0)),
            "constraint.malformed",
        ),
        (
            "approval_quorum_beyond",
            with(approval.clone(), "quorum", json!(2)),
            "constraint.malformed",
        ),
        (
            "approval_of_no_did",
            with(approval.clone(), "approvers", json!(["Ann"])),
            "constraint.malformed",
        ),
        (
            "approval_unless_approval",
            with(approval.clone(), "unless", approval),
            "constraint.malformed",
        ),
        (
            "composite_of_nothing",
            json!({"type": "Composite", "digests": {}}),
            "constraint.empty",
        ),
        (
            "composite_of_an_unknown_part",
            json!({"type": "Composite", "digests": {"weights": digest("w")}}),
            "constraint.unknown",
        ),
        (
            "uses_negative",
            json!({"type": "Uses", "id": "x", "count": -1}),
            "constraint.malformed",
        ),
        (
            "session_without_an_id",
            json!({"type": "Session"}),
            "constraint.malformed",
        ),
    ] {
        malformed(corpus, name, code, constraint);
    }
    corpus.direct(
        "constraints_approval_given_is_not_counted_here",
        code,
        "An approval is presented, but this version keeps no state for it.",
        |scene| {
            scene.constraints(
                0,
                json!([{"type": "Approval", "approvers": [CY.did()], "quorum": 1}]),
            );
        },
    );
}
