//! Issuers, parents, entries.

use serde_json::json;

use crate::corpus::{Corpus, remove};
use crate::paper::{self, amount, digest};
use crate::party::{ACME, ADA, BOB, MALLORY, TRUDY};
use crate::scene::Scene;
use crate::seal::Slip;
use crate::time::after;

pub(in crate::corpus) fn links(corpus: &mut Corpus) {
    for (name, issuer) in [
        ("a_stranger", TRUDY),
        ("the_child", BOB),
        ("the_authority", ACME),
        ("another_authority", MALLORY),
    ] {
        corpus.delegated(
            &format!("link_delegation_issued_by_{name}"),
            "delegation.not_linked",
            "The parent's subject did not issue the delegation.",
            |scene| {
                let document = paper::delegation(&scene.at, 110, issuer, BOB, 0);
                scene.papers[1] = Slip::new(
                    document,
                    issuer,
                    "capabilityDelegation",
                    &after(&scene.at, -1_800),
                );
            },
        );
    }
    corpus.three_hops(
        "link_hop_left_out",
        "delegation.not_linked",
        "The middle hop is left out.",
        |scene| {
            let digest = scene.papers[0].digest();
            scene.paper(2)["credentialSubject"]["parent"] = json!(digest);
            scene.papers.remove(1);
            scene.papers.remove(3);
        },
    );
    corpus.three_hops(
        "link_delegations_in_another_order",
        "delegation.not_linked",
        "The two delegations are exchanged.",
        |scene| {
            let root = scene.papers[0].digest();
            scene.paper(1)["credentialSubject"]["parent"] = json!(root);
            let first = scene.papers[1].digest();
            scene.paper(2)["credentialSubject"]["parent"] = json!(first);
            scene.papers.swap(1, 2);
        },
    );
    corpus.bent(
        "link_issuer_is_the_same_key_as_another_did",
        "delegation.not_linked",
        "The parent's subject is a did:key, the issuer a did:jwk of the same key.",
        Scene::of(&[ADA, BOB]),
        |scene| {
            let document = paper::delegation(&scene.at, 110, ADA.jwk(), BOB, 0);
            scene.papers[1] = Slip::new(
                document,
                ADA.jwk(),
                "capabilityDelegation",
                &after(&scene.at, -1_800),
            );
        },
    );
}

pub(in crate::corpus) fn parents(corpus: &mut Corpus) {
    let code = "delegation.parent_digest";
    corpus.delegated(
        "link_parent_digest_of_another_text",
        code,
        "The digest of something else.",
        |scene| {
            scene.paper(1)["credentialSubject"]["parent"] = json!(digest("another"));
        },
    );
    corpus.delegated(
        "link_parent_renewed",
        code,
        "The parent was renewed; the delegation names the old one.",
        |scene| {
            let old = scene.papers[0].digest();
            scene.paper(1)["credentialSubject"]["parent"] = json!(old);
            scene.paper(0)["id"] = json!(paper::urn(101));
        },
    );
    corpus.delegated(
        "link_parent_widened_after_the_delegation",
        code,
        "Acme issued a wider parent under the same name.",
        |scene| {
            let old = scene.papers[0].digest();
            scene.paper(1)["credentialSubject"]["parent"] = json!(old);
            scene.constraints(0, json!([amount("1000.00")]));
        },
    );
    corpus.delegated(
        "link_parent_digest_with_its_proof",
        code,
        "The digest of the whole secured document.",
        |scene| {
            let text = scene.papers[0].item();
            scene.paper(1)["credentialSubject"]["parent"] =
                json!(chancery_proof::Digest::of_bytes(&crate::seal::canonical(&text)).as_str());
        },
    );
    corpus.delegated(
        "link_parent_digest_of_the_other_securing",
        code,
        "The parent's document as JWS and as Data Integrity have two digests.",
        |scene| {
            let embedded = scene.papers[0].digest();
            scene.paper(1)["credentialSubject"]["parent"] = json!(embedded);
            scene.jose();
        },
    );
    corpus.delegated(
        "link_parent_digest_of_the_whole_token",
        code,
        "The digest of header, payload and signature.",
        |scene| {
            scene.jose();
            let token = scene.papers[0].jws();
            scene.paper(1)["credentialSubject"]["parent"] = json!(digest(&token));
        },
    );
    corpus.three_hops(
        "link_parent_digest_of_the_grandparent",
        code,
        "The last hop names the root.",
        |scene| {
            let root = scene.papers[0].digest();
            scene.paper(2)["credentialSubject"]["parent"] = json!(root);
        },
    );
    corpus.delegated(
        "link_parent_digest_of_itself",
        code,
        "A paper cannot name itself, but may try to name its own document.",
        |scene| {
            let own = scene.papers[1].digest();
            scene.paper(1)["credentialSubject"]["parent"] = json!(own);
        },
    );
}

pub(in crate::corpus) fn entries(corpus: &mut Corpus) {
    let code = "delegation.entry";
    corpus.delegated(
        "link_entry_names_no_parent_entry",
        code,
        "`from` is beyond the parent's entries.",
        |scene| scene.entry(1)["from"] = json!(1),
    );
    corpus.delegated(
        "link_entry_without_from",
        code,
        "An entry of a delegation names the parent's.",
        |scene| remove(scene.entry(1), "from"),
    );
    corpus.direct(
        "link_root_entry_with_from",
        code,
        "The root has no parent.",
        |scene| scene.entry(0)["from"] = json!(0),
    );
    for entry in [1, 63, 4_000_000_000_u64, 9_007_199_254_740_991] {
        corpus.direct(
            &format!("link_cited_entry_{entry}"),
            code,
            "The cited entry does not exist.",
            |scene| {
                scene.presentation.document["capabilityEntry"] = json!(entry);
            },
        );
    }
    corpus.delegated(
        "link_cited_entry_of_the_parent_only",
        code,
        "The parent has a second entry, the leaf has not.",
        |scene| {
            let second = scene.entry(0).clone();
            scene.paper(0)["credentialSubject"]["capability"]
                .as_array_mut()
                .unwrap()
                .push(second);
            scene.presentation.document["capabilityEntry"] = json!(1);
        },
    );
    corpus.delegated(
        "link_uncited_entry_names_no_parent_entry",
        code,
        "Every entry names its parent's, cited or not.",
        |scene| {
            let mut second = scene.entry(1).clone();
            second["from"] = json!(5);
            scene.paper(1)["credentialSubject"]["capability"]
                .as_array_mut()
                .unwrap()
                .push(second);
        },
    );
    for place in [0, 1] {
        for (name, value) in [("empty", json!([])), ("null", json!(null))] {
            corpus.delegated(
                &format!("link_capability_{name}_at_hop_{place}"),
                "delegation.empty",
                "An empty or null set denies all.",
                |scene| {
                    scene.paper(place)["credentialSubject"]["capability"] = value;
                },
            );
        }
        for member in ["action", "resource"] {
            let code = "delegation.empty";
            corpus.delegated(
                &format!("link_{member}_empty_at_hop_{place}"),
                code,
                "An entry without action or resource gives nothing.",
                |scene| {
                    scene.entry(place)[member] = json!([]);
                },
            );
        }
    }
}

pub(in crate::corpus) fn nothing_given(corpus: &mut Corpus) {
    for member in ["action", "resource"] {
        corpus.direct(
            &format!("link_root_without_any_{member}"),
            "delegation.empty",
            "The only entry gives nothing.",
            |scene| {
                scene.entry(0)[member] = json!([]);
            },
        );
    }
}
