//! How old a list is, and the lists of delegations.

use serde_json::{Value, json};

use super::{revocation, revoked, suspended};
use crate::corpus::Corpus;
use crate::paper::status_entry;
use crate::party::ADA;
use crate::scene::{Scene, status_list};
use crate::seal::Securing;
use crate::time::after;

pub(in crate::corpus) fn ages(corpus: &mut Corpus) {
    for (name, seconds) in [("a_second_too_old", -301), ("an_hour_old", -3_600)] {
        corpus.direct(
            &format!("status_list_{name}"),
            "status.stale",
            "Older than the policy takes; a newer one is asked for.",
            |scene| scene.publish(&revoked(), "revocation", seconds, &[]),
        );
    }
    corpus.direct(
        "status_list_too_old_for_a_strict_policy",
        "status.stale",
        "The policy takes lists of one second.",
        |scene| scene.policy["maxStatusAge"] = json!("1s"),
    );
    corpus.direct(
        "status_list_too_old_and_no_newer_one",
        "status.stale",
        "A newer one could not be had.",
        |scene| {
            scene.publish(&revoked(), "revocation", -400, &[]);
            scene.failed(json!({"kind": "statusList", "url": revoked()}), "fetch.timeout");
        },
    );
    corpus.direct(
        "status_list_too_old_and_set",
        "status.stale",
        "What is too old tells nothing; a newer one is asked for.",
        |scene| {
            scene.publish(&revoked(), "revocation", -400, &[100]);
        },
    );
    corpus.direct(
        "status_list_ended",
        "status.stale",
        "The list's own validity has ended.",
        |scene| {
            let end = after(&scene.at, -1);
            revocation(scene).document["validUntil"] = json!(end);
        },
    );
    corpus.direct(
        "status_list_fresh_by_its_jws_claims_only",
        "status.stale",
        "`validFrom` counts, not a later `iat`.",
        |scene| {
            scene.publish(&revoked(), "revocation", -400, &[]);
            let list = revocation(scene);
            list.securing = Securing::Jose;
            list.claims["iat"] = json!(1_781_683_195);
        },
    );
    corpus.direct(
        "status_list_of_the_future",
        "status.unknown",
        "Made two minutes from now.",
        |scene| scene.publish(&revoked(), "revocation", 120, &[]),
    );
    corpus.direct(
        "status_list_older_than_seen",
        "status.rollback",
        "A newer list was seen before.",
        |scene| {
            let floor = after(&scene.at, -29);
            scene.evidence(move |evidence| evidence["statusFloors"][revoked()] = json!(floor));
        },
    );
    corpus.direct(
        "status_list_older_than_seen_by_a_millisecond",
        "status.rollback",
        "A newer list was seen before.",
        |scene| {
            scene
                .evidence(|evidence| evidence["statusFloors"][revoked()] = json!("2026-06-17T07:59:30.001Z"));
        },
    );
    corpus.direct(
        "status_suspension_list_older_than_seen",
        "status.rollback",
        "A newer list was seen before.",
        |scene| {
            let floor = after(&scene.at, -20);
            scene.evidence(move |evidence| evidence["statusFloors"][suspended()] = json!(floor));
        },
    );
    corpus.direct(
        "status_ttl_of_ten_years",
        "status.stale",
        "No `ttl` makes a list younger.",
        |scene| {
            scene.publish(&revoked(), "revocation", -301, &[]);
            revocation(scene).document["credentialSubject"]["ttl"] = json!(315_360_000_000_u64);
        },
    );
    corpus.direct(
        "status_historical_revoked",
        "status.revoked",
        "At the moment asked it was revoked.",
        |scene| {
            scene.historical = true;
            scene.set(&revoked(), &[100]);
        },
    );
}

pub(in crate::corpus) fn delegations(corpus: &mut Corpus) {
    let reserved = |scene: &mut Scene, place: usize, entry: Value| {
        scene.paper(place)["credentialStatus"] = json!([entry])
    };
    corpus.delegated(
        "status_delegation_revoked",
        "status.revoked",
        "Ada takes her delegation back, on the root authority's list.",
        |scene| {
            reserved(scene, 1, status_entry("revocation", &revoked(), 200));
            scene.set(&revoked(), &[200]);
        },
    );
    corpus.three_hops(
        "status_middle_delegation_revoked",
        "status.revoked",
        "Everything below a revoked delegation is refused.",
        |scene| {
            reserved(scene, 1, status_entry("revocation", &revoked(), 200));
            scene.set(&revoked(), &[200]);
        },
    );
    corpus.three_hops(
        "status_last_delegation_suspended",
        "status.suspended",
        "The last delegation is suspended.",
        |scene| {
            reserved(scene, 2, status_entry("suspension", &suspended(), 201));
            scene.set(&suspended(), &[201]);
        },
    );
    for (name, url) in [
        ("a_stranger", "https://mallory.example/status-lists/r"),
        ("another_organization", "https://initech.example/status-lists/r"),
        (
            "a_host_that_begins_alike",
            "https://acme.example.evil.example/status-lists/r",
        ),
        ("another_port", "https://acme.example:8443/status-lists/r"),
    ] {
        corpus.delegated(
            &format!("status_delegation_on_a_list_of_{name}"),
            "status.issuer",
            "A delegation's index is reserved at the root authority, and nothing else is fetched.",
            |scene| {
                reserved(scene, 1, status_entry("revocation", url, 200));
            },
        );
    }
    corpus.delegated(
        "status_delegation_list_not_fetched",
        "evidence.needed",
        "Another list of the root authority.",
        |scene| {
            reserved(
                scene,
                1,
                status_entry("revocation", "https://acme.example/status-lists/d", 200),
            );
        },
    );
    corpus.delegated(
        "status_delegation_list_signed_by_the_delegator",
        "status.unknown",
        "An agent hosts no list.",
        |scene| {
            let url = "https://acme.example/status-lists/d";
            reserved(scene, 1, status_entry("revocation", url, 200));
            let made = after(&scene.at, -30);
            scene
                .lists
                .insert(url.to_owned(), status_list(url, "revocation", ADA, &made, &[]));
        },
    );
}
