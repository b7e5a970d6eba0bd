//! Inclusion of action, resource, audience and window.

use serde_json::{Value, json};

use crate::corpus::Corpus;
use crate::paper::AUDIENCE;
use crate::time::after;

pub(in crate::corpus) fn widening(corpus: &mut Corpus) {
    for (name, parent, child) in [
        (
            "added",
            json!(["refund:create"]),
            json!(["refund:create", "refund:cancel"]),
        ),
        ("another", json!(["refund:create"]), json!(["refund:cancel"])),
        ("widened", json!(["refund:create"]), json!(["refund:*"])),
        ("of_another_noun", json!(["refund:*"]), json!(["customer:read"])),
        ("longer_noun", json!(["refund:*"]), json!(["refunds:create"])),
        ("longer_verb", json!(["refund:create"]), json!(["refund:create2"])),
        (
            "shorter_verb",
            json!(["refund:create2"]),
            json!(["refund:create"]),
        ),
    ] {
        corpus.delegated(
            &format!("link_action_{name}"),
            "delegation.widens_action",
            "The child names an action that the parent does not cover.",
            |scene| {
                scene.entry(0)["action"] = parent;
                scene.entry(1)["action"] = child;
            },
        );
    }
    let orders = "https://api.globex.example/orders/*";
    for (name, parent, child) in [
        ("star_above", orders, "https://api.globex.example/*"),
        (
            "star_for_itself",
            "https://api.globex.example/orders/1001",
            orders,
        ),
        (
            "prefix_of_a_name",
            "https://api.globex.example/orders/*",
            "https://api.globex.example/orders2/*",
        ),
        ("shorter_name", orders, "https://api.globex.example/order/*"),
        ("another", orders, "https://api.globex.example/customers/*"),
        ("the_folder_itself", orders, "https://api.globex.example/orders"),
        ("another_host", orders, "https://api.initech.example/orders/*"),
        ("sub_host", orders, "https://x.api.globex.example/orders/*"),
        ("parent_host", orders, "https://globex.example/orders/*"),
        ("another_scheme", orders, "http://api.globex.example/orders/*"),
        ("another_port", orders, "https://api.globex.example:8443/orders/*"),
        ("another_case", orders, "https://api.globex.example/Orders/*"),
        (
            "another_order",
            "https://api.globex.example/orders/1001",
            "https://api.globex.example/orders/1002",
        ),
        (
            "below_an_exact_one",
            "https://api.globex.example/orders/1001",
            "https://api.globex.example/orders/1001/lines",
        ),
    ] {
        corpus.delegated(
            &format!("link_resource_{name}"),
            "delegation.widens_resource",
            "The child names a resource that the parent does not cover.",
            |scene| {
                scene.entry(0)["resource"] = json!([parent]);
                scene.entry(1)["resource"] = json!([child]);
            },
        );
    }
    corpus.delegated(
        "link_resource_added",
        "delegation.widens_resource",
        "One resource of two is not the parent's.",
        |scene| {
            scene.entry(1)["resource"] = json!([orders, "https://api.globex.example/customers/*"]);
        },
    );
    let audience = |services: Value| json!([{"type": "Audience", "services": services}]);
    for (name, parent, child) in [
        (
            "added",
            json!([AUDIENCE]),
            json!([AUDIENCE, "https://evil.example"]),
        ),
        ("another", json!([AUDIENCE]), json!(["https://evil.example"])),
        (
            "in_another_case",
            json!([AUDIENCE]),
            json!(["https://API.globex.example"]),
        ),
        (
            "with_a_slash",
            json!([AUDIENCE]),
            json!(["https://api.globex.example/"]),
        ),
    ] {
        corpus.delegated(
            &format!("link_audience_{name}"),
            "delegation.widens_audience",
            "The child names a service that the parent does not.",
            |scene| {
                scene.constraints(0, audience(parent));
                scene.constraints(1, audience(child));
            },
        );
    }
    corpus.three_hops(
        "link_audience_regained_below_a_silent_hop",
        "delegation.widens_audience",
        "The middle hop is silent, the last names a service that the root does not.",
        |scene| {
            scene.constraints(0, audience(json!([AUDIENCE])));
            scene.constraints(2, audience(json!(["https://evil.example"])));
        },
    );
    corpus.three_hops(
        "link_second_hop_widens",
        "delegation.widens_action",
        "The last hop regains what the middle one gave up.",
        |scene| {
            scene.entry(0)["action"] = json!(["refund:*"]);
            scene.entry(2)["action"] = json!(["refund:*"]);
        },
    );
    corpus.delegated(
        "link_entry_widens_that_is_not_cited",
        "delegation.widens_action",
        "Every entry has to be within its parent, cited or not.",
        |scene| {
            let mut wide = scene.entry(1).clone();
            wide["action"] = json!(["customer:read"]);
            scene.paper(1)["credentialSubject"]["capability"]
                .as_array_mut()
                .unwrap()
                .push(wide);
        },
    );
    corpus.delegated(
        "link_entry_within_two_parents_together",
        "delegation.widens_action",
        "Within exactly one entry of the parent, never within a union.",
        |scene| {
            let mut second = scene.entry(0).clone();
            second["action"] = json!(["refund:cancel"]);
            scene.paper(0)["credentialSubject"]["capability"]
                .as_array_mut()
                .unwrap()
                .push(second);
            scene.entry(1)["action"] = json!(["refund:create", "refund:cancel"]);
        },
    );
}

pub(in crate::corpus) fn windows(corpus: &mut Corpus) {
    for (name, member, seconds) in [
        ("ends_a_second_late", "validUntil", 36_001),
        ("ends_a_day_late", "validUntil", 122_400),
        ("begins_a_second_early", "validFrom", -7_201),
        ("begins_a_day_early", "validFrom", -93_600),
    ] {
        corpus.delegated(
            &format!("link_window_{name}"),
            "delegation.widens_window",
            "The child lives outside of its parent's window.",
            |scene| {
                let time = after(&scene.at, seconds);
                scene.paper(1)[member] = json!(time);
            },
        );
    }
    corpus.three_hops(
        "link_window_wider_than_the_middle_hop",
        "delegation.widens_window",
        "Within the root's window, but not within the middle hop's.",
        |scene| {
            let time = after(&scene.at, 901);
            scene.paper(2)["validUntil"] = json!(time);
        },
    );
    corpus.delegated(
        "link_window_ends_a_millisecond_late",
        "delegation.widens_window",
        "A fraction counts.",
        |scene| {
            scene.paper(1)["validUntil"] = json!("2026-06-17T18:00:00.001Z");
        },
    );
}
