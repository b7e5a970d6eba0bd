//! Every securing, every key.

use chancery_did::KeyType;
use serde_json::json;

use super::value;
use crate::corpus::{Corpus, remove};
use crate::paper::{self, digest};
use crate::party::{ACME, ACME_STATUS, ADA, BOB, CY, HOSTED, MALLORY, Party};
use crate::scene::Scene;
use crate::seal::Securing;

pub(in crate::corpus) fn securings(corpus: &mut Corpus) {
    let ok = "ok";
    corpus.direct(
        "allow_direct",
        ok,
        "Ada presents Acme's capability under Data Integrity.",
        |_| {},
    );
    corpus.direct(
        "allow_direct_jose",
        ok,
        "Ada presents Acme's capability as JWS throughout.",
        Scene::jose,
    );
    corpus.delegated(
        "allow_delegated",
        ok,
        "Ada handed 40 EUR on to Bob, who asks for 35.",
        |_| {},
    );
    corpus.delegated(
        "allow_delegated_jose",
        ok,
        "The same as JWS throughout.",
        Scene::jose,
    );
    corpus.three_hops("allow_three_hops", ok, "Acme to Ada to Bob to Cy.", |_| {});
    corpus.three_hops(
        "allow_three_hops_jose",
        ok,
        "Acme to Ada to Bob to Cy, as JWS throughout.",
        Scene::jose,
    );
    corpus.delegated(
        "allow_jose_papers_in_a_data_integrity_presentation",
        ok,
        "Papers are enveloped.",
        |scene| {
            scene.jose();
            scene.presentation.securing = Securing::DataIntegrity;
        },
    );
    corpus.delegated(
        "allow_data_integrity_papers_in_a_jose_presentation",
        ok,
        "Papers are embedded.",
        |scene| {
            scene.presentation.securing = Securing::Jose;
        },
    );
    corpus.delegated(
        "allow_jose_parent_of_a_data_integrity_delegation",
        ok,
        "The parent's digest is of its JWS.",
        |scene| {
            scene.papers[0].securing = Securing::Jose;
        },
    );
    corpus.direct(
        "allow_presentation_pretty_printed",
        ok,
        "White space and the order of members are no part of the content.",
        |scene| {
            scene.rewrite(|text| format!("\n  {}\n", serde_json::to_string_pretty(&value(&text)).unwrap()));
        },
    );
    corpus.direct(
        "allow_presentation_escaped",
        ok,
        "An escaped character is the same character.",
        |scene| {
            scene.rewrite(|text| text.replace("\"holder\"", "\"\\u0068older\""));
        },
    );
    corpus.direct(
        "allow_presentation_with_an_id",
        ok,
        "A presentation may have a name.",
        |scene| {
            scene.presentation.document["id"] = json!(paper::urn(900));
        },
    );
    corpus.direct(
        "allow_entry_left_out",
        ok,
        "Without `capabilityEntry` the first entry is cited.",
        |scene| {
            remove(&mut scene.presentation.document, "capabilityEntry");
        },
    );
    corpus.direct(
        "allow_envelope_context_in_an_array",
        ok,
        "One context, as an array.",
        |scene| {
            scene.jose();
            scene.papers[0].afterwards(|item| item["@context"] = json!([paper::CONTEXT]));
        },
    );
    corpus.direct(
        "allow_text_beyond_ascii",
        ok,
        "A name in composed letters, beyond the basic plane too.",
        |scene| {
            let passport = scene.passport(0);
            scene.paper(passport)["credentialSubject"]["name"] = json!("R\u{fc}ckerstattung \u{1f4b6}");
        },
    );
    corpus.direct("allow_every_passport_member", ok, "A passport with all that it may say.", |scene| {
        let passport = scene.passport(0);
        let claims = &mut scene.paper(passport)["credentialSubject"];
        for (name, value) in [
            ("team", json!("Payments")), ("platform", json!("eu-central")), ("purpose", json!("Refunds")),
            ("humanOversight", json!("Daily review")), ("dataAccess", json!(["orders"])), ("tools", json!(["refund"])),
            ("composite", json!({"model": digest("m"), "configuration": digest("c"), "toolManifest": digest("t"), "runtime": digest("r")})),
        ] {
            claims[name] = value;
        }
    });
}

pub(in crate::corpus) fn keys(corpus: &mut Corpus) {
    let ok = "ok";
    for (name, kind) in [("p256", KeyType::P256), ("p384", KeyType::P384)] {
        let agents = [ADA.with(kind), BOB.with(kind)];
        corpus.bent(
            &format!("allow_{name}_agents"),
            ok,
            "Agents sign with ecdsa-jcs-2019.",
            Scene::of(&agents),
            |_| {},
        );
        corpus.bent(
            &format!("allow_{name}_agents_jose"),
            ok,
            "Agents sign JWS.",
            Scene::of(&agents),
            Scene::jose,
        );
        for jose in [false, true] {
            let securing = if jose { "_jose" } else { "" };
            corpus.direct(
                &format!("allow_{name}_authority{securing}"),
                ok,
                "Acme signs with an ECDSA key.",
                |scene| {
                    let acme = ACME.with(kind);
                    scene
                        .documents
                        .insert(ACME.did(), acme.document_with_status(ACME_STATUS));
                    scene.policy["anchors"][0]["keys"] = json!([acme.public().thumbprint()]);
                    scene.papers.iter_mut().for_each(|slip| slip.sign_by(acme));
                    if jose {
                        scene.jose();
                    }
                },
            );
        }
        let agents = [ADA.with(kind).jwk()];
        corpus.bent(
            &format!("allow_did_jwk_{name}"),
            ok,
            "The agent is a did:jwk.",
            Scene::of(&agents),
            |_| {},
        );
    }
    corpus.bent(
        "allow_did_jwk",
        ok,
        "Both agents are did:jwk.",
        Scene::of(&[ADA.jwk(), BOB.jwk()]),
        |_| {},
    );
    corpus.bent(
        "allow_did_jwk_jose",
        ok,
        "Both agents are did:jwk.",
        Scene::of(&[ADA.jwk(), BOB.jwk()]),
        Scene::jose,
    );
    let mixed = [ADA.with(KeyType::P256), BOB, CY.with(KeyType::P384).jwk()];
    corpus.bent(
        "allow_mixed_keys",
        ok,
        "Three agents with three kinds of key.",
        Scene::of(&mixed),
        |_| {},
    );
    corpus.bent(
        "allow_did_web_agent",
        ok,
        "The agent's name is under Acme's and its document was fetched.",
        Scene::of(&[HOSTED]),
        |scene| {
            scene.documents.insert(HOSTED.did(), HOSTED.document());
        },
    );
    corpus.direct("allow_key_as_jwk", ok, "Acme publishes its key as JsonWebKey.", |scene| {
        scene.documents.get_mut(&ACME.did()).unwrap()["verificationMethod"][0] = json!({
            "id": ACME.key(1), "type": "JsonWebKey", "controller": ACME.did(), "publicKeyJwk": ACME.public().to_jwk(),
        });
    });
    corpus.direct(
        "allow_key_embedded_in_the_relationship",
        ok,
        "The method stands in the relationship itself.",
        |scene| {
            let document = scene.documents.get_mut(&ACME.did()).unwrap();
            document["verificationMethod"] = json!([]);
            document["authentication"] = json!([]);
            document["capabilityDelegation"] = json!([]);
            document["assertionMethod"] = json!([ACME.entry(1, ACME)]);
        },
    );
    corpus.direct(
        "allow_second_pinned_key",
        ok,
        "Acme signs with the second of two pinned keys.",
        |scene| {
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
            for slip in &mut scene.papers {
                slip.signer = next;
                slip.method(&ACME.key(2));
            }
        },
    );
    corpus.direct(
        "allow_method_of_another_did_in_the_document",
        ok,
        "A document may list what is not its own; nothing of Acme's hangs on it.",
        |scene| {
            scene.documents.get_mut(&ACME.did()).unwrap()["verificationMethod"]
                .as_array_mut()
                .unwrap()
                .push(MALLORY.entry(1, MALLORY));
        },
    );
    corpus.direct("allow_stray_methods_in_the_document", ok, "Methods of unknown kind are no reason to refuse another.", |scene| {
        let document = scene.documents.get_mut(&ACME.did()).unwrap();
        document["verificationMethod"].as_array_mut().unwrap().push(json!({
            "id": ACME.key(9), "type": "Bls12381G2Key2020", "controller": ACME.did(), "publicKeyBase58": "abc",
        }));
    });
}
