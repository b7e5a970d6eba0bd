//! The text of an SD-JWT, the JWS in it, its signature, and a key binding where none belongs.

use std::rc::Rc;

use chancery_proof::base64url;

use super::*;
use crate::paper::list;
use crate::party::{ACME, ADA, MALLORY};

pub(super) fn vectors(corpus: &mut Corpus) {
    forms(corpus);
    header(corpus);
    signed(corpus);
}

fn forms(corpus: &mut Corpus) {
    let code = "sd_jwt.serialization";
    let rewritten = |corpus: &mut Corpus, name: &str, code: &str, bend: fn(String) -> String| {
        about(
            corpus,
            &format!("sd_jwt_{name}"),
            code,
            "JWT and disclosures, each followed by a tilde.",
            |slip| slip.token = Some(Rc::new(bend)),
        );
    };
    rewritten(corpus, "without_tildes", code, |text| {
        text.split('~').next().unwrap().to_owned()
    });
    rewritten(corpus, "without_the_last_tilde", code, |text| {
        text.trim_end_matches('~').to_owned()
    });
    rewritten(corpus, "with_an_empty_disclosure", code, |text| {
        format!("{text}~")
    });
    rewritten(corpus, "of_nothing", code, |_| String::new());
    rewritten(corpus, "of_a_tilde", code, |_| "~".to_owned());
    rewritten(corpus, "with_a_line_break", code, |text| format!("{text}\n"));
    rewritten(corpus, "of_two_parts", code, |text| text.replacen('.', "", 1));
    rewritten(corpus, "with_a_space_before_it", "parse.base64url", |text| {
        format!(" {text}")
    });
    rewritten(corpus, "as_json", code, |text| {
        let parts: Vec<&str> = text.split(['.', '~']).collect();
        json!({"protected": parts[0], "payload": parts[1], "header": {"disclosures": []}}).to_string()
    });
    corpus.direct(
        "sd_jwt_envelope_of_a_jws",
        code,
        "A JWS is no SD-JWT: it has no tilde.",
        |scene| {
            scene.jose();
            let at = scene.passport(0);
            scene.papers[at].afterwards(|item| {
                item["id"] = json!(item["id"].as_str().unwrap().replace("vc+jwt", "vc+sd-jwt"));
            });
        },
    );
    about(
        corpus,
        "sd_jwt_in_the_envelope_of_a_jws",
        "type.typ",
        "An SD-JWT is no JWS.",
        |slip| {
            slip.afterwards(|item| {
                item["id"] = json!(item["id"].as_str().unwrap().replace("vc+sd-jwt", "vc+jwt"));
            });
        },
    );
    about(
        corpus,
        "sd_jwt_of_another_media_type",
        "type.media",
        "SD-JWT VC is foreign here.",
        |slip| {
            slip.afterwards(|item| {
                item["id"] = json!(item["id"].as_str().unwrap().replace("vc+sd-jwt", "dc+sd-jwt"));
            });
        },
    );
}

fn header(corpus: &mut Corpus) {
    for typ in [
        "vc+jwt",
        "dc+sd-jwt",
        "kb+jwt",
        "JWT",
        "VC+SD-JWT",
        "application/vc+sd-jwt",
        "",
    ] {
        let slug = super::super::slug(&typ.replace("VC+SD-JWT", "upper_case"));
        let name = if slug.is_empty() { "none".to_owned() } else { slug };
        about(
            corpus,
            &format!("sd_jwt_typ_{name}"),
            "type.typ",
            "The `typ` is vc+sd-jwt, spelled so.",
            |slip| slip.header["typ"] = json!(typ),
        );
    }
    for (name, value) in [
        ("jwk", ADA.public().to_jwk()),
        ("x5c", json!(["MIIB"])),
        ("jku", json!("https://keys.example")),
    ] {
        about(
            corpus,
            &format!("sd_jwt_key_in_the_header_{name}"),
            "key.header",
            "Keys come from DID documents only.",
            |slip| slip.header[name] = value,
        );
    }
    about(
        corpus,
        "sd_jwt_alg_none",
        "alg.unknown",
        "Nobody signed it.",
        |slip| {
            slip.header["alg"] = json!("none");
        },
    );
    about(
        corpus,
        "sd_jwt_crit",
        "crit.unknown",
        "An extension that nobody knows.",
        |slip| {
            slip.header["crit"] = json!(["x"]);
        },
    );
}

fn signed(corpus: &mut Corpus) {
    about(
        corpus,
        "sd_jwt_digest_added_after_signing",
        "signature.invalid",
        "The digests are signed.",
        |slip| {
            let stray = disclosure(&json!(["salt", "team", "Payments"]));
            let added = stray.clone();
            slip.token = Some(Rc::new(move |text: String| {
                let (jwt, rest) = text.split_once('~').unwrap();
                let parts: Vec<&str> = jwt.split('.').collect();
                let payload = base64url::decode(parts[1]).unwrap();
                let mut payload: Value = serde_json::from_slice(&payload).unwrap();
                append(&mut payload["credentialSubject"], &added);
                let payload = base64url::encode(payload.to_string().as_bytes());
                format!("{}.{payload}.{}~{rest}{added}~", parts[0], parts[2])
            }));
        },
    );
    about(
        corpus,
        "sd_jwt_signed_by_a_stranger",
        "signature.invalid",
        "Mallory signs as Acme.",
        |slip| slip.signer = MALLORY,
    );
    corpus.direct(
        "sd_jwt_of_a_stranger",
        "key.issuer_mismatch",
        "Mallory signs with a key of his own.",
        |scene| {
            let slip = concealed(scene);
            slip.signer = MALLORY;
            slip.header["kid"] = json!(MALLORY.method());
        },
    );
    corpus.direct(
        "sd_jwt_revoked_passport",
        "status.revoked",
        "What is withheld changes nothing about its status.",
        |scene| {
            concealed(scene).disclosures.clear();
            scene.set(&list(ACME, "r"), &[120]);
        },
    );
    for (name, typ) in [("key_binding", "kb+jwt"), ("another_token", "vc+jwt")] {
        about(
            corpus,
            &format!("sd_jwt_with_{name}"),
            "binding.key_binding_unexpected",
            "The presentation is the key binding.",
            |slip| {
                let header = json!({"alg": ADA.algorithm(), "typ": typ});
                slip.token = Some(Rc::new(move |text: String| {
                    let claims = json!({
                        "aud": "https://api.globex.example", "nonce": "nonce-0001", "iat": 0,
                        "sd_hash": disclosure_digest(&text),
                    });
                    let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
                    let input = format!("{}.{}", part(&header), part(&claims));
                    let signature = ADA.sign(input.as_bytes());
                    format!("{text}{input}.{}", base64url::encode(&signature))
                }));
            },
        );
    }
}
