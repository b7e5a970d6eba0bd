//! Amount and AtMost.

use serde_json::{Value, json};

use super::{malformed, with};
use crate::corpus::{Corpus, remove, slug};
use crate::paper::amount;

pub(in crate::corpus) fn amounts(corpus: &mut Corpus) {
    let code = "constraint.amount";
    for (name, value) in [
        ("above_max", "60.00"),
        ("just_above_max", "40.01"),
        ("above_max_by_the_smallest_part", "40.000001"),
        ("far_above_max", "999999999999999999.999999"),
        ("zero", "0"),
        ("zero_with_cents", "0.00"),
        ("negative", "-1.00"),
        ("negative_zero", "-0"),
        ("plus", "+35.00"),
        ("leading_zero", "035.00"),
        ("without_whole_part", ".50"),
        ("open_fraction", "35."),
        ("seven_decimals", "35.0000001"),
        ("nineteen_digits", "1000000000000000000"),
        ("exponent", "3.5e1"),
        ("comma", "35,00"),
        ("grouped", "1,000.00"),
        ("space", " 35.00"),
        ("trailing_space", "35.00 "),
        ("hexadecimal", "0x23"),
        ("infinity", "Infinity"),
        ("not_a_number", "NaN"),
        ("word", "all"),
        ("other_digits", "\u{663}\u{665}"),
        ("with_currency", "35.00 EUR"),
    ] {
        corpus.delegated(
            &format!("constraints_amount_{name}"),
            code,
            "Not a positive, exact amount of at most 40.00.",
            |scene| scene.asking(value),
        );
    }
    for currency in ["USD", "KWD", "JPY", "eur", "EU", "EURO", "978"] {
        let name = if currency == "eur" {
            "lower_case".to_owned()
        } else {
            slug(&currency.to_ascii_lowercase())
        };
        corpus.delegated(
            &format!("constraints_amount_in_{name}"),
            code,
            "Units must be identical; nothing is converted.",
            |scene| scene.fact("amount", json!({"value": "1.00", "currency": currency})),
        );
    }
    for (name, fact) in [("a_text", json!("35.00")), ("a_size", json!({"bytes": 35}))] {
        corpus.delegated(
            &format!("constraints_amount_is_{name}"),
            code,
            "The fact is no amount.",
            |scene| scene.fact("amount", fact),
        );
    }
    corpus.delegated(
        "constraints_amount_above_the_parents_max",
        code,
        "The child omits the maximum; the parent's holds.",
        |scene| {
            scene.constraints(0, json!([amount("30.00")]));
            remove(scene.entry(1), "constraint");
        },
    );
    corpus.delegated(
        "constraints_amount_above_the_parents_max_of_two",
        code,
        "The child says 500; the parent's 30 holds.",
        |scene| {
            scene.constraints(0, json!([amount("30.00")]));
            scene.constraints(1, json!([amount("500.00")]));
        },
    );
    corpus.three_hops(
        "constraints_amount_above_the_middle_hops_max",
        code,
        "The middle hop's maximum holds below it.",
        |scene| {
            scene.constraints(1, json!([amount("30.00")]));
            scene.constraints(2, json!([amount("40.00")]));
        },
    );
    corpus.direct(
        "constraints_amount_two_of_one_hop",
        code,
        "Both constraints of a hop hold.",
        |scene| scene.constraints(0, json!([amount("50.00"), amount("30.00")])),
    );
    corpus.direct(
        "constraints_amount_two_currencies",
        code,
        "Nothing is an amount of two currencies.",
        |scene| {
            let mut dollars = amount("50.00");
            dollars["currency"] = json!("USD");
            scene.constraints(0, json!([amount("50.00"), dollars]));
        },
    );
    corpus.direct("constraints_amount_max_zero", code, "At most nothing.", |scene| {
        scene.constraints(0, json!([amount("0")]))
    });
}

pub(in crate::corpus) fn amounts_malformed(corpus: &mut Corpus) {
    for (name, member, value, code) in [
        ("max_number", "max", json!(100), "constraint.malformed"),
        ("max_float", "max", json!(100.5), "constraint.malformed"),
        ("max_negative", "max", json!("-100.00"), "constraint.malformed"),
        ("max_exponent", "max", json!("1e2"), "constraint.malformed"),
        (
            "max_seven_decimals",
            "max",
            json!("1.0000001"),
            "constraint.malformed",
        ),
        ("max_word", "max", json!("unlimited"), "constraint.malformed"),
        ("max_null", "max", json!(null), "constraint.empty"),
        (
            "currency_lower_case",
            "currency",
            json!("eur"),
            "constraint.malformed",
        ),
        ("currency_null", "currency", json!(null), "constraint.empty"),
        ("currency_star", "currency", json!("*"), "constraint.malformed"),
        (
            "currency_list",
            "currency",
            json!(["EUR"]),
            "constraint.malformed",
        ),
        ("fact_empty", "fact", json!(""), "constraint.empty"),
        ("fact_number", "fact", json!(1), "constraint.malformed"),
        ("min_unknown", "min", json!("1.00"), "constraint.unknown"),
        ("unit_unknown", "unit", json!("cents"), "constraint.unknown"),
        ("max_in_another_case", "Max", json!("1.00"), "constraint.unknown"),
    ] {
        malformed(
            corpus,
            &format!("amount_{name}"),
            code,
            with(amount("100.00"), member, value),
        );
    }
    for member in ["fact", "max", "currency"] {
        let mut constraint = amount("100.00");
        remove(&mut constraint, member);
        malformed(
            corpus,
            &format!("amount_without_{member}"),
            "constraint.malformed",
            constraint,
        );
    }
}

pub(in crate::corpus) fn levels(corpus: &mut Corpus) {
    let code = "constraint.at_most";
    let level = |max: &str| json!({"type": "AtMost", "fact": "data", "scale": "Sensitivity", "max": max});
    let size = |max: Value| json!({"type": "AtMost", "fact": "data", "scale": "Size", "max": max});
    for (name, max, asked) in [
        ("one_above", "internal", "confidential"),
        ("far_above", "public", "restricted"),
        ("unknown", "restricted", "secret"),
        ("upper_case", "restricted", "Public"),
        ("with_a_space", "restricted", "public "),
        ("number_in_a_text", "restricted", "0"),
    ] {
        corpus.direct(
            &format!("constraints_sensitivity_{name}"),
            code,
            "Above the permitted level, or no level at all.",
            |scene| {
                scene.constraints(0, json!([level(max)]));
                scene.fact("data", json!(asked));
            },
        );
    }
    for (name, fact) in [
        ("one_byte_above", json!({"bytes": 1_000_001})),
        ("a_mebibyte_for_a_megabyte", json!({"bytes": 1_048_576})),
        ("the_most", json!({"bytes": 9_007_199_254_740_991_u64})),
        ("as_a_text", json!("1000")),
        ("as_an_amount", json!({"value": "1", "currency": "EUR"})),
    ] {
        corpus.direct(
            &format!("constraints_size_{name}"),
            code,
            "More than a million bytes, or no size at all.",
            |scene| {
                scene.constraints(0, json!([size(json!(1_000_000))]));
                scene.fact("data", fact);
            },
        );
    }
    corpus.direct(
        "constraints_sensitivity_of_a_size",
        code,
        "Scales are not mixed.",
        |scene| {
            scene.constraints(0, json!([level("restricted")]));
            scene.fact("data", json!({"bytes": 0}));
        },
    );
    for (name, constraint, code) in [
        ("level_unknown", level("secret"), "constraint.unknown"),
        ("level_upper_case", level("Public"), "constraint.unknown"),
        (
            "scale_unknown",
            with(level("public"), "scale", json!("Severity")),
            "constraint.unknown",
        ),
        (
            "scale_mib",
            with(size(json!(1)), "scale", json!("MiB")),
            "constraint.unknown",
        ),
        ("size_text", size(json!("1000")), "constraint.malformed"),
        ("size_negative", size(json!(-1)), "constraint.malformed"),
        ("size_fraction", size(json!(1.5)), "constraint.malformed"),
        ("size_null", size(json!(null)), "constraint.empty"),
        (
            "level_number",
            with(level("public"), "max", json!(1)),
            "constraint.malformed",
        ),
        (
            "least_unknown",
            with(level("public"), "min", json!("public")),
            "constraint.unknown",
        ),
    ] {
        malformed(corpus, &format!("at_most_{name}"), code, constraint);
    }
}
