//! Constraints just kept, and requests just within.

use serde_json::json;

use crate::corpus::{Corpus, remove};
use crate::paper::{self, AUDIENCE, BERLIN, amount, delegation, hours, refunds};
use crate::party::{ADA, BOB, CY};
use crate::scene::Scene;

pub(in crate::corpus) fn constraints(corpus: &mut Corpus) {
    let ok = "ok";
    for (name, asked) in [
        ("at_the_max", "40.00"),
        ("at_the_max_in_another_spelling", "40"),
        ("smallest", "0.000001"),
        ("just_below_the_max", "39.999999"),
    ] {
        corpus.delegated(
            &format!("allow_amount_{name}"),
            ok,
            "An amount within every hop.",
            |scene| scene.asking(asked),
        );
    }
    corpus.direct(
        "allow_amount_at_the_grant",
        ok,
        "Exactly what Globex grants.",
        |scene| scene.asking("80.00"),
    );
    for (name, at) in [
        ("first_minute", "2026-06-17T07:00:00Z"),
        ("last_instant", "2026-06-17T14:59:59.999Z"),
    ] {
        corpus.bent(
            &format!("allow_hours_{name}"),
            ok,
            "09:00 to 17:00 in Berlin.",
            Scene::at(at, &[ADA]),
            |_| {},
        );
    }
    let nights = [
        (
            "saturday_tail",
            "2026-06-19T23:00:00Z",
            7_200,
            json!(["Fr"]),
            "Saturday 01:00 belongs to Friday's night.",
        ),
        (
            "friday_start",
            "2026-06-19T20:00:00Z",
            7_200,
            json!(["Fr"]),
            "Friday 22:00 is where it starts.",
        ),
        (
            "monday_tail_of_sunday",
            "2026-06-22T02:00:00Z",
            7_200,
            json!(["Su"]),
            "The week goes round.",
        ),
    ];
    for (name, at, offset, days, comment) in nights {
        corpus.bent(
            &format!("allow_hours_overnight_{name}"),
            ok,
            comment,
            Scene::at(at, &[ADA]),
            |scene| {
                scene.offset(BERLIN, offset);
                let mut night = hours();
                (night["days"], night["from"], night["until"]) = (days, json!("22:00"), json!("06:00"));
                scene.constraints(0, json!([night]));
            },
        );
    }
    for (name, at, offset) in [
        ("first", "2026-10-25T00:30:00Z", 7_200),
        ("second", "2026-10-25T01:30:00Z", 3_600),
    ] {
        corpus.bent(
            &format!("allow_hours_overlap_{name}"),
            ok,
            "02:30 happens twice when summer ends.",
            Scene::at(at, &[ADA]),
            |scene| {
                scene.offset(BERLIN, offset);
                let mut overlap = hours();
                (overlap["days"], overlap["from"], overlap["until"]) =
                    (json!(["Su"]), json!("02:30"), json!("03:00"));
                scene.constraints(0, json!([overlap]));
            },
        );
    }
    corpus.direct(
        "allow_hours_until_midnight",
        ok,
        "24:00 is the end of the day.",
        |scene| {
            let mut day = hours();
            (day["from"], day["until"]) = (json!("00:00"), json!("24:00"));
            scene.constraints(0, json!([day]));
        },
    );
    let facts = [
        (
            "sensitivity_at_the_max",
            json!({"type": "AtMost", "fact": "data", "scale": "Sensitivity", "max": "confidential"}),
            json!("confidential"),
        ),
        (
            "sensitivity_below_the_max",
            json!({"type": "AtMost", "fact": "data", "scale": "Sensitivity", "max": "restricted"}),
            json!("public"),
        ),
        (
            "size_at_the_max",
            json!({"type": "AtMost", "fact": "data", "scale": "Size", "max": 1_000_000}),
            json!({"bytes": 1_000_000}),
        ),
        (
            "size_of_nothing",
            json!({"type": "AtMost", "fact": "data", "scale": "Size", "max": 0}),
            json!({"bytes": 0}),
        ),
        (
            "one_of_region",
            json!({"type": "OneOf", "fact": "data", "values": ["eu", "us"]}),
            json!("us"),
        ),
        (
            "one_of_access",
            json!({"type": "OneOf", "fact": "data", "values": ["read"]}),
            json!("read"),
        ),
    ];
    for (name, constraint, fact) in facts {
        corpus.direct(
            &format!("allow_{name}"),
            ok,
            "A fact at the edge of what is permitted.",
            |scene| {
                scene.constraints(0, json!([constraint]));
                scene.fact("data", fact);
            },
        );
    }
    let arguments = [
        ("equals", json!({"equals": "1001"})),
        ("one_of", json!({"oneOf": ["7", "1001"]})),
        ("max_length_exact", json!({"maxLength": 4})),
    ];
    for (name, operator) in arguments {
        corpus.direct(
            &format!("allow_argument_{name}"),
            ok,
            "The argument `order` is as the constraint wants it.",
            |scene| {
                scene.constraints(
                    0,
                    json!([{"type": "Argument", "pointer": "/order", "match": operator}]),
                );
            },
        );
    }
    for (name, value, operator) in [
        (
            "range_at_the_max",
            json!(10),
            json!({"range": {"min": 1, "max": 10}}),
        ),
        (
            "range_at_the_min",
            json!(1),
            json!({"range": {"min": 1, "max": 10}}),
        ),
        ("range_open", json!(1_000_000), json!({"range": {"min": 1}})),
        (
            "prefix_itself",
            json!("/exports/acme"),
            json!({"prefix": "/exports/acme"}),
        ),
        (
            "prefix_below",
            json!("/exports/acme/2026"),
            json!({"prefix": "/exports/acme"}),
        ),
        (
            "equals_deep",
            json!({"a": [1, {"b": null}]}),
            json!({"equals": {"a": [1.0, {"b": null}]}}),
        ),
    ] {
        corpus.direct(
            &format!("allow_argument_{name}"),
            ok,
            "The argument `x` is as the constraint wants it.",
            |scene| {
                scene.request["arguments"]["x"] = value;
                scene.constraints(
                    0,
                    json!([{"type": "Argument", "pointer": "/x", "match": operator}]),
                );
            },
        );
    }
    corpus.direct(
        "allow_argument_closed",
        ok,
        "Both arguments are named, so none is left over.",
        |scene| {
            scene.constraints(
                0,
                json!([
                    {"type": "Argument", "pointer": "/order", "match": {"maxLength": 8}, "closed": true},
                    {"type": "Argument", "pointer": "/amount", "match": {"maxLength": 8}},
                ]),
            );
        },
    );
    corpus.direct(
        "allow_argument_escaped_pointer",
        ok,
        "`~1` is a slash and `~0` a tilde.",
        |scene| {
            scene.request["arguments"]["a/b~c"] = json!("x");
            scene.constraints(
                0,
                json!([{"type": "Argument", "pointer": "/a~1b~0c", "match": {"equals": "x"}}]),
            );
        },
    );
    corpus.direct(
        "allow_audience_named",
        ok,
        "This service is one of those that may honour it.",
        |scene| {
            scene.constraints(
                0,
                json!([{"type": "Audience", "services": ["https://api.initech.example", AUDIENCE]}]),
            );
        },
    );
    corpus.direct("allow_approval_not_needed", ok, "Approval is wanted above 50 EUR only.", |scene| {
        scene.constraints(0, json!([{"type": "Approval", "approvers": [CY.did()], "quorum": 1, "unless": amount("50.00")}]));
    });
    corpus.direct(
        "allow_one_constraint_twice",
        ok,
        "An exact duplicate adds nothing.",
        |scene| {
            scene.constraints(0, json!([amount("40.00"), amount("40.00")]));
        },
    );
    corpus.direct(
        "allow_most_constraints",
        ok,
        "Thirty-two constraints in one entry.",
        |scene| {
            scene.constraints(0, (40..72).map(|max| amount(&format!("{max}.00"))).collect());
        },
    );
}

pub(in crate::corpus) fn requests(corpus: &mut Corpus) {
    let ok = "ok";
    corpus.direct(
        "allow_resource_below_a_wildcard",
        ok,
        "`*` is one or more whole segments.",
        |scene| {
            scene.request["resource"] = json!("https://api.globex.example/orders/1001/lines/3");
        },
    );
    corpus.direct(
        "allow_resource_with_encoded_letters",
        ok,
        "Percent-encoding in its one spelling.",
        |scene| {
            scene.request["resource"] = json!("https://api.globex.example/orders/Z%C3%BCrich%2042");
        },
    );
    corpus.direct(
        "allow_second_of_two_grants",
        ok,
        "One of the grant's alternatives covers it.",
        |scene| {
            scene.policy["anchors"][0]["grant"] =
                json!([refunds(vec![amount("10.00")]), refunds(vec![amount("80.00")])]);
        },
    );
    corpus.direct(
        "allow_request_without_arguments",
        ok,
        "No constraint asks for arguments.",
        |scene| {
            remove(&mut scene.request, "arguments");
        },
    );
    corpus.direct(
        "allow_facts_more_than_asked",
        ok,
        "A fact that no constraint wants.",
        |scene| {
            scene.fact("region", json!("eu"));
        },
    );
    corpus.three_hops(
        "allow_delegation_of_one_entry_to_two_hops",
        ok,
        "Each hop narrows: 100, 40, 36.",
        |scene| {
            scene.constraints(2, json!([amount("36.00")]));
        },
    );
    corpus.delegated(
        "allow_delegated_by_hand_after_renewal",
        ok,
        "The delegation names the renewed parent.",
        |scene| {
            scene.paper(0)["id"] = json!(paper::urn(101));
            scene.papers[1].document = delegation(&scene.at, 111, ADA, BOB, 0);
        },
    );
}
