//! Tokens, algorithms and critical extensions.

use std::rc::Rc;

use chancery_did::KeyType;
use chancery_proof::base64url;
use serde_json::{Value, json};

use crate::corpus::{Corpus, remove, slug};
use crate::party::{ACME_STATUS, ADA, BOB, MALLORY};
use crate::scene::Scene;

pub(in crate::corpus) fn tokens(corpus: &mut Corpus) {
    let code = "signature.invalid";
    let edited = |from: &'static str, to: &'static str| {
        move |token: String| {
            let parts: Vec<&str> = token.split('.').collect();
            let payload = String::from_utf8(base64url::decode(parts[1]).unwrap()).unwrap();
            assert!(payload.contains(from), "`{from}` is not in the payload");
            format!(
                "{}.{}.{}",
                parts[0],
                base64url::encode(payload.replacen(from, to, 1).as_bytes()),
                parts[2]
            )
        }
    };
    for (name, from, to) in [
        ("max", "\"max\":\"100.00\"", "\"max\":\"900.00\""),
        ("action", "refund:create", "refund:*"),
        ("until", "\"until\":\"17:00\"", "\"until\":\"23:00\""),
        ("white_space", "{\"@context\"", "{ \"@context\""),
        (
            "index",
            "\"statusListIndex\":\"100\"",
            "\"statusListIndex\":\"105\"",
        ),
    ] {
        corpus.direct(
            &format!("signature_jws_paper_{name}_changed"),
            code,
            "The payload was changed after the token was signed.",
            |scene| {
                scene.jose();
                scene.papers[0].token = Some(Rc::new(edited(from, to)));
            },
        );
    }
    for (name, from, to) in [
        ("nonce", "\"nonce\":\"nonce-0001\"", "\"nonce\":\"nonce-0002\""),
        ("expiry", "\"exp\":17816", "\"exp\":17817"),
        ("entry", "\"capabilityEntry\":0,", ""),
    ] {
        corpus.direct(
            &format!("signature_jws_presentation_{name}_changed"),
            code,
            "The payload was changed after the token was signed.",
            |scene| {
                scene.jose();
                scene.presentation.token = Some(Rc::new(edited(from, to)));
                if name == "nonce" {
                    scene.request["nonce"] = json!("nonce-0002");
                }
            },
        );
    }
    corpus.direct(
        "signature_jws_header_changed",
        code,
        "A member was added to the header after the token was signed.",
        |scene| {
            scene.jose();
            scene.papers[0].token = Some(Rc::new(|token| {
                let (header, rest) = token.split_once('.').unwrap();
                let mut header: Value = serde_json::from_slice(&base64url::decode(header).unwrap()).unwrap();
                header["cty"] = json!("vc");
                format!("{}.{rest}", base64url::encode(header.to_string().as_bytes()))
            }));
        },
    );
    corpus.direct(
        "signature_jws_of_another_paper",
        code,
        "The passport's signature under the capability.",
        |scene| {
            scene.jose();
            let other = scene.papers[1].jws();
            scene.papers[0].token = Some(Rc::new(move |token| {
                format!(
                    "{}.{}",
                    token.rsplit_once('.').unwrap().0,
                    other.rsplit_once('.').unwrap().1
                )
            }));
        },
    );
    corpus.direct(
        "signature_jws_of_another_key_of_the_same_name",
        code,
        "Mallory signs under Acme's key id.",
        |scene| {
            scene.jose();
            scene.papers[0].signer = MALLORY;
        },
    );
    corpus.direct(
        "signature_of_another_key_of_the_same_name",
        code,
        "Mallory signs under Acme's method.",
        |scene| scene.papers[0].signer = MALLORY,
    );
    corpus.direct(
        "signature_by_the_status_key",
        code,
        "The hot status key signs a paper in Acme's name.",
        |scene| scene.papers[0].signer = ACME_STATUS,
    );
    corpus.direct(
        "signature_of_the_presentation_by_another",
        code,
        "Mallory signs under Ada's method.",
        |scene| scene.presentation.signer = MALLORY,
    );
    corpus.direct(
        "signature_of_the_presentation_by_another_jose",
        code,
        "Mallory signs under Ada's key id.",
        |scene| {
            scene.jose();
            scene.presentation.signer = MALLORY;
        },
    );
    corpus.delegated(
        "signature_of_the_delegation_by_the_delegatee",
        code,
        "Bob signs his own delegation under Ada's method.",
        |scene| scene.papers[1].signer = BOB,
    );
}

pub(in crate::corpus) fn algorithms(corpus: &mut Corpus) {
    for alg in [
        "none",
        "None",
        "nOnE",
        "NONE",
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "PS256",
        "ES256K",
        "EDDSA",
        "eddsa",
        "Ed25519",
        "Ed448",
        "A256KW",
        "PBES2-HS256+A128KW",
        "",
    ] {
        let upper = alg.bytes().filter(u8::is_ascii_uppercase).count();
        let name = if alg.is_empty() {
            "empty".to_owned()
        } else {
            format!("{}_{upper}", slug(&alg.to_ascii_lowercase()))
        };
        corpus.direct(
            &format!("signature_alg_{name}"),
            "alg.unknown",
            "An algorithm that is not one of ours.",
            |scene| {
                scene.jose();
                scene.papers[0].header["alg"] = json!(alg);
            },
        );
    }
    for (name, alg) in [
        ("absent", None),
        ("null", Some(json!(null))),
        ("number", Some(json!(0))),
        ("array", Some(json!(["EdDSA"]))),
    ] {
        corpus.direct(
            &format!("signature_alg_is_{name}"),
            "alg.unknown",
            "The header names no algorithm.",
            |scene| {
                scene.jose();
                match alg {
                    None => remove(&mut scene.presentation.header, "alg"),
                    Some(alg) => scene.presentation.header["alg"] = alg,
                }
            },
        );
    }
    corpus.direct(
        "signature_alg_none_without_a_signature",
        "alg.unknown",
        "An unsecured JWS.",
        |scene| {
            scene.jose();
            scene.presentation.header["alg"] = json!("none");
            scene.presentation.token =
                Some(Rc::new(|token| format!("{}.", token.rsplit_once('.').unwrap().0)));
        },
    );
    corpus.direct(
        "signature_hs256_under_the_public_key",
        "alg.unknown",
        "A MAC whose key would be Acme's public key.",
        |scene| {
            scene.jose();
            scene.papers[0].header["alg"] = json!("HS256");
            scene.papers[0].token = Some(Rc::new(|token| {
                format!(
                    "{}.{}",
                    token.rsplit_once('.').unwrap().0,
                    base64url::encode(&[7; 32])
                )
            }));
        },
    );
    for (name, kind, alg) in [
        ("es256_under_ed25519", KeyType::Ed25519, "ES256"),
        ("es384_under_ed25519", KeyType::Ed25519, "ES384"),
        ("es256_under_p384", KeyType::P384, "ES256"),
        ("es384_under_p256", KeyType::P256, "ES384"),
        ("es512_under_ed25519", KeyType::Ed25519, "ES512"),
        ("es512_under_p256", KeyType::P256, "ES512"),
        ("es512_under_p384", KeyType::P384, "ES512"),
        ("eddsa_under_p256", KeyType::P256, "EdDSA"),
        ("eddsa_under_p384", KeyType::P384, "EdDSA"),
    ] {
        corpus.bent(
            &format!("signature_{name}"),
            "alg.mismatch",
            "The algorithm follows from the key, not from the header.",
            Scene::of(&[ADA.with(kind)]),
            |scene| {
                scene.jose();
                scene.presentation.header["alg"] = json!(alg);
            },
        );
    }
    for (name, kind, suite) in [
        ("eddsa_suite_under_p256", KeyType::P256, "eddsa-jcs-2022"),
        ("eddsa_suite_under_p384", KeyType::P384, "eddsa-jcs-2022"),
        ("ecdsa_suite_under_ed25519", KeyType::Ed25519, "ecdsa-jcs-2019"),
    ] {
        corpus.bent(
            &format!("signature_{name}"),
            "alg.mismatch",
            "The suite follows from the key, not from the proof.",
            Scene::of(&[ADA.with(kind)]),
            |scene| {
                scene.presentation.proof["cryptosuite"] = json!(suite);
            },
        );
    }
    for suite in [
        "eddsa-jcs-2023",
        "EDDSA-JCS-2022",
        "bbs-jcs-2023",
        "none",
        "",
        "eddsa-jcs-2022 ",
    ] {
        let name = match suite {
            "" => "empty".to_owned(),
            "EDDSA-JCS-2022" => "upper_case".to_owned(),
            "eddsa-jcs-2022 " => "with_a_space".to_owned(),
            other => slug(other),
        };
        corpus.direct(
            &format!("signature_suite_{name}"),
            "alg.unknown",
            "A cryptosuite that is not known.",
            |scene| scene.papers[0].proof["cryptosuite"] = json!(suite),
        );
    }
    corpus.direct(
        "signature_suite_bbs_2023",
        "alg.unsupported_here",
        "A suite that exists and that no door has.",
        |scene| scene.papers[0].proof["cryptosuite"] = json!("bbs-2023"),
    );
    corpus.direct(
        "signature_suite_absent",
        "alg.unknown",
        "The proof names no cryptosuite.",
        |scene| remove(&mut scene.papers[0].proof, "cryptosuite"),
    );
    for type_ in [
        "Ed25519Signature2020",
        "Ed25519Signature2018",
        "JsonWebSignature2020",
        "dataIntegrityProof",
        "",
    ] {
        let name = if type_.is_empty() {
            "empty".to_owned()
        } else {
            slug(&type_.to_ascii_lowercase())
        };
        corpus.direct(
            &format!("signature_proof_type_{name}"),
            "alg.unknown",
            "A proof of another type.",
            |scene| scene.papers[0].proof["type"] = json!(type_),
        );
    }
}

pub(in crate::corpus) fn critical(corpus: &mut Corpus) {
    for (name, members) in [
        ("unknown", json!({"crit": ["x-bork"], "x-bork": true})),
        ("known_claim", json!({"crit": ["exp"], "exp": 1})),
        ("empty", json!({"crit": []})),
        ("text", json!({"crit": "exp"})),
        ("null", json!({"crit": null})),
        ("b64", json!({"crit": ["b64"], "b64": false})),
        ("alg", json!({"crit": ["alg"]})),
    ] {
        for (place, whole) in [("paper", false), ("presentation", true)] {
            corpus.direct(
                &format!("signature_crit_{name}_of_a_{place}"),
                "crit.unknown",
                "An extension is critical and not understood.",
                |scene| {
                    scene.jose();
                    let slip = if whole {
                        &mut scene.presentation
                    } else {
                        &mut scene.papers[0]
                    };
                    for (member, value) in members.as_object().unwrap() {
                        slip.header[member] = value.clone();
                    }
                },
            );
        }
    }
    for (name, value) in [("false", json!(false)), ("true", json!(true))] {
        corpus.direct(
            &format!("signature_b64_{name}"),
            "crit.unknown",
            "An unencoded payload is not understood, critical or not.",
            |scene| {
                scene.jose();
                scene.papers[0].header["b64"] = value;
            },
        );
    }
}
