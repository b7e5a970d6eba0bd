//! What is asked, and the grant.

use serde_json::json;

use super::with;
use crate::corpus::{Corpus, remove};
use crate::paper::{amount, hours, refunds};
use crate::party::ADA;
use crate::scene::Scene;

pub(in crate::corpus) fn requests(corpus: &mut Corpus) {
    for (name, action) in [
        ("another_noun", "customer:read"),
        ("another_verb", "refund:cancel"),
        ("a_longer_verb", "refund:create2"),
        ("a_longer_noun", "refunds:create"),
    ] {
        corpus.direct(
            &format!("constraints_action_{name}"),
            "constraint.action",
            "The capability does not give this action.",
            |scene| scene.request["action"] = json!(action),
        );
    }
    corpus.delegated(
        "constraints_action_given_up_by_the_child",
        "constraint.action",
        "Ada may cancel, Bob may not.",
        |scene| {
            scene.entry(0)["action"] = json!(["refund:*"]);
            scene.policy["anchors"][0]["grant"][0]["action"] = json!(["refund:*"]);
            scene.request["action"] = json!("refund:cancel");
        },
    );
    corpus.direct(
        "constraints_action_of_an_entry_that_is_not_cited",
        "constraint.action",
        "Authority is the cited path, never a union.",
        |scene| {
            let mut second = refunds(vec![]);
            second["action"] = json!(["order:read"]);
            scene.paper(0)["credentialSubject"]["capability"]
                .as_array_mut()
                .unwrap()
                .push(second);
            scene.request["action"] = json!("order:read");
        },
    );
    for (name, resource) in [
        ("another_folder", "https://api.globex.example/customers/1"),
        ("the_folder_itself", "https://api.globex.example/orders"),
        ("a_longer_name", "https://api.globex.example/orders2/1"),
        ("another_host", "https://api.initech.example/orders/1001"),
        ("another_scheme", "http://api.globex.example/orders/1001"),
        ("another_port", "https://api.globex.example:8443/orders/1001"),
        ("another_case", "https://api.globex.example/Orders/1001"),
        ("the_root", "https://api.globex.example/"),
        ("an_encoded_name", "https://api.globex.example/orders%20/1001"),
    ] {
        corpus.direct(
            &format!("constraints_resource_{name}"),
            "constraint.resource",
            "The capability does not give this resource.",
            |scene| scene.request["resource"] = json!(resource),
        );
    }
    corpus.delegated(
        "constraints_resource_given_up_by_the_child",
        "constraint.resource",
        "Ada has all orders, Bob has one.",
        |scene| {
            scene.entry(1)["resource"] = json!(["https://api.globex.example/orders/7"]);
        },
    );
    corpus.direct(
        "constraints_resource_below_an_exact_one",
        "constraint.resource",
        "One order, not what is below it.",
        |scene| {
            scene.entry(0)["resource"] = json!(["https://api.globex.example/orders/1001"]);
            scene.request["resource"] = json!("https://api.globex.example/orders/1001/lines/1");
        },
    );
}

pub(in crate::corpus) fn grants(corpus: &mut Corpus) {
    let code = "constraint.not_granted";
    corpus.direct(
        "constraints_no_grant",
        code,
        "A policy that grants nothing allows nothing.",
        |scene| scene.policy["anchors"][0]["grant"] = json!([]),
    );
    corpus.direct(
        "constraints_grant_left_out",
        code,
        "Absent means nothing.",
        |scene| remove(&mut scene.policy["anchors"][0], "grant"),
    );
    corpus.direct(
        "constraints_grant_of_another_action",
        code,
        "Globex grants cancellations.",
        |scene| scene.policy["anchors"][0]["grant"][0]["action"] = json!(["refund:cancel"]),
    );
    corpus.direct(
        "constraints_grant_of_another_resource",
        code,
        "Globex grants another folder.",
        |scene| {
            scene.policy["anchors"][0]["grant"][0]["resource"] =
                json!(["https://api.globex.example/invoices/*"])
        },
    );
    corpus.direct(
        "constraints_grant_exceeded",
        "constraint.amount",
        "Ada's own 100 EUR do not matter here: Globex grants 80.",
        |scene| scene.asking("90.00"),
    );
    corpus.direct(
        "constraints_grant_exceeded_by_the_smallest_part",
        "constraint.amount",
        "80.000001 of 80.",
        |scene| scene.asking("80.000001"),
    );
    corpus.direct(
        "constraints_no_grant_of_two_covers_it",
        "constraint.amount",
        "Each alternative has to hold by itself.",
        |scene| {
            scene.policy["anchors"][0]["grant"] =
                json!([refunds(vec![amount("10.00")]), refunds(vec![amount("20.00")])]);
        },
    );
    corpus.direct(
        "constraints_grant_with_hours",
        "constraint.hours",
        "Globex grants the night only.",
        |scene| {
            let mut night = hours();
            (night["from"], night["until"]) = (json!("22:00"), json!("06:00"));
            scene.policy["anchors"][0]["grant"] = json!([refunds(vec![night])]);
        },
    );
    corpus.three_hops(
        "constraints_grant_of_the_middle_hops_organization_does_not_count",
        code,
        "Initech's anchor grants; the root is Acme's.",
        |scene| {
            scene.of_initech(1, crate::party::BOB);
            scene.policy["anchors"][1]["grant"] = json!([refunds(vec![amount("1000.00")])]);
            scene.policy["anchors"][0]["grant"] = json!([]);
        },
    );
}

pub(in crate::corpus) fn facts(corpus: &mut Corpus) {
    let code = "constraint.fact_missing";
    corpus.direct(
        "constraints_fact_amount_missing",
        code,
        "The request says nothing of an amount.",
        |scene| scene.request["facts"] = json!({}),
    );
    corpus.direct(
        "constraints_facts_missing",
        code,
        "The request has no facts.",
        |scene| remove(&mut scene.request, "facts"),
    );
    corpus.direct(
        "constraints_fact_in_another_case",
        code,
        "Facts are named exactly.",
        |scene| scene.request["facts"] = json!({"Amount": {"value": "1.00", "currency": "EUR"}}),
    );
    for (name, constraint) in [
        (
            "region",
            json!({"type": "OneOf", "fact": "region", "values": ["eu"]}),
        ),
        (
            "data",
            json!({"type": "AtMost", "fact": "data", "scale": "Size", "max": 1}),
        ),
    ] {
        corpus.direct(
            &format!("constraints_fact_{name}_missing"),
            code,
            "A constraint wants a fact that the request lacks.",
            |scene| scene.constraints(0, json!([constraint])),
        );
    }
    corpus.direct(
        "constraints_fact_of_the_arguments_is_no_fact",
        code,
        "Facts come from the relying party, never from the call itself.",
        |scene| {
            scene.request["facts"] = json!({});
            scene.request["arguments"]["amount"] = json!({"value": "1.00", "currency": "EUR"});
        },
    );
}

pub(in crate::corpus) fn undecided(corpus: &mut Corpus) {
    let zone = "Nowhere/Never";
    corpus.direct(
        "constraints_zone_unknown",
        "evidence.needed",
        "The offset of a zone that no database knows is asked for.",
        |scene| scene.constraints(0, json!([with(hours(), "timeZone", json!(zone))])),
    );
    corpus.direct(
        "constraints_zone_failed",
        "fetch.failed",
        "The offset could not be had.",
        |scene| {
            scene.constraints(0, json!([with(hours(), "timeZone", json!(zone))]));
            let need = json!({"kind": "zoneOffset", "zone": zone, "at": scene.at});
            scene.failed(need, "fetch.failed");
        },
    );
    corpus.direct(
        "constraints_zone_known_at_another_moment",
        "evidence.needed",
        "An offset counts at its moment only.",
        |scene| {
            scene.constraints(0, json!([with(hours(), "timeZone", json!(zone))]));
            scene.evidence(move |evidence| {
                evidence["zoneOffsets"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!({"zone": zone, "at": "2026-06-17T08:00:01Z", "offset": 0, "tzdb": "2026a"}))
            });
        },
    );
    corpus.direct(
        "constraints_zone_of_another_name",
        "evidence.needed",
        "Zones are named exactly.",
        |scene| {
            scene.constraints(0, json!([with(hours(), "timeZone", json!(zone))]));
            scene.offset("nowhere/never", 0);
        },
    );
    corpus.direct(
        "constraints_zone_with_an_offset_of_no_zone",
        "constraint.hours",
        "No zone is nineteen hours from UTC.",
        |scene| {
            scene.constraints(
                0,
                json!([with(
                    with(with(hours(), "timeZone", json!(zone)), "from", json!("00:00")),
                    "until",
                    json!("24:00")
                )]),
            );
            scene.offset(zone, 68_400);
        },
    );
    corpus.direct(
        "constraints_historical_outside_of_the_hours",
        "constraint.hours",
        "At the moment asked it was outside of the hours.",
        |scene| {
            *scene = Scene::at("2026-06-17T19:00:00Z", &[ADA]);
            scene.historical = true;
        },
    );
}
