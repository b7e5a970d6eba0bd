//! How old a list is, and the lists of delegations.

use serde_json::json;

use super::{INDEX, carrying, claims, delegated, direct, publish, set, token_list, url};
use crate::corpus::{Corpus, remove};
use crate::party::{ADA, BOB, CY};
use crate::scene::Scene;
use crate::time::{after, instant};

pub(super) fn ages(corpus: &mut Corpus) {
    let stale = "status.stale";
    for (name, seconds) in [("a_second_too_old", -301), ("an_hour_old", -3_600)] {
        direct(
            corpus,
            &format!("token_status_list_{name}"),
            stale,
            "Older than the policy takes; a newer one is asked for.",
            |scene| publish(scene, seconds, &[]),
        );
    }
    direct(
        corpus,
        "token_status_list_too_old_and_revoked",
        stale,
        "What is too old tells nothing; a newer one is asked for.",
        |scene| publish(scene, -400, &[(INDEX, 1)]),
    );
    direct(
        corpus,
        "token_status_list_too_old_and_no_newer_one",
        stale,
        "A newer one could not be had.",
        |scene| {
            publish(scene, -400, &[]);
            scene.failed(json!({"kind": "tokenStatusList", "url": url()}), "fetch.timeout");
        },
    );
    direct(
        corpus,
        "token_status_list_too_old_for_a_strict_policy",
        stale,
        "The policy takes lists of one second.",
        |scene| scene.policy["maxStatusAge"] = json!("1s"),
    );
    for (name, seconds) in [("ended", -1), ("ended_at_this_very_second", 0)] {
        direct(
            corpus,
            &format!("token_status_list_{name}"),
            stale,
            "`exp` is here, and no clock difference lengthens it.",
            |scene| {
                let end = instant(&after(&scene.at, seconds)).seconds();
                claims(scene)["exp"] = json!(end);
            },
        );
    }
    direct(
        corpus,
        "token_status_ttl_of_ten_years",
        stale,
        "No `ttl` makes a list younger.",
        |scene| {
            publish(scene, -301, &[]);
            claims(scene)["ttl"] = json!(315_360_000);
        },
    );
    direct(
        corpus,
        "token_status_list_without_an_end_too_old",
        stale,
        "A list without an end grows old all the same.",
        |scene| {
            publish(scene, -301, &[]);
            remove(claims(scene), "exp");
        },
    );
    direct(
        corpus,
        "token_status_list_of_the_future",
        "status.unknown",
        "Made two minutes from now.",
        |scene| publish(scene, 120, &[]),
    );
    let floor = |scene: &mut Scene, key: String, seconds: i64| {
        let floor = after(&scene.at, seconds);
        scene.evidence(move |evidence| evidence["statusFloors"][key.as_str()] = json!(floor));
    };
    direct(
        corpus,
        "token_status_list_older_than_seen",
        "status.rollback",
        "A newer list was seen before.",
        |scene| floor(scene, format!("token {}", url()), -29),
    );
    direct(
        corpus,
        "token_status_list_older_than_seen_and_revoked",
        "status.revoked",
        "A newer list was seen before, and the passport is revoked.",
        |scene| {
            floor(scene, format!("token {}", url()), -29);
            scene.set(&crate::paper::list(crate::party::ACME, "r"), &[120]);
        },
    );
    direct(
        corpus,
        "token_status_historical_before_the_list",
        "status.unknown",
        "The list of the present does not tell of a moment before it was made.",
        |scene| {
            publish(scene, 600, &[]);
            scene.historical = true;
        },
    );
    direct(
        corpus,
        "token_status_historical_suspended",
        "status.suspended",
        "At the moment asked it was suspended.",
        |scene| {
            scene.historical = true;
            set(scene, 2, &[(INDEX, 2)]);
        },
    );
}

pub(super) fn delegations(corpus: &mut Corpus) {
    let bent = |corpus: &mut Corpus, name: &str, code: &str, comment: &str, bend: &dyn Fn(&mut Scene)| {
        corpus.bent(name, code, comment, delegated(), |scene| {
            carrying(scene, 1, 200);
            bend(scene);
        });
    };
    bent(
        corpus,
        "token_status_delegation_revoked",
        "status.revoked",
        "Ada takes her delegation back, on the root authority's list.",
        &|scene| set(scene, 2, &[(200, 1)]),
    );
    bent(
        corpus,
        "token_status_delegation_suspended",
        "status.suspended",
        "Ada suspends her delegation.",
        &|scene| set(scene, 2, &[(200, 2)]),
    );
    bent(
        corpus,
        "token_status_root_revoked_below_a_valid_delegation",
        "status.revoked",
        "Everything below a revoked capability is refused.",
        &|scene| set(scene, 2, &[(INDEX, 1)]),
    );
    for (name, other) in [
        ("a_stranger", "https://mallory.example/status-lists/t"),
        ("another_organization", "https://initech.example/status-lists/t"),
        (
            "a_host_that_begins_alike",
            "https://acme.example.evil.example/status-lists/t",
        ),
        ("another_port", "https://acme.example:8443/status-lists/t"),
        ("another_folder", "https://acme.example/admin/delete"),
        ("another_query", "https://acme.example/status-lists/t?bust=1"),
    ] {
        bent(
            corpus,
            &format!("token_status_delegation_on_a_list_of_{name}"),
            "status.issuer",
            "A delegation's index is reserved at the root authority, and nothing else is fetched.",
            &|scene| scene.papers[1].claims["status"]["status_list"]["uri"] = json!(other),
        );
    }
    bent(
        corpus,
        "token_status_delegation_list_not_fetched",
        "evidence.needed",
        "Another list of the root authority.",
        &|scene| {
            let other = "https://acme.example/status-lists/d";
            scene.papers[1].claims["status"]["status_list"]["uri"] = json!(other);
        },
    );
    bent(
        corpus,
        "token_status_delegation_list_signed_by_the_delegator",
        "status.unknown",
        "An agent hosts no list.",
        &|scene| {
            let other = "https://acme.example/status-lists/d";
            scene.papers[1].claims["status"]["status_list"]["uri"] = json!(other);
            let list = token_list(other, ADA, &after(&scene.at, -30), 2, &[]);
            scene.token_lists.insert(other.to_owned(), list);
        },
    );
    let mut three = Scene::of(&[ADA, BOB, CY]);
    carrying(&mut three, 0, INDEX);
    corpus.bent(
        "token_status_middle_delegation_revoked",
        "status.revoked",
        "Everything below a revoked delegation is refused.",
        three,
        |scene| {
            carrying(scene, 1, 200);
            set(scene, 2, &[(200, 1)]);
        },
    );
}
