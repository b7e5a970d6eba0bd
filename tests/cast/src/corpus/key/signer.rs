//! Who signed, and what headers and pins say.

use chancery_did::{KeyType, PublicKey};
use chancery_proof::{base64url, multibase};
use serde_json::json;

use super::acme;
use crate::corpus::{Corpus, remove};
use crate::paper;
use crate::party::{ACME, ACME_STATUS, ADA, HOSTED, INITECH, MALLORY, Party, TRUDY};
use crate::scene::Scene;
use crate::seal::Slip;

pub(in crate::corpus) fn signers(corpus: &mut Corpus) {
    let code = "key.issuer_mismatch";
    for jose in [false, true] {
        let securing = if jose { "_jose" } else { "" };
        for (name, signer) in [
            ("a_stranger", MALLORY),
            ("the_agent", ADA),
            ("its_status_did", ACME_STATUS),
            ("another_anchor", INITECH),
        ] {
            corpus.direct(
                &format!("key_paper_signed_by_{name}{securing}"),
                code,
                "The method belongs to another DID than the issuer.",
                |scene| {
                    scene.documents.insert(signer.did(), signer.document());
                    scene.papers[0].sign_by(signer);
                    if jose {
                        scene.jose();
                    }
                },
            );
        }
        corpus.direct(
            &format!("key_presentation_signed_by_another{securing}"),
            code,
            "The method belongs to another DID than the holder.",
            |scene| {
                scene.presentation.sign_by(TRUDY);
                if jose {
                    scene.jose();
                }
            },
        );
        corpus.delegated(
            &format!("key_presentation_signed_by_the_delegator{securing}"),
            code,
            "Ada signs for Bob.",
            |scene| {
                scene.presentation.sign_by(ADA);
                if jose {
                    scene.jose();
                }
            },
        );
        corpus.direct(
            &format!("key_not_in_the_document{securing}"),
            "key.not_found",
            "The document has no such method.",
            |scene| {
                scene.papers[0].method(&ACME.key(2));
                if jose {
                    scene.jose();
                }
            },
        );
        corpus.direct(
            &format!("key_removed_from_the_document{securing}"),
            "key.not_found",
            "Acme has taken the key back and signs with another now.",
            |scene| {
                let next = Party { seed: 41, ..ACME };
                let document = acme(scene);
                document["verificationMethod"] = json!([ACME.entry(2, next)]);
                for name in ["authentication", "assertionMethod", "capabilityDelegation"] {
                    document[name] = json!([ACME.key(2)]);
                }
                if jose {
                    scene.jose();
                }
            },
        );
    }
    corpus.direct(
        "key_method_without_a_fragment",
        "key.not_found",
        "The proof names the DID, not a key.",
        |scene| scene.papers[0].method(&ACME.did()),
    );
    corpus.direct(
        "key_method_with_a_query",
        "key.not_found",
        "The method is compared as a whole.",
        |scene| scene.papers[0].method("did:web:acme.example?versionId=1#key-1"),
    );
    corpus.direct(
        "key_method_in_another_case",
        "key.not_found",
        "The method is compared on exact bytes.",
        |scene| scene.papers[0].method("did:web:acme.example#Key-1"),
    );
    corpus.direct(
        "key_method_missing",
        "key.not_found",
        "The proof names no method.",
        |scene| remove(&mut scene.papers[0].proof, "verificationMethod"),
    );
    corpus.direct(
        "key_kid_missing",
        "key.not_found",
        "The header names no key.",
        |scene| {
            scene.jose();
            remove(&mut scene.papers[0].header, "kid");
        },
    );
    corpus.direct(
        "key_kid_number",
        "key.not_found",
        "The header names no key.",
        |scene| {
            scene.jose();
            scene.papers[0].header["kid"] = json!(1);
        },
    );
    corpus.direct(
        "key_iss_of_another",
        "parse.structure",
        "`iss` is not the holder.",
        |scene| {
            scene.jose();
            scene.presentation.claims["iss"] = json!(TRUDY.did());
        },
    );
    corpus.direct(
        "key_controlled_by_another",
        "key.controller",
        "The method's controller is Mallory.",
        |scene| {
            acme(scene)["verificationMethod"][0]["controller"] = json!(MALLORY.did());
        },
    );
    corpus.direct(
        "key_controlled_by_its_status_did",
        "key.controller",
        "The method's controller is another DID of the same organization.",
        |scene| {
            acme(scene)["verificationMethod"][0]["controller"] = json!(ACME_STATUS.did());
        },
    );
}

pub(in crate::corpus) fn headers(corpus: &mut Corpus) {
    let members = [
        ("jwk", MALLORY.public().to_jwk()),
        ("jku", json!("https://mallory.example/keys")),
        ("x5u", json!("file:///etc/keys")),
        ("x5c", json!(["MIIB"])),
    ];
    for (member, value) in members {
        for (place, whole) in [("paper", false), ("presentation", true)] {
            corpus.direct(
                &format!("key_header_{member}_of_a_{place}"),
                "key.header",
                "A header is never a source of keys.",
                |scene| {
                    scene.jose();
                    let slip = if whole {
                        &mut scene.presentation
                    } else {
                        &mut scene.papers[0]
                    };
                    slip.header[member] = value.clone();
                },
            );
        }
    }
    corpus.direct(
        "key_header_jwk_of_the_signer",
        "key.header",
        "The signature would hold under the key in the header.",
        |scene| {
            scene.jose();
            scene.papers[0].header["jwk"] = MALLORY.public().to_jwk();
            scene.papers[0].signer = MALLORY;
        },
    );
    corpus.direct(
        "key_header_jwk_null",
        "key.header",
        "Even a null names a key.",
        |scene| {
            scene.jose();
            scene.papers[0].header["jwk"] = json!(null);
        },
    );
}

pub(in crate::corpus) fn pins(corpus: &mut Corpus) {
    let code = "trust.key_changed";
    corpus.direct(
        "key_changed_since_the_joining",
        code,
        "Acme publishes and uses another key than was pinned.",
        |scene| {
            let next = Party { seed: 41, ..ACME };
            let document = next.document_with_status(ACME_STATUS);
            scene.documents.insert(ACME.did(), document);
            scene.papers.iter_mut().for_each(|slip| slip.signer = next);
        },
    );
    corpus.direct(
        "key_added_since_the_joining",
        code,
        "A second key of Acme's that was not pinned.",
        |scene| {
            crate::corpus::allow::two_keys(scene, false);
            scene.policy["anchors"][0]["keys"] = json!([ACME.public().thumbprint()]);
        },
    );
    corpus.direct(
        "key_of_the_host_taken_over",
        code,
        "Whoever holds the host publishes its own key under Acme's name.",
        |scene| {
            let taken = Party {
                seed: MALLORY.seed,
                ..ACME
            };
            scene
                .documents
                .insert(ACME.did(), taken.document_with_status(ACME_STATUS));
            scene.papers.iter_mut().for_each(|slip| slip.signer = taken);
        },
    );
    corpus.direct(
        "key_of_another_kind_than_pinned",
        code,
        "Acme turns to P-256 without being joined again.",
        |scene| {
            let next = ACME.with(KeyType::P256);
            scene
                .documents
                .insert(ACME.did(), next.document_with_status(ACME_STATUS));
            scene.papers.iter_mut().for_each(|slip| slip.sign_by(next));
        },
    );
}

pub(in crate::corpus) fn agents(corpus: &mut Corpus) {
    let holder = |scene: &mut Scene, did: &str| {
        for slip in &mut scene.papers {
            slip.document["credentialSubject"]["id"] = json!(did);
        }
        scene.presentation.document["holder"] = json!(did);
        scene.presentation.method(&format!("{did}#0"));
        scene.presentation.claims["iss"] = json!(did);
    };
    let mut small = vec![0xed_u8, 0x01];
    small.extend([1_u8]);
    small.extend([0_u8; 31]);
    let off_curve = [&[0x80_u8, 0x24, 2][..], &[0xff; 32]].concat();
    for (name, did, code) in [
        ("did_key_of_small_order", format!("did:key:{}", multibase::encode_z(&small)), "key.weak"), ("did_key_off_the_curve", format!("did:key:{}", multibase::encode_z(&off_curve)), "key.invalid"),
        ("did_key_too_short", format!("did:key:{}", multibase::encode_z(&[0xed, 0x01, 7])), "key.invalid"), ("did_key_not_multibase", "did:key:abc".to_owned(), "key.invalid"),
        ("did_key_secp256k1", format!("did:key:{}", multibase::encode_z(&[&[0xe7_u8, 0x01, 2][..], &[1; 32]].concat())), "key.unsupported"),
        ("did_jwk_private", format!("did:jwk:{}", base64url::encode(br#"{"crv":"Ed25519","d":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","kty":"OKP","x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"}"#)), "key.private_member"),
        ("did_jwk_for_encryption", format!("did:jwk:{}", base64url::encode(br#"{"crv":"Ed25519","kty":"OKP","use":"enc","x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"}"#)), "key.use"),
        ("did_jwk_symmetric", format!("did:jwk:{}", base64url::encode(br#"{"k":"AQEB","kty":"oct"}"#)), "key.private_member"),
    ] {
        corpus.direct(&format!("key_{name}"), code, "The instance's DID holds no key that can sign.", |scene| holder(scene, &did));
    }
    corpus.direct(
        "key_did_key_for_agreement",
        "key.relationship",
        "A did:key of an X25519 key signs nothing.",
        |scene| {
            let key = PublicKey::from_raw(KeyType::X25519, &[9; 32])
                .unwrap()
                .to_multikey();
            holder(scene, &format!("did:key:{key}"));
            scene.presentation.method(&format!("did:key:{key}#{key}"));
        },
    );
    corpus.direct(
        "key_did_key_of_another_fragment",
        "key.not_found",
        "A did:key has one method.",
        |scene| scene.presentation.method(&format!("{}#key-1", ADA.did())),
    );
    corpus.bent(
        "key_did_jwk_of_another_fragment",
        "key.not_found",
        "A did:jwk has one method, `#0`.",
        Scene::of(&[ADA.jwk()]),
        |scene| scene.presentation.method(&format!("{}#1", ADA.jwk().did())),
    );
    corpus.direct(
        "key_holder_of_an_unsupported_method",
        "binding.holder",
        "A stranger presents; nothing is looked up for it.",
        |scene| {
            scene.presentation.document["holder"] = json!("did:example:trudy");
            scene.presentation.method("did:example:trudy#key-1");
        },
    );
    corpus.direct(
        "key_holder_of_a_strangers_name",
        "binding.holder",
        "A stranger presents under a name that would have to be fetched.",
        |scene| {
            scene.presentation = crate::scene::presentation(&scene.at, MALLORY);
        },
    );
    corpus.delegated(
        "key_second_agents_did_web_document_missing",
        "evidence.needed",
        "The passport holds, so the agent's document is asked for.",
        |scene| {
            scene.paper(1)["credentialSubject"]["id"] = json!(HOSTED.did());
            scene.papers[3] = Slip::new(
                paper::passport(&scene.at, 121, ACME, HOSTED),
                ACME,
                "assertionMethod",
                &scene.at,
            );
            scene.presentation = crate::scene::presentation(&scene.at, HOSTED);
        },
    );
}
