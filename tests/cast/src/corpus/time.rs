//! Step 7: every time of every paper and of the presentation.

use serde_json::json;

use super::{Corpus, remove};
use crate::scene::Scene;
use crate::time::{after, instant};

pub(super) fn vectors(corpus: &mut Corpus) {
    papers(corpus);
    lives(corpus);
    presentations(corpus);
    claims(corpus);
}

fn papers(corpus: &mut Corpus) {
    for (place, paper) in [(0_usize, "capability"), (1, "passport")] {
        for (name, member, seconds, code) in [
            ("begins_too_late", "validFrom", 61, "time.not_yet_valid"),
            ("begins_in_an_hour", "validFrom", 3_600, "time.not_yet_valid"),
            ("ended", "validUntil", -61, "time.expired"),
            ("ended_an_hour_ago", "validUntil", -3_600, "time.expired"),
        ] {
            for jose in [false, true] {
                let securing = if jose { "_jose" } else { "" };
                corpus.direct(
                    &format!("time_{paper}_{name}{securing}"),
                    code,
                    "Judged outside of the paper's validity, by more than clocks may differ.",
                    |scene| {
                        if jose {
                            scene.jose();
                        }
                        let time = after(&scene.at, seconds);
                        scene.paper(place)[member] = json!(time);
                    },
                );
            }
        }
    }
    for (name, member, seconds, code) in [
        ("begins_too_late", "validFrom", 61, "time.not_yet_valid"),
        ("ended", "validUntil", -61, "time.expired"),
    ] {
        corpus.delegated(
            &format!("time_delegation_{name}"),
            code,
            "The delegation is not valid, its parent is.",
            |scene| {
                let time = after(&scene.at, seconds);
                scene.paper(1)[member] = json!(time);
            },
        );
        corpus.three_hops(
            &format!("time_middle_hop_{name}"),
            code,
            "Only the leaf is valid.",
            |scene| {
                let time = after(&scene.at, seconds);
                scene.paper(1)[member] = json!(time);
                if member == "validUntil" {
                    scene.paper(2)[member] = json!(after(crate::time::NOW, seconds));
                } else {
                    scene.paper(2)[member] = json!(after(crate::time::NOW, seconds + 1));
                }
            },
        );
        corpus.three_hops(
            &format!("time_passport_of_the_middle_hop_{name}"),
            code,
            "The middle hop's passport is not valid.",
            |scene| {
                let time = after(&scene.at, seconds);
                scene.paper(4)[member] = json!(time);
            },
        );
    }
    corpus.delegated(
        "time_only_the_leaf_is_valid",
        "time.expired",
        "The parent ended, and the delegation within it.",
        |scene| {
            let end = after(&scene.at, -120);
            scene.paper(0)["validUntil"] = json!(end);
            scene.paper(1)["validUntil"] = json!(end);
        },
    );
    corpus.direct(
        "time_ended_a_millisecond_too_early",
        "time.expired",
        "A fraction counts.",
        |scene| {
            scene.paper(0)["validUntil"] = json!("2026-06-17T07:58:59.999Z");
        },
    );
    corpus.direct(
        "time_begins_a_millisecond_too_late",
        "time.not_yet_valid",
        "A fraction counts.",
        |scene| {
            scene.paper(0)["validFrom"] = json!("2026-06-17T08:01:00.001Z");
        },
    );
    corpus.direct(
        "time_policy_without_skew",
        "time.not_yet_valid",
        "The policy allows clocks no difference.",
        |scene| {
            scene.policy["skew"] = json!(0);
            let time = after(&scene.at, 1);
            scene.paper(0)["validFrom"] = json!(time);
        },
    );
    corpus.direct(
        "time_historical_after_the_end",
        "time.expired",
        "At the moment asked it had ended.",
        |scene| {
            scene.historical = true;
            scene.paper(0)["validUntil"] = json!("2026-06-17T07:00:00Z");
        },
    );
    for (place, paper) in [(0_usize, "paper"), (1, "passport")] {
        for (name, member, seconds, code) in [
            ("made_in_the_future", "created", 61, "time.not_yet_valid"),
            ("ended", "expires", -61, "time.expired"),
        ] {
            corpus.direct(
                &format!("time_proof_of_a_{paper}_{name}"),
                code,
                "The proof's own time.",
                |scene| {
                    let time = after(&scene.at, seconds);
                    scene.papers[place].proof[member] = json!(time);
                },
            );
        }
    }
}

fn lives(corpus: &mut Corpus) {
    let code = "time.too_long";
    for (place, paper) in [(0_usize, "capability"), (1, "passport")] {
        for (name, seconds) in [("a_second", 79_201), ("a_year", 31_536_000)] {
            corpus.direct(
                &format!("time_{paper}_longer_than_a_day_by_{name}"),
                code,
                "A paper lives at most 24 hours.",
                |scene| {
                    let end = after(&scene.at, seconds);
                    scene.paper(place)["validUntil"] = json!(end);
                },
            );
        }
    }
    corpus.delegated(
        "time_delegation_longer_than_an_hour",
        code,
        "A delegation without a status entry lives at most an hour.",
        |scene| {
            let end = after(&scene.at, 1_801);
            scene.paper(1)["validUntil"] = json!(end);
        },
    );
    corpus.delegated(
        "time_delegation_longer_than_the_policy_takes",
        code,
        "The policy takes ten minutes.",
        |scene| {
            scene.policy["unregisteredDelegationLife"] = json!("10m");
        },
    );
    corpus.direct(
        "time_paper_longer_than_the_policy_takes",
        code,
        "The policy takes papers of an hour.",
        |scene| scene.policy["maxValidity"] = json!("1h"),
    );
}

fn presentations(corpus: &mut Corpus) {
    for jose in [false, true] {
        let securing = if jose { "_jose" } else { "" };
        for (name, created, expires, code) in [
            ("made_in_the_future", 61, 200, "time.not_yet_valid"),
            ("made_in_an_hour", 3_600, 3_700, "time.not_yet_valid"),
            ("ended", -200, -61, "time.expired"),
            ("ended_an_hour_ago", -3_700, -3_600, "time.expired"),
            ("ended_before_it_began", -5, -400, "time.expired"),
        ] {
            corpus.direct(
                &format!("time_presentation_{name}{securing}"),
                code,
                "The presentation is not good at the moment judged.",
                |scene| {
                    if jose {
                        scene.jose();
                    }
                    presented(scene, created, expires);
                },
            );
        }
        for (name, claim, option) in [("made", "iat", "created"), ("ends", "exp", "expires")] {
            corpus.direct(
                &format!("time_presentation_does_not_say_when_it_{name}{securing}"),
                "time.malformed",
                "A presentation says when it begins and ends.",
                |scene| {
                    if jose {
                        scene.jose();
                    }
                    remove(&mut scene.presentation.claims, claim);
                    remove(&mut scene.presentation.proof, option);
                },
            );
        }
    }
}

fn claims(corpus: &mut Corpus) {
    let values = [
        ("text", json!("1781683200")),
        ("boolean", json!(true)),
        ("null", json!(null)),
        ("array", json!([1_781_683_200])),
        ("object", json!({})),
        ("negative", json!(-1)),
        ("too_large", json!(8_210_298_412_799_i64)),
        ("ten_to_the_50", json!(1e50)),
        ("two_to_the_63", json!(9_223_372_036_854_775_808_u64)),
    ];
    for (name, value) in &values {
        for claim in ["exp", "iat"] {
            corpus.direct(
                &format!("time_claim_{claim}_{name}"),
                "time.malformed",
                "A time that is malformed is never absent.",
                |scene| {
                    scene.jose();
                    scene.presentation.claims[claim] = value.clone();
                },
            );
        }
    }
    for (name, value) in &values[..5] {
        corpus.direct(
            &format!("time_claim_nbf_{name}"),
            "time.malformed",
            "A time that is malformed is never absent.",
            |scene| {
                scene.jose();
                scene.presentation.claims["nbf"] = value.clone();
            },
        );
        corpus.direct(
            &format!("time_claim_exp_of_a_paper_{name}"),
            "time.malformed",
            "A time that is malformed is never absent.",
            |scene| {
                scene.jose();
                scene.papers[0].claims["exp"] = value.clone();
            },
        );
    }
    for (name, value) in [
        ("zero", 0),
        ("one", 1),
        ("a_second_ago_and_the_skew", 1_781_683_139),
    ] {
        corpus.direct(
            &format!("time_claim_exp_{name}"),
            "time.expired",
            "It ended long ago.",
            |scene| {
                scene.jose();
                scene.presentation.claims["exp"] = json!(value);
            },
        );
    }
    corpus.direct(
        "time_claim_exp_fraction",
        "time.malformed",
        "NumericDates of a presentation are whole seconds.",
        |scene| {
            scene.jose();
            scene.presentation.claims["exp"] = json!(1_781_683_320.5);
        },
    );
}

/// The presentation was made and ends so many seconds after the moment judged, under both securings.
pub(super) fn presented(scene: &mut Scene, created: i64, expires: i64) {
    let (created, expires) = (after(&scene.at, created), after(&scene.at, expires));
    scene.presentation.claims["iat"] = json!(instant(&created).seconds());
    scene.presentation.claims["exp"] = json!(instant(&expires).seconds());
    scene.presentation.proof["created"] = json!(created);
    scene.presentation.proof["expires"] = json!(expires);
}
