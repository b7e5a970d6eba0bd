//! Options of a proof, proof sets and chains, proofs left out.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::corpus::{Corpus, allow, remove, slug};
use crate::party::{ACME, MALLORY};
use crate::seal::sealed;

pub(in crate::corpus) fn options(corpus: &mut Corpus) {
    let code = "signature.invalid";
    let changed: [(&str, Value); 6] = [
        ("created", json!("2026-06-17T07:30:01Z")),
        ("nonce", json!("added")),
        ("id", json!("urn:uuid:00000000-0000-4000-8000-000000000001")),
        ("x-note", json!("added")),
        ("domain", json!("https://api.globex.example")),
        ("challenge", json!("added")),
    ];
    for (member, value) in changed {
        corpus.direct(
            &format!("signature_paper_proof_{}_changed", slug(member)),
            code,
            "An option of the proof was changed or added after it was signed.",
            |scene| {
                scene.papers[0].afterwards(move |item| item["proof"][member] = value.clone());
            },
        );
    }
    corpus.direct(
        "signature_paper_proof_expires_added",
        code,
        "An end was added to the proof.",
        |scene| {
            scene.papers[0].afterwards(|item| item["proof"]["expires"] = json!("2026-06-18T00:00:00Z"));
        },
    );
    for member in ["created", "@context"] {
        corpus.direct(
            &format!("signature_paper_proof_{}_removed", slug(member)),
            code,
            "An option of the proof was removed after it was signed.",
            |scene| {
                scene.papers[0].afterwards(move |item| remove(&mut item["proof"], member));
            },
        );
    }
    for (member, value) in [
        ("created", json!("2026-06-17T07:59:54Z")),
        ("expires", json!("2026-06-17T08:01:59Z")),
        ("challenge", json!("nonce-0002")),
        ("domain", json!("https://api.initech.example")),
    ] {
        corpus.direct(
            &format!("signature_presentation_proof_{member}_changed"),
            code,
            "An option of the proof was changed after it was signed.",
            |scene| {
                scene
                    .presentation
                    .afterwards(move |item| item["proof"][member] = value.clone());
                if member == "challenge" {
                    scene.request["nonce"] = json!("nonce-0002");
                }
            },
        );
    }
    for member in ["expires", "challenge", "domain", "created"] {
        corpus.direct(
            &format!("signature_presentation_proof_{member}_removed"),
            code,
            "An option of the proof was removed after it was signed.",
            |scene| {
                scene
                    .presentation
                    .afterwards(move |item| remove(&mut item["proof"], member));
            },
        );
    }
    let wrong = "parse.structure";
    for (member, value, code) in [
        ("created", json!(1), "time.malformed"),
        ("created", json!(null), "time.malformed"),
        ("expires", json!(true), "time.malformed"),
        ("expires", json!("soon"), "time.malformed"),
        ("challenge", json!(1), wrong),
        ("challenge", json!(null), wrong),
        ("domain", json!(1), wrong),
        ("domain", json!([]), wrong),
        ("domain", json!([1]), wrong),
        ("domain", json!({}), wrong),
        ("id", json!(1), wrong),
        ("nonce", json!(1), wrong),
        ("previousProof", json!(1), wrong),
        ("previousProof", json!([]), wrong),
        ("proofValue", json!(1), wrong),
        ("proofValue", json!(["z1"]), wrong),
        ("proofPurpose", json!(1), wrong),
        (
            "verificationMethod",
            json!({"id": "did:web:acme.example#key-1"}),
            wrong,
        ),
        ("verificationMethod", json!(["did:web:acme.example#key-1"]), wrong),
        ("type", json!(1), "alg.unknown"),
        ("cryptosuite", json!(["eddsa-jcs-2022"]), "alg.unknown"),
    ] {
        let kind = match &value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "text",
            Value::Array(items) if items.is_empty() => "empty_array",
            Value::Array(items) if items[0].is_number() => "array_of_a_number",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let part = code.split('.').next().unwrap();
        let part = match part {
            "time" => "time",
            "alg" => "signature",
            _ => "read",
        };
        corpus.direct(
            &format!("{part}_proof_{}_{kind}", slug(member)),
            code,
            "An option of the proof is of another type than it has to be.",
            |scene| {
                scene.papers[0].afterwards(move |item| item["proof"][member] = value.clone());
            },
        );
    }
}

pub(in crate::corpus) fn sets(corpus: &mut Corpus) {
    corpus.direct(
        "signature_set_one_of_two_wrong",
        "signature.invalid",
        "Of two proofs one does not hold.",
        |scene| {
            allow::two_keys(scene, false);
            scene.papers[0].afterwards(|item| {
                let other = item["proof"][0]["proofValue"].clone();
                item["proof"][1]["proofValue"] = other;
            });
        },
    );
    corpus.direct(
        "signature_set_first_of_two_wrong",
        "signature.invalid",
        "Of two proofs the first does not hold.",
        |scene| {
            allow::two_keys(scene, false);
            scene.papers[0].afterwards(|item| {
                let other = item["proof"][1]["proofValue"].clone();
                item["proof"][0]["proofValue"] = other;
            });
        },
    );
    corpus.direct(
        "signature_set_with_a_proof_of_another",
        "key.issuer_mismatch",
        "A second proof is Mallory's.",
        |scene| {
            let proof = scene.papers[0].proof.clone();
            scene.papers[0].by = Some(Rc::new(move |document| {
                let mut secured = sealed(document, &proof, true, ACME);
                let mut foreign = proof.clone();
                foreign["verificationMethod"] = json!(MALLORY.method());
                let foreign = sealed(document, &foreign, true, MALLORY)["proof"].clone();
                secured["proof"] = json!([secured["proof"], foreign]);
                secured
            }));
        },
    );
    corpus.direct(
        "signature_set_of_one_proof_twice_and_one_broken",
        "signature.invalid",
        "One proof twice, and the second is changed.",
        |scene| {
            scene.papers[0].afterwards(|item| {
                let proof = item["proof"].clone();
                item["proof"] = json!([proof, proof]);
                item["proof"][1]["nonce"] = json!("added");
            });
        },
    );
    for (name, code, bend) in [
        (
            "duplicate",
            "signature.chain",
            (|proof: &mut Value| *proof = json!([proof[0], proof[0]])) as fn(&mut Value),
        ),
        ("two_of_one_id", "signature.chain", |proof| {
            proof[1]["id"] = proof[0]["id"].clone()
        }),
        ("previous_missing", "signature.chain", |proof| {
            *proof = json!([proof[1]])
        }),
        ("previous_unknown", "signature.chain", |proof| {
            proof[1]["previousProof"] = json!("urn:uuid:00000000-0000-4000-8000-000000000077")
        }),
        ("previous_one_of_two_unknown", "signature.chain", |proof| {
            proof[1]["previousProof"] = json!([proof[0]["id"], "urn:x:y"])
        }),
        ("of_itself", "limit.proofs", |proof| {
            proof[1]["previousProof"] = proof[1]["id"].clone()
        }),
        ("circle", "limit.proofs", |proof| {
            proof[0]["previousProof"] = proof[1]["id"].clone()
        }),
        ("first_removed_and_unlinked", "signature.invalid", |proof| {
            let mut last = proof[1].clone();
            remove(&mut last, "previousProof");
            *proof = last;
        }),
        ("unlinked", "signature.invalid", |proof| {
            remove(&mut proof[1], "previousProof")
        }),
        ("below_changed", "signature.invalid", |proof| {
            proof[0]["created"] = json!("2026-06-17T07:30:01Z")
        }),
    ] {
        corpus.direct(
            &format!("signature_chain_{name}"),
            code,
            "The proofs of a chain do not hang together.",
            |scene| {
                allow::two_keys(scene, true);
                scene.papers[0].afterwards(move |item| bend(&mut item["proof"]));
            },
        );
    }
}

pub(in crate::corpus) fn missing(corpus: &mut Corpus) {
    for (place, name) in [(0_usize, "capability"), (1, "passport")] {
        corpus.direct(
            &format!("signature_of_the_{name}_missing"),
            "signature.missing",
            "A paper without a proof.",
            |scene| {
                scene.papers[place].afterwards(|item| remove(item, "proof"));
            },
        );
    }
    corpus.direct(
        "signature_of_the_presentation_missing",
        "signature.missing",
        "A presentation without a proof.",
        |scene| scene.presentation.afterwards(|item| remove(item, "proof")),
    );
    for (name, value, code) in [
        ("null", json!(null), "parse.structure"),
        ("empty_array", json!([]), "signature.missing"),
        ("text", json!("z"), "parse.structure"),
        ("array_of_text", json!(["z"]), "parse.structure"),
        ("number", json!(1), "parse.structure"),
    ] {
        corpus.direct(
            &format!("signature_proof_is_{name}"),
            code,
            "What stands for the proof is none.",
            |scene| scene.papers[0].afterwards(move |item| item["proof"] = value.clone()),
        );
    }
    corpus.direct(
        "signature_value_missing",
        "signature.missing",
        "A proof without its value.",
        |scene| scene.papers[0].afterwards(|item| remove(&mut item["proof"], "proofValue")),
    );
    corpus.direct(
        "signature_value_null",
        "signature.missing",
        "A proof whose value is null.",
        |scene| scene.papers[0].afterwards(|item| item["proof"]["proofValue"] = json!(null)),
    );
    corpus.direct(
        "signature_part_of_the_token_empty",
        "parse.jose",
        "The token ends with its last dot.",
        |scene| {
            scene.jose();
            scene.papers[0].token = Some(Rc::new(|token| format!("{}.", token.rsplit_once('.').unwrap().0)));
        },
    );
}
