//! Hours.

use serde_json::{Value, json};

use super::{malformed, with};
use crate::corpus::{Corpus, remove, slug};
use crate::paper::{BERLIN, hours};
use crate::party::ADA;
use crate::scene::Scene;

pub(in crate::corpus) fn times(corpus: &mut Corpus) {
    let code = "constraint.hours";
    let cases = [
        ("before", "2026-06-17T06:59:59Z", "A second before 09:00."),
        (
            "at_the_end",
            "2026-06-17T15:00:00Z",
            "17:00 is no part of the window.",
        ),
        ("evening", "2026-06-17T18:00:00Z", "20:00 in Berlin."),
        ("saturday", "2026-06-20T08:00:00Z", "A Saturday."),
        ("sunday", "2026-06-21T08:00:00Z", "A Sunday."),
        (
            "a_millisecond_before",
            "2026-06-17T06:59:59.999Z",
            "A millisecond before 09:00.",
        ),
        ("midnight", "2026-06-16T22:00:00Z", "Midnight in Berlin."),
        (
            "friday_night",
            "2026-06-19T22:30:00Z",
            "Still Friday in UTC, Saturday in Berlin.",
        ),
    ];
    for (name, at, comment) in cases {
        corpus.bent(
            &format!("constraints_hours_{name}"),
            code,
            comment,
            Scene::at(at, &[ADA]),
            |_| {},
        );
        if name == "evening" {
            corpus.bent(
                "constraints_hours_evening_of_the_child",
                code,
                "The parent's hours hold below it.",
                Scene::at(at, &[ADA, crate::party::BOB]),
                |_| {},
            );
        }
    }
    let night = |days: Value| {
        with(
            with(with(hours(), "days", days), "from", json!("22:00")),
            "until",
            json!("06:00"),
        )
    };
    for (name, at, days) in [
        ("friday_morning", "2026-06-19T00:00:00Z", json!(["Fr"])),
        ("saturday_at_six", "2026-06-20T04:00:00Z", json!(["Fr"])),
        ("saturday_night", "2026-06-20T20:00:00Z", json!(["Fr"])),
        ("just_before_it_starts", "2026-06-19T19:59:59Z", json!(["Fr"])),
        ("sunday_tail", "2026-06-20T23:00:00Z", json!(["Fr"])),
        (
            "monday_before_the_week_goes_round",
            "2026-06-21T23:00:00Z",
            json!(["Mo"]),
        ),
    ] {
        corpus.bent(
            &format!("constraints_hours_overnight_{name}"),
            code,
            "The night belongs to the day on which it starts.",
            Scene::at(at, &[ADA]),
            |scene| scene.constraints(0, json!([night(days)])),
        );
    }
    for (name, at, offset, from, until) in [
        ("gap_before", "2026-03-29T00:59:59Z", 3_600, "02:00", "03:00"),
        ("gap_after", "2026-03-29T01:00:00Z", 7_200, "02:00", "03:00"),
        ("overlap_between", "2026-10-25T01:00:00Z", 3_600, "02:30", "03:00"),
    ] {
        corpus.bent(
            &format!("constraints_hours_{name}"),
            code,
            "A gap is closed; the clock on the wall decides.",
            Scene::at(at, &[ADA]),
            |scene| {
                scene.offset(BERLIN, offset);
                scene.constraints(
                    0,
                    json!([with(
                        with(with(hours(), "days", json!(["Su"])), "from", json!(from)),
                        "until",
                        json!(until)
                    )]),
                );
            },
        );
    }
    corpus.direct(
        "constraints_hours_two_windows_of_two_hops",
        code,
        "Both hops' hours hold, and have nothing in common.",
        |scene| {
            scene.constraints(0, json!([hours(), with(hours(), "from", json!("12:00"))]));
        },
    );
}

pub(in crate::corpus) fn hours_malformed(corpus: &mut Corpus) {
    for (name, member, value, code) in [
        ("from_one_digit", "from", json!("9:00"), "constraint.malformed"),
        ("from_minute_60", "from", json!("09:60"), "constraint.malformed"),
        ("from_hour_25", "from", json!("25:00"), "constraint.malformed"),
        (
            "from_with_seconds",
            "from",
            json!("09:00:00"),
            "constraint.malformed",
        ),
        ("from_24", "from", json!("24:00"), "constraint.malformed"),
        ("from_number", "from", json!(9), "constraint.malformed"),
        ("until_zero", "until", json!("00:00"), "constraint.malformed"),
        ("until_is_from", "until", json!("09:00"), "constraint.malformed"),
        ("until_24_01", "until", json!("24:01"), "constraint.malformed"),
        ("until_null", "until", json!(null), "constraint.empty"),
        ("zone_empty", "timeZone", json!(""), "constraint.empty"),
        ("zone_null", "timeZone", json!(null), "constraint.empty"),
        ("zone_offset", "timeZone", json!("+02:00"), "constraint.malformed"),
        (
            "zone_dots",
            "timeZone",
            json!("Europe/../Berlin"),
            "constraint.malformed",
        ),
        (
            "zone_space",
            "timeZone",
            json!("Europe Berlin"),
            "constraint.malformed",
        ),
        ("days_empty", "days", json!([]), "constraint.empty"),
        ("days_text", "days", json!("Mo"), "constraint.malformed"),
        ("day_unknown", "days", json!(["Mon"]), "constraint.unknown"),
        ("day_lower_case", "days", json!(["mo"]), "constraint.unknown"),
        ("day_range", "days", json!(["Mo-Fr"]), "constraint.unknown"),
        ("day_twice", "days", json!(["We", "We"]), "constraint.malformed"),
        ("day_number", "days", json!([3]), "constraint.malformed"),
        (
            "except_unknown",
            "except",
            json!(["2026-12-25"]),
            "constraint.unknown",
        ),
    ] {
        malformed(
            corpus,
            &format!("hours_{name}"),
            code,
            with(hours(), member, value),
        );
    }
    for member in ["days", "from", "until", "timeZone"] {
        let mut constraint = hours();
        remove(&mut constraint, member);
        malformed(
            corpus,
            &format!("hours_without_{}", slug(member)),
            "constraint.malformed",
            constraint,
        );
    }
}
