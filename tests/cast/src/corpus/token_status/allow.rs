//! Lists that tell nothing against a paper.

use chancery_proof::base64url;
use serde_json::json;

use super::{INDEX, carrying, claims, delegated, direct, lst, publish, scene, set, token_list, url};
use crate::corpus::{Corpus, remove};
use crate::paper::{list, status_entries, status_entry};
use crate::party::{ACME, ACME_STATUS, ADA};
use crate::scene::Scene;
use crate::time::after;

pub(super) fn vectors(corpus: &mut Corpus) {
    let ok = "ok";
    for bits in [2_u8, 4, 8] {
        direct(
            corpus,
            &format!("allow_token_status_of_{bits}_bits"),
            ok,
            "The capability's only status is one of a Token Status List; all neighbours are revoked.",
            |scene| set(scene, bits, &[(0, 1), (99, 1), (101, 1), (131_071, 1)]),
        );
    }
    direct(
        corpus,
        "allow_token_status_beside_bitstring",
        ok,
        "Both kinds of entry; the list of single bits need not tell of suspension.",
        |scene| {
            scene.paper(0)["credentialStatus"] = status_entries(ACME, INDEX);
            set(scene, 1, &[(99, 1)]);
        },
    );
    direct(
        corpus,
        "allow_token_status_beside_a_suspension_entry",
        ok,
        "Revocation on a list of single bits, suspension on a Bitstring.",
        |scene| {
            scene.paper(0)["credentialStatus"] = json!([status_entry("suspension", &list(ACME, "s"), INDEX)]);
            set(scene, 1, &[]);
        },
    );
    direct(
        corpus,
        "allow_token_status_at_the_address_of_a_bitstring_list",
        ok,
        "One address publishes both kinds; each is evidence of its own.",
        |scene| {
            let both = list(ACME, "r");
            scene.papers[0].claims["status"]["status_list"]["uri"] = json!(both);
            let list = token_list(&both, ACME_STATUS, &after(&scene.at, -31), 2, &[]);
            scene.token_lists = [(both, list)].into();
        },
    );
    for (name, index) in [("first", 0_u64), ("last", 131_071)] {
        direct(
            corpus,
            &format!("allow_token_status_index_{name}"),
            ok,
            "The index at the end of the list.",
            |scene| scene.papers[0].claims["status"]["status_list"]["idx"] = json!(index),
        );
    }
    direct(
        corpus,
        "allow_token_status_list_of_few",
        ok,
        "The draft asks for no least length.",
        |scene| {
            claims(scene)["status_list"]["lst"] = json!(base64url::encode(&lst(104, 2, &[])));
        },
    );
    for (name, member) in [("ttl", "ttl"), ("an_end", "exp")] {
        direct(
            corpus,
            &format!("allow_token_status_list_without_{name}"),
            ok,
            "Recommended, not required.",
            |scene| remove(claims(scene), member),
        );
    }
    direct(
        corpus,
        "allow_token_status_list_with_other_claims",
        ok,
        "A list may say more.",
        |scene| {
            claims(scene)["iss"] = json!(ACME_STATUS.did());
            claims(scene)["jti"] = json!("list-1");
            claims(scene)["status_list"]["aggregation_uri"] = json!("https://acme.example/status-lists");
        },
    );
    direct(
        corpus,
        "allow_token_status_list_of_the_authority_itself",
        ok,
        "Acme signs its list with its own DID.",
        |scene| {
            let list = token_list(&url(), ACME, &after(&scene.at, -30), 2, &[]);
            scene.token_lists.insert(url(), list);
        },
    );
    direct(
        corpus,
        "allow_token_status_at_its_greatest_age",
        ok,
        "The list is exactly 300 s old.",
        |scene| publish(scene, -300, &[]),
    );
    direct(
        corpus,
        "allow_token_status_at_its_floor",
        ok,
        "The list is the newest ever seen.",
        |scene| {
            let floor = after(&scene.at, -30);
            scene.evidence(move |evidence| {
                evidence["statusFloors"][format!("token {}", url())] = json!(floor)
            });
        },
    );
    direct(
        corpus,
        "allow_token_status_resumed",
        ok,
        "Suspended in an older list, valid again in this one.",
        |scene| {
            publish(scene, -10, &[]);
            let floor = after(&scene.at, -60);
            scene.evidence(move |evidence| {
                evidence["statusFloors"][format!("token {}", url())] = json!(floor)
            });
        },
    );
    let mut passport = Scene::of(&[ADA]);
    let place = passport.passport(0);
    carrying(&mut passport, place, INDEX);
    corpus.bent(
        "allow_token_status_of_a_passport",
        ok,
        "The passport is a JWT.",
        passport,
        |_| {},
    );
    let mut both = scene();
    let place = both.passport(0);
    carrying(&mut both, place, 7);
    both.lists.clear();
    corpus.bent(
        "allow_token_status_of_every_paper",
        ok,
        "No paper has an entry on a Bitstring list.",
        both,
        |_| {},
    );
    corpus.bent(
        "allow_token_status_delegation_beside_the_roots_list",
        ok,
        "The root names only its Token Status List; the delegation's index is on it.",
        delegated(),
        |scene| carrying(scene, 1, 200),
    );
}
