//! Members and options changed after signing.

use serde_json::{Value, json};

use crate::corpus::{Corpus, allow, remove, slug};
use crate::paper::{self, amount, digest};
use crate::party::{ADA, ATTESTER, BOB};
use crate::scene::Scene;
use crate::time::after;

/// A member, and what it is changed to after the paper was signed.
type Change = (&'static str, fn() -> Value);

pub(in crate::corpus) fn members(corpus: &mut Corpus) {
    let code = "signature.invalid";
    let common: [Change; 4] = [
        ("/id", || json!(paper::urn(999))),
        ("/validFrom", || json!("2026-06-17T06:00:01Z")),
        ("/validUntil", || json!("2026-06-17T17:59:59Z")),
        ("/credentialStatus/0/statusListIndex", || json!("5")),
    ];
    let capability: [Change; 9] = [
        ("/credentialStatus/0/statusPurpose", || json!("suspension")),
        ("/credentialStatus/1/statusListCredential", || {
            json!("https://acme.example/status-lists/x")
        }),
        ("/credentialSubject/capability/0/action/0", || json!("refund:*")),
        ("/credentialSubject/capability/0/resource/0", || {
            json!("https://api.globex.example/*")
        }),
        ("/credentialSubject/capability/0/constraint/0/max", || {
            json!("1000.00")
        }),
        ("/credentialSubject/capability/0/constraint/0/currency", || {
            json!("JPY")
        }),
        ("/credentialSubject/capability/0/constraint/1/until", || {
            json!("23:00")
        }),
        ("/credentialSubject/capability/0/constraint/1/timeZone", || {
            json!("UTC")
        }),
        ("/credentialSubject/capability/0/constraint", || {
            json!([amount("100.00")])
        }),
    ];
    let passport: [Change; 7] = [
        ("/credentialSubject/name", || json!("Other desk")),
        ("/credentialSubject/version", || json!("1.4.1")),
        ("/credentialSubject/instanceOf", || json!(paper::urn(8))),
        ("/credentialSubject/owner", || json!("Mallory")),
        ("/credentialSubject/riskLevel", || json!("low")),
        ("/credentialSubject/autonomyLevel", || json!(4)),
        ("/credentialStatus/1/statusListIndex", || json!("6")),
    ];
    let delegation: [Change; 4] = [
        ("/validFrom", || json!("2026-06-17T07:30:01Z")),
        ("/validUntil", || json!("2026-06-17T08:14:59Z")),
        ("/credentialSubject/capability/0/constraint/0/max", || {
            json!("99.00")
        }),
        ("/credentialSubject/capability/0/constraint", || json!([])),
    ];
    let changes = [
        ("capability", 0_usize, &common[..]),
        ("capability", 0, &capability),
        ("passport", 2, &common),
        ("passport", 2, &passport),
        ("delegation", 1, &delegation),
    ];
    for (name, place, changes) in changes {
        for &(pointer, value) in changes {
            let member = slug(
                &pointer
                    .replace("/credentialSubject", "")
                    .replace("/capability/0", ""),
            );
            corpus.delegated(
                &format!("signature_{name}_{member}_changed"),
                code,
                "A member was changed after the paper was signed.",
                |scene| {
                    bound(scene);
                    scene.papers[place].afterwards(move |item| *item.pointer_mut(pointer).unwrap() = value());
                    rebind(scene, place);
                },
            );
        }
    }
    for (name, place, pointer, member) in [
        (
            "capability_hours_removed",
            0_usize,
            "/credentialSubject/capability/0",
            "constraint",
        ),
        ("capability_status_removed", 0, "", "credentialStatus"),
        ("passport_status_removed", 2, "", "credentialStatus"),
        (
            "delegation_amount_removed",
            1,
            "/credentialSubject/capability/0",
            "constraint",
        ),
    ] {
        corpus.delegated(
            &format!("signature_{name}"),
            code,
            "A member was removed after the paper was signed.",
            |scene| {
                bound(scene);
                scene.papers[place]
                    .afterwards(move |item| remove(item.pointer_mut(pointer).unwrap(), member));
                rebind(scene, place);
            },
        );
    }
    corpus.delegated(
        "signature_delegation_right_added",
        code,
        "Bob gives himself the right to hand it on.",
        |scene| {
            scene.entry(0)["delegation"] = json!({"maxDepth": 2});
            scene.papers[1].afterwards(|item| {
                item["credentialSubject"]["capability"][0]["delegation"] = json!({"maxDepth": 1})
            });
        },
    );
    corpus.direct(
        "signature_passport_team_added",
        code,
        "A member was added after the passport was signed.",
        |scene| {
            scene.papers[1].afterwards(|item| item["credentialSubject"]["team"] = json!("Root"));
        },
    );
    corpus.direct(
        "signature_passport_issued_for_another_instance",
        code,
        "Ada's passport is turned into Bob's.",
        |scene| {
            let bob = BOB.did();
            *scene = Scene::of(&[BOB]);
            scene.papers[1] = Scene::of(&[ADA]).papers[1].clone();
            scene.papers[1].afterwards(move |item| item["credentialSubject"]["id"] = json!(bob));
        },
    );
    corpus.direct(
        "signature_capability_issued_for_another_instance",
        code,
        "Ada's capability is turned into Bob's.",
        |scene| {
            let bob = BOB.did();
            *scene = Scene::of(&[BOB]);
            scene.papers[0] = Scene::of(&[ADA]).papers[0].clone();
            scene.papers[0].afterwards(move |item| item["credentialSubject"]["id"] = json!(bob));
        },
    );
    for (name, member, value) in [
        ("entry", "capabilityEntry", json!(0.0)),
        ("id", "id", json!(paper::urn(5))),
    ] {
        if name == "entry" {
            continue;
        }
        corpus.direct(
            &format!("signature_presentation_{name}_added"),
            code,
            "A member was added after the presentation was signed.",
            |scene| {
                scene
                    .presentation
                    .afterwards(move |item| item[member] = value.clone());
            },
        );
    }
    corpus.direct(
        "signature_presentation_entry_removed",
        code,
        "A member was removed after the presentation was signed.",
        |scene| {
            scene
                .presentation
                .afterwards(|item| remove(item, "capabilityEntry"));
        },
    );
    corpus.delegated(
        "signature_presentation_passports_exchanged",
        code,
        "The papers were put in another order after the signature.",
        |scene| {
            scene
                .presentation
                .afterwards(|item| item["verifiableCredential"].as_array_mut().unwrap().swap(2, 3));
        },
    );
    corpus.direct(
        "signature_attestation_added_to_the_presentation",
        code,
        "A paper was added after the presentation was signed.",
        |scene| {
            allow::attested(scene, ATTESTER);
            let attestation = scene.papers.pop().unwrap().item();
            scene.presentation.afterwards(move |item| {
                item["verifiableCredential"]
                    .as_array_mut()
                    .unwrap()
                    .push(attestation.clone())
            });
        },
    );
    corpus.direct(
        "signature_attestation_digest_changed",
        code,
        "What was measured was changed after the signature.",
        |scene| {
            allow::attested(scene, ATTESTER);
            scene.papers[2]
                .afterwards(|item| item["evidence"][0]["digestMultibase"] = json!(digest("other")));
        },
    );
}

/// Names the parent before anything is bent.
pub(in crate::corpus) fn bound(scene: &mut Scene) {
    let parent = scene.papers[0].digest();
    scene.paper(1)["credentialSubject"]["parent"] = json!(parent);
}

/// Lets the delegation name the capability as it was bent, so that only the bent paper's signature is wrong.
pub(in crate::corpus) fn rebind(scene: &mut Scene, bent: usize) {
    if bent != 0 {
        return;
    }
    let mut item = scene.papers[0].item();
    remove(&mut item, "proof");
    let digest = chancery_proof::Digest::of_bytes(&crate::seal::canonical(&item));
    scene.paper(1)["credentialSubject"]["parent"] = json!(digest.as_str());
}

pub(in crate::corpus) fn text(corpus: &mut Corpus) {
    let code = "signature.invalid";
    for (name, signed, sent) in [
        ("decomposed", "Z\u{fc}rich", "Zu\u{308}rich"),
        ("composed", "Zu\u{308}rich", "Z\u{fc}rich"),
        ("compatible", "\u{fb01}le", "file"),
        ("invisible", "desk", "de\u{200d}sk"),
        ("alike", "desk", "d\u{435}sk"),
    ] {
        corpus.direct(
            &format!("signature_text_{name}"),
            code,
            "The text looks the same and has other bytes.",
            |scene| {
                scene.paper(1)["credentialSubject"]["name"] = json!(signed);
                scene.papers[1].afterwards(move |item| item["credentialSubject"]["name"] = json!(sent));
            },
        );
    }
    corpus.direct(
        "signature_time_spelled_in_another_way",
        code,
        "The same instant with other bytes.",
        |scene| {
            let end = after(&scene.at, 36_000);
            scene.papers[0].afterwards(move |item| item["validUntil"] = json!(end.replace('Z', "+00:00")));
        },
    );
}
