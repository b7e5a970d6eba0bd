//! Papers and presentations under the cryptosuites that canonicalize RDF.
//!
//! A door without these suites says of each that it cannot tell: the vectors declare that they need `rdfc`.

use std::convert::Infallible;
use std::rc::Rc;

use chancery_did::{DidUrl, KeyType, Relationship, Timestamp};
use chancery_proof::cbor::{self, Value as Cbor};
use chancery_proof::data_integrity::ProofOptions;
use chancery_proof::{Limits, multibase};
use chancery_rdfc::{Cryptosuite, Rdfc};
use serde_json::{Value, json};

use super::{Corpus, allow, remove};
use crate::paper;
use crate::party::{ACME, ACME_STATUS, ADA, BOB, Party};
use crate::scene::Scene;
use crate::seal::Slip;

const EDDSA: Cryptosuite = Cryptosuite::EddsaRdfc2022;
const ECDSA: Cryptosuite = Cryptosuite::EcdsaRdfc2019;
const SD: Cryptosuite = Cryptosuite::EcdsaSd2023;

pub(super) fn vectors(corpus: &mut Corpus) {
    allowed(corpus);
    changed(corpus);
    lost(corpus);
    contexts(corpus);
    disclosed(corpus);
    sets(corpus);
    poison(corpus);
}

/// A vector that needs the suites.
fn vector(
    corpus: &mut Corpus,
    name: &str,
    code: &str,
    comment: &str,
    scene: Scene,
    bend: impl FnOnce(&mut Scene),
) {
    corpus.bent(name, code, comment, scene, bend);
    if let Some(vector) = corpus.vectors.get_mut(name) {
        vector["needs"] = json!(["rdfc"]);
    }
}

/// A vector about Ada and Acme's capability under `eddsa-rdfc-2022`.
fn direct(corpus: &mut Corpus, name: &str, code: &str, comment: &str, bend: impl FnOnce(&mut Scene)) {
    vector(corpus, name, code, comment, Scene::of(&[ADA]), |scene| {
        rdfc(&mut scene.papers[0], EDDSA);
        bend(scene);
    });
}

/// Seals a slip by one of the suites, with the options that it has when this is called.
fn rdfc(slip: &mut Slip, suite: Cryptosuite) {
    let (proof, signer) = (slip.proof.clone(), slip.signer);
    slip.by = Some(Rc::new(move |document: &Value| {
        sealed(document, &proof, signer, suite)
    }));
}

fn sealed(document: &Value, proof: &Value, signer: Party, suite: Cryptosuite) -> Value {
    let text = |name: &str| proof[name].as_str().map(str::to_owned);
    let time = |name: &str| text(name).map(|time| Timestamp::parse(&time).unwrap());
    let method = DidUrl::parse(&text("verificationMethod").unwrap()).unwrap();
    let purpose = Relationship::parse(&text("proofPurpose").unwrap()).unwrap();
    let options = ProofOptions {
        created: time("created"),
        expires: time("expires"),
        challenge: text("challenge"),
        domain: text("domain").into_iter().collect(),
        id: text("id"),
        previous_proof: text("previousProof").into_iter().collect(),
        ..ProofOptions::new(method, purpose)
    };
    let mandatory = ["/issuer".to_owned(), "/validUntil".to_owned()];
    Rdfc::new()
        .sign(
            document.clone(),
            suite,
            &options,
            &mandatory,
            &signer.secret(),
            &mut Drawn(1),
        )
        .unwrap()
}

/// Acme with a key of this kind, under one of the suites throughout.
fn authority(scene: &mut Scene, kind: KeyType, suite: Cryptosuite) {
    let acme = ACME.with(kind);
    let document = acme.document_with_status(ACME_STATUS);
    scene.documents.insert(ACME.did(), document);
    scene.policy["anchors"][0]["keys"] = json!([acme.public().thumbprint()]);
    for slip in &mut scene.papers {
        slip.sign_by(acme);
        rdfc(slip, suite);
        if suite == SD {
            slip.afterwards(|item| *item = derived(item));
        }
    }
}

/// Everything disclosed.
fn derived(item: &Value) -> Value {
    Rdfc::new().derive(item.clone(), &[String::new()]).unwrap()
}

fn allowed(corpus: &mut Corpus) {
    for (name, kind, suite) in [
        ("eddsa_rdfc", KeyType::Ed25519, EDDSA),
        ("ecdsa_rdfc_p256", KeyType::P256, ECDSA),
        ("ecdsa_rdfc_p384", KeyType::P384, ECDSA),
        ("ecdsa_sd_derived", KeyType::P256, SD),
    ] {
        let comment = "Acme's papers are secured by a cryptosuite that canonicalizes RDF.";
        vector(
            corpus,
            &format!("allow_{name}_papers"),
            "ok",
            comment,
            Scene::of(&[ADA]),
            |scene| {
                authority(scene, kind, suite);
            },
        );
    }
    let comment = "Papers, a delegation, the presentation and the status lists under eddsa-rdfc-2022.";
    vector(
        corpus,
        "allow_eddsa_rdfc_throughout",
        "ok",
        comment,
        Scene::of(&[ADA, BOB]),
        |scene| {
            let slips = scene.papers.iter_mut().chain(scene.lists.values_mut());
            slips
                .chain([&mut scene.presentation])
                .for_each(|slip| rdfc(slip, EDDSA));
        },
    );
    let comment =
        "The white space and the order of members are no part of the content, nor is the order of a set.";
    direct(
        corpus,
        "allow_eddsa_rdfc_types_reordered",
        "ok",
        comment,
        |scene| {
            scene.papers[0].afterwards(|item| {
                item["credentialSubject"]["capability"]
                    .as_array_mut()
                    .unwrap()
                    .reverse()
            });
        },
    );
}

/// Both lists come stapled, under `eddsa-rdfc-2022`.
fn stapled(scene: &mut Scene) {
    for (url, list) in std::mem::take(&mut scene.lists) {
        scene.presentation.document["stapled"]["statusLists"][url] = json!(list.text());
    }
    rdfc(&mut scene.presentation, EDDSA);
}

/// What was signed is changed, one value at a time.
fn changed(corpus: &mut Corpus) {
    let invalid = "signature.invalid";
    let scene = || Scene::of(&[ADA, BOB]);
    let comment = "What is stapled is a word of the context.";
    vector(
        corpus,
        "allow_eddsa_rdfc_stapled",
        "ok",
        comment,
        scene(),
        stapled,
    );
    let comment = "A list was stapled to what was signed already.";
    vector(
        corpus,
        "signature_eddsa_rdfc_stapled_on_the_way",
        invalid,
        comment,
        scene(),
        |scene| {
            stapled(scene);
            scene.rewrite(|presentation| {
                let mut value: Value = serde_json::from_str(&presentation).unwrap();
                value["stapled"]["statusLists"]["https://acme.example/more"] = json!("x");
                value.to_string()
            });
        },
    );
    let comment = "A value was changed after it was signed.";
    for (name, pointer, value) in [
        ("valid_until", "/validUntil", json!("2027-06-17T18:00:00Z")),
        ("id", "/id", json!(paper::urn(901))),
        (
            "amount",
            "/credentialSubject/capability/0/constraint/0/max",
            json!("100000.00"),
        ),
        ("created", "/proof/created", json!("2026-06-17T07:30:01Z")),
        (
            "resource",
            "/credentialSubject/capability/0/resource",
            json!(["https://api.globex.example/*"]),
        ),
    ] {
        direct(
            corpus,
            &format!("signature_rdfc_{name}_changed"),
            invalid,
            comment,
            |scene| {
                scene.papers[0].afterwards(move |item| *item.pointer_mut(pointer).unwrap() = value.clone());
            },
        );
    }
    for (name, suite, code) in [
        ("eddsa_jcs", "eddsa-jcs-2022", invalid),
        ("ecdsa_jcs", "ecdsa-jcs-2019", "alg.mismatch"),
    ] {
        let comment = "The proof says that it is by another suite, which every door has.";
        corpus.direct(
            &format!("signature_rdfc_relabelled_{name}"),
            code,
            comment,
            |scene| {
                rdfc(&mut scene.papers[0], EDDSA);
                scene.papers[0].afterwards(move |item| item["proof"]["cryptosuite"] = json!(suite));
            },
        );
    }
    for (name, suite, code) in [
        ("ecdsa_rdfc", "ecdsa-rdfc-2019", "alg.mismatch"),
        ("ecdsa_sd", "ecdsa-sd-2023", "parse.multibase"),
    ] {
        let comment = "The proof says that it is by another suite.";
        direct(
            corpus,
            &format!("signature_rdfc_relabelled_{name}"),
            code,
            comment,
            |scene| {
                scene.papers[0].afterwards(move |item| item["proof"]["cryptosuite"] = json!(suite));
            },
        );
    }
    for (name, suite, code) in [
        ("eddsa_rdfc", "eddsa-rdfc-2022", invalid),
        ("ecdsa_rdfc", "ecdsa-rdfc-2019", "alg.mismatch"),
        ("ecdsa_sd", "ecdsa-sd-2023", "parse.multibase"),
    ] {
        let comment = "A proof by eddsa-jcs-2022 says that it is by another suite.";
        let name = format!("signature_jcs_relabelled_{name}");
        vector(corpus, &name, code, comment, Scene::of(&[ADA]), |scene| {
            scene.papers[0].afterwards(move |item| item["proof"]["cryptosuite"] = json!(suite));
        });
    }
    let comment = "The proof brings a context that is not the document's.";
    direct(
        corpus,
        "signature_rdfc_context_in_the_proof",
        "context.mismatch",
        comment,
        |scene| {
            scene.papers[0].afterwards(|item| item["proof"]["@context"] = json!([paper::CONTEXT]));
        },
    );
    direct(
        corpus,
        "signature_rdfc_of_another_key",
        invalid,
        "Another key signed.",
        |scene| {
            scene.papers[0].signer = ADA;
            rdfc(&mut scene.papers[0], EDDSA);
        },
    );
    for (name, value, code) in [
        ("without_a_prefix", "4FCiktNP5WXqF", "parse.multibase"),
        ("base64url", "uAAAA", "parse.multibase"),
        ("short", "z11", invalid),
    ] {
        let comment = "The value of the proof is no signature.";
        direct(
            corpus,
            &format!("signature_rdfc_value_{name}"),
            code,
            comment,
            |scene| {
                scene.papers[0].afterwards(move |item| item["proof"]["proofValue"] = json!(value));
            },
        );
    }
}

/// What the signature would not cover is added after signing.
fn lost(corpus: &mut Corpus) {
    let comment = "Added after signing, and RDF does not carry it.";
    for (name, code, pointer, value) in [
        (
            "undefined_term",
            "data_loss.undefined_term",
            "/x-note",
            json!("added"),
        ),
        (
            "undefined_term_below",
            "data_loss.undefined_term",
            "/credentialSubject/xNote",
            json!("added"),
        ),
        ("keyword", "data_loss.undefined_term", "/@unknown", json!("added")),
        (
            "undefined_type",
            "data_loss.undefined_type",
            "/type",
            json!(["VerifiableCredential", "Unheard"]),
        ),
        (
            "proof_option",
            "data_loss.undefined_term",
            "/proof/xNote",
            json!("added"),
        ),
        ("relative_id", "data_loss.relative_iri", "/id", json!("papers/1")),
        (
            "relative_issuer",
            "data_loss.relative_iri",
            "/issuer",
            json!("acme"),
        ),
        (
            "null",
            "data_loss.dropped_value",
            "/credentialStatus",
            Value::Null,
        ),
        ("empty_array", "data_loss.dropped_value", "/termsOfUse", json!([])),
        (
            "empty_language",
            "data_loss.dropped_value",
            "/name",
            json!({"@value": "a", "@language": "not a language"}),
        ),
        ("index", "data_loss.dropped_value", "/@index", json!("added")),
        (
            "free_scalar",
            "data_loss.dropped_value",
            "/@graph",
            json!(["added"]),
        ),
        ("set_of_null", "data_loss.dropped_value", "/name", json!([null])),
    ] {
        direct(
            corpus,
            &format!("signature_rdfc_lost_{name}"),
            code,
            comment,
            |scene| {
                scene.papers[0].afterwards(move |item| {
                    let (parent, member) = pointer.rsplit_once('/').unwrap();
                    item.pointer_mut(parent).unwrap()[member] = value.clone();
                });
            },
        );
    }
}

fn contexts(corpus: &mut Corpus) {
    for (name, code, context) in [
        (
            "unknown",
            "context.unknown",
            json!([paper::CONTEXT, paper::PROFILE, "https://mallory.example/context"]),
        ),
        (
            "imported",
            "context.unknown",
            json!([paper::CONTEXT, paper::PROFILE, {"@import": "http://127.0.0.1/context"}]),
        ),
        (
            "scoped",
            "context.invalid",
            json!([paper::CONTEXT, paper::PROFILE, {"x": {"@id": "urn:x", "@context": {"id": "urn:y"}}, "@version": 2}]),
        ),
        (
            "redefines_a_protected_term",
            "context.invalid",
            json!([paper::CONTEXT, paper::PROFILE, {"VerifiableCredential": "https://mallory.example/vc"}]),
        ),
        (
            "reverses_a_protected_term",
            "context.invalid",
            json!([paper::CONTEXT, paper::PROFILE, {"type": {"@reverse": "https://mallory.example/type"}}]),
        ),
        (
            "forgets",
            "context.invalid",
            json!([paper::CONTEXT, paper::PROFILE, null]),
        ),
        (
            "is_a_number",
            "context.invalid",
            json!([paper::CONTEXT, paper::PROFILE, 1]),
        ),
        ("removed", "data_loss.undefined_term", json!([paper::CONTEXT])),
        (
            "replaced",
            "data_loss.undefined_term",
            json!(["https://www.w3.org/2018/credentials/v1"]),
        ),
        (
            "appended",
            "context.mismatch",
            json!([
                paper::CONTEXT,
                paper::PROFILE,
                "https://w3id.org/security/multikey/v1"
            ]),
        ),
    ] {
        let comment = "The context was changed after signing.";
        direct(
            corpus,
            &format!("signature_rdfc_context_{name}"),
            code,
            comment,
            |scene| {
                scene.papers[0].afterwards(move |item| item["@context"] = context.clone());
            },
        );
    }
    direct(
        corpus,
        "signature_rdfc_context_below",
        "context.invalid",
        "A member brings a context of its own.",
        |scene| {
            scene.papers[0].afterwards(|item| {
                item["credentialSubject"]["@context"] = json!({"id": "https://mallory.example/id"});
            });
        },
    );
    let code = "parse.structure";
    direct(
        corpus,
        "signature_rdfc_two_ids",
        code,
        "Two members that are both `@id`.",
        |scene| {
            scene.papers[0].afterwards(|item| item["@id"] = json!(paper::urn(902)));
        },
    );
}

/// Bends the parts of a derived proof.
fn parts(bend: impl Fn(&mut Vec<Cbor>) + 'static) -> impl Fn(&mut Value) {
    move |item| {
        *item = derived(item);
        let value = multibase::decode_u(item["proof"]["proofValue"].as_str().unwrap()).unwrap();
        let (header, body) = value.split_at(3);
        let mut parts = cbor::parse(body, &Limits::default())
            .unwrap()
            .into_array()
            .unwrap();
        bend(&mut parts);
        let body = cbor::encode(&Cbor::Array(parts)).unwrap();
        item["proof"]["proofValue"] = json!(multibase::encode_u(&[header, &body].concat()));
    }
}

/// Bends the bytes of a derived proof.
fn bytes(bend: impl Fn(&mut Vec<u8>) + 'static) -> impl Fn(&mut Value) {
    move |item| {
        *item = derived(item);
        let mut value = multibase::decode_u(item["proof"]["proofValue"].as_str().unwrap()).unwrap();
        bend(&mut value);
        item["proof"]["proofValue"] = json!(multibase::encode_u(&value));
    }
}

fn disclosed(corpus: &mut Corpus) {
    let mut add = |name: &str, code: &str, comment: &str, bend: Box<dyn Fn(&mut Value)>| {
        let name = format!("signature_sd_{name}");
        vector(corpus, &name, code, comment, Scene::of(&[ADA]), |scene| {
            authority(scene, KeyType::P256, SD);
            scene.papers[0].afterwards(bend);
        });
    };
    let (invalid, structure) = ("signature.invalid", "parse.structure");
    add(
        "base_proof",
        "disclosure.proof_kind",
        "A base proof is for the holder only.",
        Box::new(|_| {}),
    );
    add(
        "not_disclosed",
        structure,
        "What a paper must have was left undisclosed.",
        Box::new(|item| {
            *item = Rdfc::new()
                .derive(item.clone(), &["/credentialSubject".to_owned()])
                .unwrap();
        }),
    );
    add(
        "truncated",
        "parse.cbor",
        "The last byte of the proof is gone.",
        Box::new(bytes(|value| value.truncate(value.len() - 1))),
    );
    add(
        "trailing",
        "parse.cbor",
        "A byte follows the proof.",
        Box::new(bytes(|value| value.push(0))),
    );
    add(
        "header_only",
        "parse.cbor",
        "Nothing follows the header.",
        Box::new(bytes(|value| value.truncate(3))),
    );
    add(
        "no_header",
        structure,
        "The header is of no proof.",
        Box::new(bytes(|value| value[2] = 9)),
    );
    add(
        "four_parts",
        structure,
        "A part is missing.",
        Box::new(parts(|parts| drop(parts.pop()))),
    );
    add(
        "short_signature",
        structure,
        "The signature is too short.",
        Box::new(parts(|parts| {
            parts[0] = Cbor::Bytes(vec![1; 63]);
        })),
    );
    add(
        "signature_changed",
        invalid,
        "The issuer did not sign this.",
        Box::new(parts(|parts| {
            parts[0] = Cbor::Bytes(vec![1; 64]);
        })),
    );
    add(
        "key_replaced",
        invalid,
        "Another key for the statements.",
        Box::new(parts(|parts| {
            let key = ADA.with(KeyType::P256).public();
            parts[1] = Cbor::Bytes([&[0x80, 0x24], key.raw()].concat());
        })),
    );
    add(
        "statement_signature_left_out",
        invalid,
        "A statement without a signature.",
        Box::new(parts(|parts| {
            drop(parts[2].as_array_mut().unwrap().pop());
        })),
    );
    add(
        "statement_signatures_swapped",
        invalid,
        "Two signatures changed places.",
        Box::new(parts(|parts| {
            parts[2].as_array_mut().unwrap().swap(0, 1);
        })),
    );
    add(
        "label_left_out",
        invalid,
        "A blank node has no name.",
        Box::new(parts(|parts| {
            drop(parts[3].as_map_mut().unwrap().pop());
        })),
    );
    add(
        "labels_swapped",
        invalid,
        "Two blank nodes changed names.",
        Box::new(parts(|parts| {
            let map = parts[3].as_map_mut().unwrap();
            let other = map[1].1.clone();
            map[1].1 = std::mem::replace(&mut map[0].1, other);
        })),
    );
    add(
        "labels_shared",
        structure,
        "Two blank nodes share a name.",
        Box::new(parts(|parts| {
            let map = parts[3].as_map_mut().unwrap();
            map[1].1 = map[0].1.clone();
        })),
    );
    add(
        "label_twice",
        "parse.duplicate_member",
        "A blank node has two names.",
        Box::new(parts(|parts| {
            let map = parts[3].as_map_mut().unwrap();
            map[1].0 = map[0].0.clone();
        })),
    );
    add(
        "mandatory_twice",
        structure,
        "A mandatory index stands twice.",
        Box::new(parts(|parts| {
            let indexes = parts[4].as_array_mut().unwrap();
            indexes[1] = indexes[0].clone();
        })),
    );
    add(
        "mandatory_left_out",
        invalid,
        "A mandatory statement is passed for another.",
        Box::new(parts(|parts| {
            drop(parts[4].as_array_mut().unwrap().pop());
        })),
    );
    add(
        "mandatory_beyond",
        invalid,
        "A mandatory index is beyond the statements.",
        Box::new(parts(|parts| {
            let indexes = parts[4].as_array_mut().unwrap();
            *indexes.last_mut().unwrap() = Cbor::from(9_999);
        })),
    );
    add(
        "value_changed",
        invalid,
        "A disclosed value was changed.",
        Box::new(|item| {
            *item = derived(item);
            item["validFrom"] = json!("2025-01-01T00:00:00Z");
        }),
    );
    add(
        "statement_removed",
        invalid,
        "A disclosed statement was taken away.",
        Box::new(|item| {
            *item = derived(item);
            remove(item, "validFrom");
        }),
    );
    add(
        "mandatory_value_changed",
        invalid,
        "A mandatory value was changed.",
        Box::new(|item| {
            *item = derived(item);
            item["validUntil"] = json!("2027-06-17T18:00:00Z");
        }),
    );
    let comment = "The verification method is of a key that the suite does not sign with.";
    vector(
        corpus,
        "signature_sd_ed25519_key",
        "alg.mismatch",
        comment,
        Scene::of(&[ADA]),
        |scene| {
            authority(scene, KeyType::P256, SD);
            scene
                .documents
                .insert(ACME.did(), ACME.document_with_status(ACME_STATUS));
            scene.policy["anchors"][0]["keys"] = json!([ACME.public().thumbprint()]);
        },
    );
}

fn sets(corpus: &mut Corpus) {
    let both = |scene: &mut Scene, chained: bool| {
        allow::two_keys(scene, false);
        let next = Party { seed: 41, ..ACME };
        let mut first = scene.papers[0].proof.clone();
        first["id"] = json!(paper::urn(1));
        let mut second = first.clone();
        second["id"] = json!(paper::urn(2));
        second["verificationMethod"] = json!(ACME.key(2));
        if chained {
            second["previousProof"] = json!(paper::urn(1));
        }
        scene.papers[0].by = Some(Rc::new(move |document: &Value| {
            let one = crate::seal::sealed(document, &first, true, ACME);
            sealed(&one, &second, next, EDDSA)
        }));
    };
    for (name, chained) in [("set", false), ("chain", true)] {
        let comment = "A proof by eddsa-jcs-2022 and one by eddsa-rdfc-2022.";
        vector(
            corpus,
            &format!("allow_rdfc_and_jcs_{name}"),
            "ok",
            comment,
            Scene::of(&[ADA]),
            |scene| {
                both(scene, chained);
            },
        );
        for at in [0, 1] {
            let comment = "Of two proofs one does not hold.";
            let name = format!("signature_rdfc_and_jcs_{name}_{at}_wrong");
            vector(
                corpus,
                &name,
                "signature.invalid",
                comment,
                Scene::of(&[ADA]),
                |scene| {
                    both(scene, chained);
                    scene.papers[0].afterwards(move |item| {
                        item["proof"][at]["created"] = json!("2026-06-17T07:30:01Z");
                    });
                },
            );
        }
    }
    let comment = "The proof names a previous one, which was changed.";
    vector(
        corpus,
        "signature_rdfc_chain_previous_replaced",
        "signature.invalid",
        comment,
        Scene::of(&[ADA]),
        |scene| {
            both(scene, true);
            scene.papers[0].afterwards(|item| {
                // Signed anew by its own key, it holds; the one above it does not.
                let mut document = item.clone();
                remove(&mut document, "proof");
                let mut proof = item["proof"][0].clone();
                remove(&mut proof, "proofValue");
                proof["created"] = json!("2026-06-17T07:30:01Z");
                let anew = crate::seal::sealed(&document, &proof, true, ACME);
                item["proof"][0] = anew["proof"].clone();
            });
        },
    );
}

/// Every node of a complete graph without names looks like every other.
fn poison(corpus: &mut Corpus) {
    let comment = "Blank nodes that all name each other: canonicalization would take longer than anyone has.";
    direct(
        corpus,
        "read_rdfc_poison_graph",
        "limit.canonicalization",
        comment,
        |scene| {
            scene.papers[0].afterwards(|item| {
            let nodes = (0..12).map(|one| {
                let others = (0..12).filter(|other| *other != one);
                json!({"@id": format!("_:b{one}"), "urn:x:knows": others.map(|other| json!({"@id": format!("_:b{other}")})).collect::<Vec<_>>()})
            });
            item["urn:x:crowd"] = nodes.collect();
        });
        },
    );
    let comment = "A context inside every one of many nodes.";
    direct(
        corpus,
        "read_rdfc_contexts_without_end",
        "limit.canonicalization",
        comment,
        |scene| {
            scene.papers[0].afterwards(|item| {
                let nodes = (0..6_000).map(|_| json!({"@context": {"y": "urn:y"}}));
                item["urn:x:crowd"] = nodes.collect();
            });
        },
    );
}

/// A source of bytes that follow from one number and never repeat.
struct Drawn(u8);

impl rand_core::TryRng for Drawn {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for byte in target {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Drawn {}
