//! Status lists, recognition and attestation.

use serde_json::json;

use crate::corpus::{Corpus, remove};
use crate::paper::{self, attestation, digest, list, status_entry};
use crate::party::{ACME, ADA, ATTESTER, Party};
use crate::scene::{Scene, encoded, status_list};
use crate::seal::Securing;
use crate::time::after;
use crate::trust;

pub(in crate::corpus) fn status(corpus: &mut Corpus) {
    let ok = "ok";
    let (revoked, suspended) = (list(ACME, "r"), list(ACME, "s"));
    let url = suspended.clone();
    corpus.direct(
        "allow_suspension_resumed",
        ok,
        "Suspended in an older list, resumed in this one.",
        move |scene| {
            let floor = after(&scene.at, -90);
            scene.evidence(move |evidence| evidence["statusFloors"][url.as_str()] = json!(floor));
        },
    );
    let url = revoked.clone();
    corpus.direct(
        "allow_status_at_its_floor",
        ok,
        "The list is the newest ever seen.",
        move |scene| {
            let floor = after(&scene.at, -30);
            scene.evidence(move |evidence| evidence["statusFloors"][url.as_str()] = json!(floor));
        },
    );
    corpus.direct(
        "allow_status_at_its_greatest_age",
        ok,
        "The list is exactly 300 s old.",
        |scene| {
            scene.publish(&list(ACME, "r"), "revocation", -300, &[]);
        },
    );
    corpus.direct(
        "allow_status_list_of_others_set",
        ok,
        "Every neighbour of the indices is set.",
        |scene| {
            for name in ["r", "s"] {
                scene.set(&list(ACME, name), &[0, 99, 101, 119, 121, 131_071]);
            }
        },
    );
    for (name, index) in [("first", 0_u64), ("last", 131_071)] {
        corpus.direct(
            &format!("allow_status_index_{name}"),
            ok,
            "The index at the end of the list.",
            |scene| {
                scene.paper(0)["credentialStatus"] = paper::status_entries(ACME, index);
            },
        );
    }
    corpus.direct("allow_status_list_jose", ok, "The lists are vc+jwt.", |scene| {
        scene
            .lists
            .values_mut()
            .for_each(|list| list.securing = Securing::Jose);
    });
    corpus.direct(
        "allow_status_list_of_the_authority_itself",
        ok,
        "Acme signs its lists with its own DID.",
        |scene| {
            for (name, purpose) in [("r", "revocation"), ("s", "suspension")] {
                let (url, made) = (list(ACME, name), after(&scene.at, -30));
                scene
                    .lists
                    .insert(url.clone(), status_list(&url, purpose, ACME, &made, &[]));
            }
        },
    );
    corpus.direct(
        "allow_status_list_of_two_purposes",
        ok,
        "One list for both purposes.",
        |scene| {
            let url = list(ACME, "r");
            for at in 0..scene.papers.len() {
                scene.paper(at)["credentialStatus"][1]["statusListCredential"] = json!(url);
                scene.paper(at)["credentialStatus"][1]["statusListIndex"] = json!((500 + at).to_string());
            }
            scene.lists.get_mut(&url).unwrap().document["credentialSubject"]["statusPurpose"] =
                json!(["revocation", "suspension"]);
            scene.lists.remove(&list(ACME, "s"));
        },
    );
    corpus.direct(
        "allow_status_list_longer_than_the_least",
        ok,
        "A million entries.",
        |scene| {
            let url = list(ACME, "r");
            scene.lists.get_mut(&url).unwrap().document["credentialSubject"]["encodedList"] =
                json!(encoded(1_048_576, &[]));
            scene.paper(0)["credentialStatus"][0]["statusListIndex"] = json!("1048575");
        },
    );
    corpus.direct(
        "allow_status_list_without_ttl",
        ok,
        "`ttl` is 300,000 ms when it is not said.",
        |scene| {
            scene
                .lists
                .values_mut()
                .for_each(|list| remove(&mut list.document["credentialSubject"], "ttl"));
        },
    );
    corpus.delegated(
        "allow_delegation_with_a_reserved_index",
        ok,
        "Six hours, with an index in the root authority's list.",
        |scene| {
            scene.paper(1)["validUntil"] = json!(after(&scene.at, 19_800));
            scene.paper(1)["credentialStatus"] = json!([status_entry("revocation", &list(ACME, "r"), 200)]);
        },
    );
    corpus.direct(
        "allow_status_entry_with_its_own_id",
        ok,
        "An entry may have a name.",
        |scene| {
            scene.paper(0)["credentialStatus"][0]["id"] = json!("https://acme.example/status-lists/r#100");
        },
    );
}

pub(in crate::corpus) fn recognized(corpus: &mut Corpus) {
    let ok = "ok";
    corpus.delegated(
        "allow_recognized_authority",
        ok,
        "Globex's own registry recognizes Acme and announces its key.",
        |scene| {
            crate::corpus::trust::recognizing(scene, |_| {});
        },
    );
    corpus.delegated(
        "allow_recognized_and_named_authority",
        ok,
        "The anchor names Acme and wants the registry's word too.",
        |scene| {
            crate::corpus::trust::recognizing(scene, |_| {});
            scene.policy["anchors"][0]["issuer"] = json!(ACME.did());
            scene.policy["anchors"][0]["keys"] = json!([ACME.public().thumbprint()]);
        },
    );
    corpus.delegated(
        "allow_newest_statement_counts",
        ok,
        "An older statement said no.",
        |scene| {
            crate::corpus::trust::recognizing(scene, |_| {});
            let mut old = trust::recognition(&scene.at);
            old["recognized"] = json!(false);
            old["time_evaluated"] = json!(after(&scene.at, -20));
            let old = trust::statement(&old, &trust::header(), crate::party::GLOBEX_TRQP);
            scene.evidence(move |evidence| {
                evidence["trustStatements"]
                    .as_array_mut()
                    .unwrap()
                    .insert(0, json!(old))
            });
        },
    );
    corpus.direct(
        "allow_attested",
        ok,
        "The policy asks for an attestation, and there is one of what the passport names.",
        |scene| {
            attested(scene, ATTESTER);
        },
    );
    corpus.direct(
        "allow_attested_by_the_authority",
        ok,
        "Acme attests its own agent.",
        |scene| {
            attested(scene, ACME);
            scene.policy["anchors"][0]["papers"]
                .as_array_mut()
                .unwrap()
                .push(json!("AgentAttestationCredential"));
        },
    );
    corpus.direct(
        "allow_attestation_that_nobody_asked_for",
        ok,
        "An attestation more than the policy wants.",
        |scene| {
            attested(scene, ATTESTER);
            scene.policy["require"] = json!({"attestation": false});
        },
    );
}

/// The policy asks for an attestation, the passport names two digests, and `attester` measured them.
pub(in crate::corpus) fn attested(scene: &mut Scene, attester: Party) {
    let composite = json!({"model": digest("model"), "runtime": digest("runtime")});
    let passport = scene.passport(0);
    scene.paper(passport)["credentialSubject"]["composite"] = composite.clone();
    scene.policy["require"] = json!({"attestation": true});
    if attester != ACME {
        let mut anchor = trust::anchor(attester);
        anchor["papers"] = json!(["AgentAttestationCredential"]);
        anchor["grant"] = json!([]);
        scene.policy["anchors"].as_array_mut().unwrap().push(anchor);
        scene.documents.insert(attester.did(), attester.document());
    }
    let paper = attestation(&scene.at, 300, attester, ADA, composite);
    scene.append(paper, attester);
}
