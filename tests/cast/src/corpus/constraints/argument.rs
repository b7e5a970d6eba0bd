//! Argument.

use serde_json::{Value, json};

use super::{malformed, with};
use crate::corpus::{Corpus, remove};

pub(in crate::corpus) fn arguments(corpus: &mut Corpus) {
    let code = "constraint.argument";
    for (name, operator, value) in [
        ("equals_another", json!({"equals": "a"}), json!("b")),
        ("equals_upper_case", json!({"equals": "a"}), json!("A")),
        ("equals_another_type", json!({"equals": 1}), json!("1")),
        ("equals_true_for_one", json!({"equals": 1}), json!(true)),
        ("equals_null", json!({"equals": "a"}), json!(null)),
        ("equals_array_of_it", json!({"equals": "a"}), json!(["a"])),
        (
            "equals_more_members",
            json!({"equals": {"a": 1}}),
            json!({"a": 1, "b": 2}),
        ),
        ("equals_other_order", json!({"equals": [1, 2]}), json!([2, 1])),
        ("one_of_none", json!({"oneOf": ["a", "b"]}), json!("c")),
        ("one_of_another_type", json!({"oneOf": ["1", "2"]}), json!(1)),
        (
            "prefix_of_a_segment",
            json!({"prefix": "/exports/acme"}),
            json!("/exports/acme2"),
        ),
        (
            "prefix_above",
            json!({"prefix": "/exports/acme"}),
            json!("/exports"),
        ),
        (
            "prefix_dots",
            json!({"prefix": "/exports/acme"}),
            json!("/exports/acme/../globex"),
        ),
        ("prefix_of_a_number", json!({"prefix": "/exports"}), json!(1)),
        (
            "prefix_upper_case",
            json!({"prefix": "/exports"}),
            json!("/Exports/x"),
        ),
        ("range_above", json!({"range": {"min": 1, "max": 10}}), json!(11)),
        ("range_below", json!({"range": {"min": 1, "max": 10}}), json!(0)),
        (
            "range_just_above",
            json!({"range": {"max": 10}}),
            json!(10.000_001),
        ),
        (
            "range_of_a_text",
            json!({"range": {"min": 1, "max": 10}}),
            json!("5"),
        ),
        (
            "range_of_true",
            json!({"range": {"min": 0, "max": 10}}),
            json!(true),
        ),
        (
            "range_beyond_safe_integers",
            json!({"range": {"min": 1}}),
            json!(9_007_199_254_740_993_u64),
        ),
        ("max_length_one_over", json!({"maxLength": 3}), json!("abcd")),
        (
            "max_length_in_bytes",
            json!({"maxLength": 3}),
            json!("\u{fc}\u{fc}"),
        ),
        ("max_length_of_a_number", json!({"maxLength": 3}), json!(1)),
        ("max_length_of_an_array", json!({"maxLength": 3}), json!([])),
    ] {
        corpus.direct(
            &format!("constraints_argument_{name}"),
            code,
            "The argument is not as the constraint wants it.",
            |scene| {
                scene.request["arguments"]["x"] = value;
                scene.constraints(
                    0,
                    json!([{"type": "Argument", "pointer": "/x", "match": operator}]),
                );
            },
        );
    }
    let anything = json!({"maxLength": 99});
    for (name, pointer) in [
        ("absent", "/y"),
        ("absent_below_a_text", "/order/id"),
        ("in_another_case", "/Order"),
        ("array_item_of_an_object", "/0"),
        ("unescaped", "/a/b"),
        ("empty_name", "/"),
    ] {
        corpus.direct(
            &format!("constraints_argument_{name}"),
            code,
            "There is no such argument.",
            |scene| {
                scene.request["arguments"]["a/b"] = json!("x");
                scene.constraints(
                    0,
                    json!([{"type": "Argument", "pointer": pointer, "match": anything}]),
                );
            },
        );
    }
    corpus.direct(
        "constraints_argument_closed_with_another",
        code,
        "An argument that no constraint names.",
        |scene| {
            scene.constraints(
                0,
                json!([{"type": "Argument", "pointer": "/order", "match": anything, "closed": true}]),
            );
        },
    );
    corpus.delegated(
        "constraints_argument_closed_by_the_parent_and_named_by_the_child",
        code,
        "A child cannot admit what its parent shut out.",
        |scene| {
            scene.constraints(
                0,
                json!([{"type": "Argument", "pointer": "/order", "match": anything, "closed": true}]),
            );
            scene.constraints(
                1,
                json!([{"type": "Argument", "pointer": "/amount", "match": anything}]),
            );
        },
    );
    corpus.delegated(
        "constraints_argument_closed_by_the_child",
        code,
        "The child closes what the parent left open.",
        |scene| {
            scene.constraints(
                1,
                json!([{"type": "Argument", "pointer": "/order", "match": anything, "closed": true}]),
            );
        },
    );
    corpus.direct(
        "constraints_arguments_missing",
        "constraint.fact_missing",
        "The request has no arguments at all.",
        |scene| {
            remove(&mut scene.request, "arguments");
            scene.constraints(
                0,
                json!([{"type": "Argument", "pointer": "/order", "match": anything}]),
            );
        },
    );
    for (name, value) in [("null", json!(null)), ("array", json!([])), ("text", json!("x"))] {
        corpus.direct(
            &format!("constraints_arguments_{name}"),
            code,
            "The arguments are no object.",
            |scene| {
                scene.request["arguments"] = value;
                scene.constraints(
                    0,
                    json!([{"type": "Argument", "pointer": "/order", "match": anything}]),
                );
            },
        );
    }
}

pub(in crate::corpus) fn arguments_malformed(corpus: &mut Corpus) {
    let argument = |operator: Value| json!({"type": "Argument", "pointer": "/x", "match": operator});
    for (name, operator, code) in [
        ("regex", json!({"regex": ".*"}), "constraint.unknown"),
        ("not", json!({"not": {"equals": "a"}}), "constraint.unknown"),
        ("upper_case", json!({"Equals": "eu"}), "constraint.unknown"),
        ("min", json!({"min": 1}), "constraint.unknown"),
        ("none", json!({}), "constraint.empty"),
        (
            "two",
            json!({"equals": "eu", "maxLength": 9}),
            "constraint.malformed",
        ),
        ("text", json!("eu"), "constraint.malformed"),
        ("null", json!(null), "constraint.empty"),
        ("one_of_empty", json!({"oneOf": []}), "constraint.empty"),
        ("one_of_text", json!({"oneOf": "eu"}), "constraint.malformed"),
        ("equals_null", json!({"equals": null}), "constraint.empty"),
        ("range_empty", json!({"range": {}}), "constraint.empty"),
        (
            "range_reversed",
            json!({"range": {"min": 2, "max": 1}}),
            "constraint.empty",
        ),
        (
            "range_text",
            json!({"range": {"min": "1"}}),
            "constraint.malformed",
        ),
        (
            "range_unknown",
            json!({"range": {"above": 1}}),
            "constraint.unknown",
        ),
        (
            "length_negative",
            json!({"maxLength": -1}),
            "constraint.malformed",
        ),
        ("length_text", json!({"maxLength": "9"}), "constraint.malformed"),
        (
            "prefix_relative",
            json!({"prefix": "exports"}),
            "constraint.argument",
        ),
        (
            "prefix_dots",
            json!({"prefix": "/exports/.."}),
            "constraint.malformed",
        ),
        ("prefix_number", json!({"prefix": 1}), "constraint.malformed"),
    ] {
        malformed(corpus, &format!("operator_{name}"), code, argument(operator));
    }
    for (name, member, value, code) in [
        (
            "pointer_without_a_slash",
            "pointer",
            json!("x"),
            "constraint.malformed",
        ),
        ("pointer_escape", "pointer", json!("/~2"), "constraint.malformed"),
        ("pointer_null", "pointer", json!(null), "constraint.empty"),
        ("pointer_number", "pointer", json!(0), "constraint.malformed"),
        ("closed_text", "closed", json!("true"), "constraint.malformed"),
        ("closed_null", "closed", json!(null), "constraint.malformed"),
        ("open_unknown", "open", json!(true), "constraint.unknown"),
        ("operator_outside", "equals", json!("eu"), "constraint.unknown"),
    ] {
        malformed(
            corpus,
            &format!("argument_{name}"),
            code,
            with(argument(json!({"maxLength": 9})), member, value),
        );
    }
}
