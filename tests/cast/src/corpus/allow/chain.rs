//! Chains, proof sets and windows.

use serde_json::{Value, json};

use crate::corpus::{Corpus, remove};
use crate::paper::{self, AUDIENCE, amount, list, status_entry};
use crate::party::{ACME, ADA, BOB, CY, DEE, EVE, Party};
use crate::scene::Scene;
use crate::seal::sealed;
use crate::time::after;

pub(in crate::corpus) fn chains(corpus: &mut Corpus) {
    let ok = "ok";
    corpus.bent(
        "allow_four_delegations",
        ok,
        "The longest chain there may be.",
        Scene::of(&[ADA, BOB, CY, DEE, EVE]),
        |_| {},
    );
    corpus.three_hops(
        "allow_middle_hop_of_another_organization",
        ok,
        "Bob's passport is of Initech, which Globex has anchored.",
        |scene| {
            scene.of_initech(1, BOB);
        },
    );
    corpus.three_hops(
        "allow_passports_in_another_order",
        ok,
        "Passports stand in any order after the chain.",
        |scene| {
            scene.papers.swap(3, 5);
        },
    );
    corpus.delegated("allow_second_entry_cited", ok, "The cited path is the second entry's; the first is not used.", |scene| {
        let reads = json!({"action": ["order:read"], "resource": ["https://api.globex.example/orders/*"], "delegation": {"maxDepth": 1}});
        scene.paper(0)["credentialSubject"]["capability"].as_array_mut().unwrap().insert(0, reads.clone());
        let mut child = reads;
        remove(&mut child, "delegation");
        child["from"] = json!(0);
        scene.entry(1)["from"] = json!(1);
        scene.paper(1)["credentialSubject"]["capability"].as_array_mut().unwrap().insert(0, child);
        scene.presentation.document["capabilityEntry"] = json!(1);
    });
    corpus.delegated(
        "allow_two_entries_of_one_parent",
        ok,
        "Two entries are within the same entry of the parent.",
        |scene| {
            let mut second = scene.entry(1).clone();
            second["constraint"] = json!([amount("36.00")]);
            scene.paper(1)["credentialSubject"]["capability"]
                .as_array_mut()
                .unwrap()
                .push(second);
            scene.presentation.document["capabilityEntry"] = json!(1);
        },
    );
    corpus.delegated(
        "allow_child_without_constraints",
        ok,
        "The parent's constraints hold without being repeated.",
        |scene| {
            remove(scene.entry(1), "constraint");
        },
    );
    corpus.delegated(
        "allow_child_with_a_larger_amount_that_the_parent_bounds",
        ok,
        "The conjunction decides: 35 is within 500 and within 100.",
        |scene| {
            scene.constraints(1, json!([amount("500.00")]));
        },
    );
    corpus.delegated(
        "allow_exact_action_under_a_wildcard",
        ok,
        "`refund:*` covers `refund:create`.",
        |scene| {
            scene.entry(0)["action"] = json!(["refund:*"]);
        },
    );
    corpus.delegated(
        "allow_longer_wildcard_under_a_wildcard",
        ok,
        "`/orders/*` is within `/*`.",
        |scene| {
            scene.entry(0)["resource"] = json!(["https://api.globex.example/*"]);
        },
    );
    corpus.delegated(
        "allow_exact_resource_under_a_wildcard",
        ok,
        "One order is within all orders.",
        |scene| {
            scene.entry(1)["resource"] = json!(["https://api.globex.example/orders/1001"]);
        },
    );
    corpus.delegated(
        "allow_child_window_equal_to_the_parents",
        ok,
        "The child lives exactly as long as its parent, with a status entry.",
        |scene| {
            for name in ["validFrom", "validUntil"] {
                let time = scene.paper(0)[name].clone();
                scene.paper(1)[name] = time;
            }
            scene.paper(1)["credentialStatus"] = json!([status_entry("revocation", &list(ACME, "r"), 200)]);
        },
    );
    corpus.delegated(
        "allow_child_audience_within_the_parents",
        ok,
        "One of the parent's two services.",
        |scene| {
            scene.constraints(
                0,
                json!([{"type": "Audience", "services": [AUDIENCE, "https://api.initech.example"]}]),
            );
            scene.constraints(1, json!([{"type": "Audience", "services": [AUDIENCE]}]));
        },
    );
    corpus.direct(
        "allow_depth_that_is_not_used",
        ok,
        "A right to delegate need not be used.",
        |scene| {
            scene.entry(0)["delegation"] = json!({"maxDepth": 255});
        },
    );
    corpus.direct(
        "allow_capability_in_two_entries_of_one_hop",
        ok,
        "The cited entry is the second.",
        |scene| {
            let entry = scene.entry(0).clone();
            scene.entry(0)["action"] = json!(["order:read"]);
            scene.paper(0)["credentialSubject"]["capability"]
                .as_array_mut()
                .unwrap()
                .push(entry);
            scene.presentation.document["capabilityEntry"] = json!(1);
        },
    );
}

pub(in crate::corpus) fn proofs(corpus: &mut Corpus) {
    let ok = "ok";
    corpus.direct("allow_proof_in_an_array", ok, "An array of one proof.", |scene| {
        scene.papers[0].afterwards(|item| item["proof"] = json!([item["proof"].clone()]));
    });
    corpus.direct(
        "allow_proof_that_stands_twice",
        ok,
        "One proof twice: both hold.",
        |scene| {
            scene.papers[0].afterwards(|item| {
                let proof = item["proof"].clone();
                item["proof"] = json!([proof, proof]);
            });
        },
    );
    for (name, chained) in [("allow_proof_set", false), ("allow_proof_chain", true)] {
        corpus.direct(name, ok, "Two proofs of Acme's two keys, both hold.", |scene| {
            two_keys(scene, chained);
        });
    }
    corpus.direct(
        "allow_proof_with_an_unknown_signed_option",
        ok,
        "An option that is signed and not known here.",
        |scene| {
            scene.papers[0].proof["nonce"] = json!("salt");
            scene.papers[0].proof["x-note"] = json!("signed");
        },
    );
    corpus.direct(
        "allow_proof_without_its_context",
        ok,
        "The proof need not repeat the document's context.",
        |scene| {
            scene.papers[0].context_in_proof = false;
        },
    );
    corpus.direct(
        "allow_proof_without_created",
        ok,
        "A paper's proof need not say when it was made.",
        |scene| {
            remove(&mut scene.papers[0].proof, "created");
        },
    );
}

/// The capability with a proof of each of Acme's two keys.
pub(in crate::corpus) fn two_keys(scene: &mut Scene, chained: bool) {
    let next = Party { seed: 41, ..ACME };
    let document = scene.documents.get_mut(&ACME.did()).unwrap();
    document["verificationMethod"]
        .as_array_mut()
        .unwrap()
        .push(ACME.entry(2, next));
    document["assertionMethod"]
        .as_array_mut()
        .unwrap()
        .push(json!(ACME.key(2)));
    scene.policy["anchors"][0]["keys"]
        .as_array_mut()
        .unwrap()
        .push(json!(next.public().thumbprint()));
    let mut first = scene.papers[0].proof.clone();
    first["id"] = json!(paper::urn(1));
    let mut second = first.clone();
    second["id"] = json!(paper::urn(2));
    second["verificationMethod"] = json!(ACME.key(2));
    if chained {
        second["previousProof"] = json!(paper::urn(1));
    }
    scene.papers[0].by = Some(std::rc::Rc::new(move |document: &Value| {
        let mut secured = sealed(document, &first, true, ACME);
        let one = secured["proof"].clone();
        let mut under = document.clone();
        if chained {
            under["proof"] = json!([one]);
        }
        let two = sealed(&under, &second, true, next)["proof"].clone();
        secured["proof"] = json!([one, two]);
        secured
    }));
}

pub(in crate::corpus) fn windows(corpus: &mut Corpus) {
    let ok = "ok";
    let within = [
        (
            "allow_valid_from_at_the_skew",
            "validFrom",
            60,
            "Begins in 60 s, which clocks may differ by.",
        ),
        (
            "allow_valid_until_at_the_skew",
            "validUntil",
            -60,
            "Ended 60 s ago, which clocks may differ by.",
        ),
        ("allow_valid_from_now", "validFrom", 0, "Begins now."),
        ("allow_valid_until_now", "validUntil", 0, "Ends now."),
    ];
    for (name, member, seconds, comment) in within {
        corpus.direct(name, ok, comment, |scene| {
            let time = after(&scene.at, seconds);
            scene.paper(0)[member] = json!(time);
            let passport = scene.passport(0);
            scene.paper(passport)[member] = json!(time);
        });
    }
    corpus.direct("allow_validity_of_a_day", ok, "Exactly 24 hours.", |scene| {
        scene.paper(0)["validFrom"] = json!(after(&scene.at, -43_200));
        let end = after(&scene.at, 43_200);
        scene.paper(0)["validUntil"] = json!(end);
    });
    corpus.direct(
        "allow_times_with_offset_and_fraction",
        ok,
        "The same instants, spelled with an offset and a fraction.",
        |scene| {
            scene.paper(0)["validFrom"] = json!("2026-06-17T08:30:00.250+02:00");
            scene.paper(0)["validUntil"] = json!("2026-06-17T04:00:00-06:00");
        },
    );
    corpus.delegated(
        "allow_delegation_of_an_hour",
        ok,
        "Exactly an hour without a status entry.",
        |scene| {
            scene.paper(1)["validUntil"] = json!(after(&scene.at, 1_800));
        },
    );
    for jose in [false, true] {
        let securing = if jose { "_jose" } else { "" };
        let times = [
            (
                "presentation_created_at_the_skew",
                60,
                180,
                "Made 60 s ahead of the verifier's clock.",
            ),
            (
                "presentation_expired_within_the_skew",
                -200,
                -59,
                "Ended 59 s ago.",
            ),
            ("presentation_of_five_minutes", -5, 295, "Lives exactly 300 s."),
        ];
        for (name, created, expires, comment) in times {
            corpus.direct(&format!("allow_{name}{securing}"), ok, comment, |scene| {
                if jose {
                    scene.jose();
                }
                crate::corpus::time::presented(scene, created, expires);
            });
        }
    }
    corpus.direct(
        "allow_audience_in_an_array",
        ok,
        "`aud` is an array of exactly this service.",
        |scene| {
            scene.jose();
            scene.presentation.claims["aud"] = json!([AUDIENCE]);
        },
    );
    corpus.direct(
        "allow_domain_in_an_array",
        ok,
        "`domain` is an array of exactly this service.",
        |scene| {
            scene.presentation.proof["domain"] = json!([AUDIENCE]);
        },
    );
    corpus.direct("allow_not_before_passed", ok, "`nbf` has passed.", |scene| {
        scene.jose();
        scene.presentation.payload_text = None;
        scene.presentation.claims["iat"] = json!(crate::time::instant(&scene.at).seconds());
    });
    corpus.direct(
        "allow_longer_validity_by_policy",
        ok,
        "The policy takes papers of two days.",
        |scene| {
            scene.policy["maxValidity"] = json!("2d");
            scene.paper(0)["validUntil"] = json!(after(&scene.at, 160_000));
        },
    );
    corpus.direct(
        "historical_everything_holds",
        "historical",
        "All holds at another moment than now, which never allows.",
        |scene| {
            scene.historical = true;
        },
    );
    corpus.delegated(
        "historical_delegated",
        "historical",
        "The delegated story at another moment than now.",
        |scene| {
            scene.historical = true;
        },
    );
}
