//! Depth, subjects, passports, and the order of judging.

use serde_json::json;

use crate::corpus::{Corpus, remove};
use crate::paper::{self, digest, refunds};
use crate::party::{ACME, ADA, BOB, CY, DEE, EVE, FAY, Party};
use crate::scene::Scene;
use crate::time::after;

pub(in crate::corpus) fn depths(corpus: &mut Corpus) {
    corpus.delegated(
        "link_parent_may_not_be_delegated",
        "delegation.not_delegable",
        "The parent's entry says nothing about delegation.",
        |scene| remove(scene.entry(0), "delegation"),
    );
    corpus.three_hops(
        "link_child_may_not_be_delegated",
        "delegation.not_delegable",
        "Bob may use it, not hand it on.",
        |scene| remove(scene.entry(1), "delegation"),
    );
    corpus.delegated(
        "link_depth_zero",
        "delegation.depth",
        "`maxDepth` 0 is no delegation at all.",
        |scene| scene.entry(0)["delegation"] = json!({"maxDepth": 0}),
    );
    for (name, depth) in [("kept", 1), ("raised", 2), ("raised_to_the_most", 255)] {
        corpus.delegated(
            &format!("link_depth_{name}"),
            "delegation.depth",
            "The child does not lower the depth.",
            |scene| {
                scene.entry(1)["delegation"] = json!({"maxDepth": depth});
            },
        );
    }
    corpus.three_hops(
        "link_depth_exceeded_at_the_third_hop",
        "delegation.depth",
        "The root allows one level of delegation.",
        |scene| {
            scene.entry(0)["delegation"] = json!({"maxDepth": 1});
        },
    );
    corpus.three_hops(
        "link_depth_beyond_the_policy",
        "delegation.depth",
        "The policy takes one delegation.",
        |scene| {
            scene.policy["maxDelegationDepth"] = json!(1);
        },
    );
    corpus.delegated(
        "link_delegation_when_the_policy_takes_none",
        "delegation.depth",
        "The policy takes no delegation.",
        |scene| {
            scene.policy["maxDelegationDepth"] = json!(0);
        },
    );
    let six: [Party; 6] = [ADA, BOB, CY, DEE, EVE, FAY];
    corpus.bent(
        "link_five_delegations",
        "limit.chain",
        "One delegation more than a chain can have.",
        Scene::of(&six),
        |_| {},
    );
    corpus.bent(
        "link_five_delegations_by_policy",
        "limit.chain",
        "Four is the most, whatever the policy says.",
        Scene::of(&six),
        |scene| {
            scene.policy["maxDelegationDepth"] = json!(16);
        },
    );
}

pub(in crate::corpus) fn subjects(corpus: &mut Corpus) {
    let code = "delegation.repeated_subject";
    corpus.bent(
        "link_subject_comes_back",
        code,
        "Ada to Bob to Ada.",
        Scene::of(&[ADA, BOB, ADA]),
        |scene| {
            scene.papers.remove(5);
        },
    );
    corpus.bent(
        "link_delegation_to_oneself",
        code,
        "Ada to Ada.",
        Scene::of(&[ADA, ADA]),
        |scene| {
            scene.papers.remove(3);
        },
    );
    corpus.delegated(
        "link_delegation_to_the_authority",
        code,
        "Ada hands on to Acme.",
        |scene| {
            scene.paper(1)["credentialSubject"]["id"] = json!(ACME.did());
        },
    );
    corpus.direct(
        "link_capability_for_the_authority_itself",
        code,
        "Acme gives to itself.",
        |scene| {
            scene.paper(0)["credentialSubject"]["id"] = json!(ACME.did());
        },
    );
}

pub(in crate::corpus) fn left_out(corpus: &mut Corpus) {
    let code = "delegation.passport_missing";
    for (hop, who) in ["first", "middle", "last"].into_iter().enumerate() {
        corpus.three_hops(
            &format!("link_passport_of_the_{who}_left_out"),
            code,
            "Every subject of the chain shows its passport.",
            |scene| {
                scene.papers.remove(3 + hop);
            },
        );
        corpus.three_hops(
            &format!("link_passport_of_the_{who}_left_out_jose"),
            code,
            "Every subject of the chain shows its passport.",
            |scene| {
                scene.jose();
                scene.papers.remove(3 + hop);
            },
        );
    }
    corpus.three_hops(
        "link_all_passports_left_out",
        code,
        "Nobody shows a passport.",
        |scene| scene.papers.truncate(3),
    );
    corpus.direct(
        "link_only_passport_left_out",
        code,
        "Ada shows no passport.",
        |scene| scene.papers.truncate(1),
    );
    corpus.direct(
        "link_passport_of_the_same_key_as_another_did",
        "type.presentation",
        "The passport is of a did:jwk of Ada's key.",
        |scene| {
            *scene.paper(1) = paper::passport(NOW_AT, 120, ACME, ADA.jwk());
        },
    );
}

const NOW_AT: &str = crate::time::NOW;

/// A refused link asks for nothing, whatever is missing.
pub(in crate::corpus) fn unresolved(corpus: &mut Corpus) {
    corpus.delegated(
        "link_refused_without_any_evidence",
        "delegation.widens_action",
        "The link is judged before anything is asked for.",
        |scene| {
            scene.entry(1)["action"] = json!(["refund:*"]);
            scene.documents.clear();
            scene.lists.clear();
        },
    );
    corpus.delegated(
        "link_refused_for_an_unknown_issuer",
        "delegation.parent_digest",
        "The link is judged before the issuer's trust.",
        |scene| {
            scene.paper(1)["credentialSubject"]["parent"] = json!(digest("another"));
            scene.policy["anchors"] = json!([]);
        },
    );
    corpus.delegated(
        "link_refused_with_a_broken_signature",
        "delegation.widens_resource",
        "The link is judged before the signature.",
        |scene| {
            scene.entry(1)["resource"] = json!(["https://api.globex.example/*"]);
            scene.papers[1].afterwards(|item| item["proof"]["proofValue"] = json!("z3FXQ"));
        },
    );
    let mut unused = refunds(vec![]);
    unused["action"] = json!(["refund:*"]);
    corpus.delegated(
        "link_refused_though_expired",
        "delegation.widens_action",
        "The link is judged before the time.",
        move |scene| {
            unused["from"] = json!(0);
            scene.paper(1)["credentialSubject"]["capability"] = json!([unused]);
            scene.paper(1)["validUntil"] = json!(after(&scene.at, -900));
        },
    );
}
