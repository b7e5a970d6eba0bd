//! Lists that could not be had, who signed them, and what they claim.

use std::rc::Rc;

use chancery_proof::base64url;
use serde_json::{Value, json};

use super::{INDEX, claims as claims_of, direct, lst, set, token_list, url, zlib};
use crate::corpus::{Corpus, remove, slug};
use crate::party::{ACME_STATUS, ADA, GLOBEX, INITECH, INITECH_STATUS, MALLORY};
use crate::scene::Scene;
use crate::seal::Slip;
use crate::time::after;

const CODE: &str = "status.unknown";

fn slip(scene: &mut Scene) -> &mut Slip {
    scene.token_lists.get_mut(&url()).unwrap()
}

pub(super) fn retrieval(corpus: &mut Corpus) {
    direct(
        corpus,
        "token_status_list_missing",
        "evidence.needed",
        "The list has not been fetched.",
        |scene| scene.token_lists.clear(),
    );
    direct(
        corpus,
        "token_status_document_of_the_signer_missing",
        "evidence.needed",
        "The status DID's document has not been fetched.",
        |scene| drop(scene.documents.remove(&ACME_STATUS.did())),
    );
    direct(
        corpus,
        "token_status_list_under_another_address",
        "evidence.needed",
        "The list is there under an address that nobody asked for.",
        |scene| {
            let list = scene.token_lists.remove(&url()).unwrap();
            scene.token_lists.insert(format!("{}/", url()), list);
        },
    );
    direct(
        corpus,
        "token_status_list_among_the_bitstring_lists",
        "evidence.needed",
        "A text under the other kind's key answers nothing.",
        |scene| {
            let list = scene.token_lists.remove(&url()).unwrap();
            scene.lists.insert(url(), list);
        },
    );
    for code in [
        "fetch.blocked",
        "fetch.timeout",
        "fetch.too_large",
        "fetch.tls",
        "fetch.status",
        "fetch.media_type",
        "fetch.redirect",
        "fetch.offline",
        "fetch.failed",
    ] {
        direct(
            corpus,
            &format!("token_status_list_{}", slug(code)),
            code,
            "The list could not be had.",
            |scene| {
                scene.token_lists.clear();
                scene.failed(json!({"kind": "tokenStatusList", "url": url()}), code);
            },
        );
    }
    for (name, text) in [
        ("empty", ""),
        ("html", "<html>404</html>"),
        ("null", "null"),
        ("one_part", "eyJ0eXAiOiJzdGF0dXNsaXN0K2p3dCJ9"),
        ("two_parts", "eyJ0eXAiOiJzdGF0dXNsaXN0K2p3dCJ9.e30"),
        ("five_parts", "a.b.c.d.e"),
    ] {
        direct(
            corpus,
            &format!("token_status_list_text_{name}"),
            CODE,
            "What was fetched is no list.",
            |scene| scene.evidence(move |evidence| evidence["tokenStatusLists"][url()] = json!(text)),
        );
    }
}

pub(super) fn signers(corpus: &mut Corpus) {
    for (name, signer) in [
        ("a_stranger", MALLORY),
        ("another_anchor", INITECH),
        ("another_status_did", INITECH_STATUS),
        ("the_verifier", GLOBEX),
        ("the_agent", ADA),
    ] {
        direct(
            corpus,
            &format!("token_status_list_of_{name}"),
            CODE,
            "The list is signed by somebody who does not speak for Acme.",
            |scene| {
                if signer != ADA {
                    scene.documents.insert(signer.did(), signer.document());
                }
                let list = token_list(&url(), signer, &after(&scene.at, -30), 2, &[]);
                scene.token_lists.insert(url(), list);
            },
        );
    }
    direct(
        corpus,
        "token_status_list_under_the_name_of_another",
        CODE,
        "Mallory signs and names Acme's key.",
        |scene| {
            let method = ACME_STATUS.method();
            slip(scene).sign_by(MALLORY);
            slip(scene).method(&method);
        },
    );
    direct(
        corpus,
        "token_status_list_issued_by_another",
        CODE,
        "`iss` is not whose key signed.",
        |scene| claims_of(scene)["iss"] = json!(MALLORY.did()),
    );
    direct(
        corpus,
        "token_status_list_statuses_changed",
        CODE,
        "The payload was exchanged after it was signed.",
        |scene| {
            let clean = slip(scene).jws();
            set(scene, 2, &[(INDEX, 1)]);
            slip(scene).token = Some(Rc::new(move |token| {
                let payload = clean.split('.').nth(1).unwrap();
                let parts: Vec<&str> = token.split('.').collect();
                format!("{}.{payload}.{}", parts[0], parts[2])
            }));
        },
    );
    direct(
        corpus,
        "token_status_list_signature_empty",
        CODE,
        "The signature is gone.",
        |scene| {
            slip(scene).token = Some(Rc::new(|token| format!("{}.", token.rsplit_once('.').unwrap().0)));
        },
    );
    for (name, member, value) in [
        ("alg_none", "alg", json!("none")),
        ("alg_hs256", "alg", json!("HS256")),
        ("alg_of_another_key", "alg", json!("ES256")),
        ("typ_of_a_credential", "typ", json!("vc+jwt")),
        ("typ_jwt", "typ", json!("JWT")),
        ("typ_with_a_prefix", "typ", json!("application/statuslist+jwt")),
        ("typ_of_a_cwt", "typ", json!("statuslist+cwt")),
        ("typ_null", "typ", json!(null)),
        ("kid_no_did_url", "kid", json!("12")),
        (
            "kid_of_another_key",
            "kid",
            json!(format!("{}#9", ACME_STATUS.did())),
        ),
        ("crit", "crit", json!(["exp"])),
        ("jku", "jku", json!("https://acme.example/jwks.json")),
        ("jwk", "jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"})),
        ("zip", "zip", json!("DEF")),
    ] {
        direct(
            corpus,
            &format!("token_status_list_header_{name}"),
            CODE,
            "Explicit typing, and the key comes from the document of its signer.",
            |scene| slip(scene).header[member] = value,
        );
    }
    for member in ["typ", "kid", "alg"] {
        direct(
            corpus,
            &format!("token_status_list_header_without_{member}"),
            CODE,
            "The header says too little.",
            |scene| remove(&mut slip(scene).header, member),
        );
    }
}

pub(super) fn claims(corpus: &mut Corpus) {
    let cases: [(&str, &str, Value); 28] = [
        (
            "sub_of_another_list",
            "/sub",
            json!("https://acme.example/status-lists/r"),
        ),
        ("sub_with_a_slash", "/sub", json!(format!("{}/", url()))),
        ("sub_relative", "/sub", json!("/status-lists/t")),
        ("sub_number", "/sub", json!(1)),
        ("sub_null", "/sub", json!(null)),
        ("iat_text", "/iat", json!("1781683170")),
        ("iat_null", "/iat", json!(null)),
        ("iat_negative", "/iat", json!(-1)),
        ("iat_beyond_time", "/iat", json!(8_210_298_412_799_u64)),
        ("exp_text", "/exp", json!("never")),
        ("exp_null", "/exp", json!(null)),
        ("exp_before_iat", "/exp", json!(1)),
        ("ttl_zero", "/ttl", json!(0)),
        ("ttl_negative", "/ttl", json!(-1)),
        ("ttl_text", "/ttl", json!("300")),
        ("ttl_null", "/ttl", json!(null)),
        ("list_null", "/status_list", json!(null)),
        ("list_text", "/status_list", json!("eNrbuRgAAhcBXQ")),
        ("bits_zero", "/status_list/bits", json!(0)),
        ("bits_three", "/status_list/bits", json!(3)),
        ("bits_sixteen", "/status_list/bits", json!(16)),
        ("bits_text", "/status_list/bits", json!("2")),
        ("bits_null", "/status_list/bits", json!(null)),
        ("lst_number", "/status_list/lst", json!(0)),
        ("lst_empty", "/status_list/lst", json!("")),
        ("lst_padded", "/status_list/lst", json!("eNrbuRgAAhcBXQ==")),
        ("lst_multibase", "/status_list/lst", json!("ueNrbuRgAAhcBXQ")),
        (
            "aggregation_relative",
            "/status_list/aggregation_uri",
            json!("/lists"),
        ),
    ];
    for (name, pointer, value) in cases {
        direct(
            corpus,
            &format!("token_status_list_{name}"),
            CODE,
            "The list is signed and is not as the draft has it.",
            |scene| {
                let (parent, member) = pointer.rsplit_once('/').unwrap();
                claims_of(scene).pointer_mut(parent).unwrap()[member] = value;
            },
        );
    }
    for (parent, member) in [
        ("", "sub"),
        ("", "iat"),
        ("", "status_list"),
        ("/status_list", "bits"),
        ("/status_list", "lst"),
    ] {
        direct(
            corpus,
            &format!("token_status_list_without_{member}"),
            CODE,
            "The draft requires it.",
            |scene| remove(claims_of(scene).pointer_mut(parent).unwrap(), member),
        );
    }
    direct(
        corpus,
        "token_status_list_too_short_for_the_index",
        CODE,
        "The index is beyond the end.",
        |scene| claims_of(scene)["status_list"]["lst"] = json!(base64url::encode(&lst(100, 2, &[]))),
    );
    direct(
        corpus,
        "token_status_list_of_nobody",
        CODE,
        "A list of no entries.",
        |scene| claims_of(scene)["status_list"]["lst"] = json!(base64url::encode(&zlib(&[]))),
    );
    direct(
        corpus,
        "token_status_list_not_yet_valid",
        CODE,
        "`nbf` lies two minutes ahead.",
        |scene| {
            let iat = claims_of(scene)["iat"].as_i64().unwrap();
            claims_of(scene)["nbf"] = json!(iat + 150);
        },
    );
}

pub(super) fn compressed(corpus: &mut Corpus) {
    let limit = "limit.decompression";
    let good = lst(131_072, 2, &[]);
    let cut = good[..good.len() - 3].to_vec();
    let mut checksum = good.clone();
    *checksum.last_mut().unwrap() ^= 1;
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("bomb", zlib(&vec![0; 4 * 1024 * 1024 + 1]), limit),
        ("bomb_of_64_mib", zlib(&vec![0; 64 * 1024 * 1024]), limit),
        ("two_streams", [good.clone(), good.clone()].concat(), limit),
        ("trailing_byte", [good.clone(), vec![0]].concat(), limit),
        ("truncated", cut, CODE),
        ("checksum_wrong", checksum, CODE),
        ("gzip", crate::scene::gzip(&[0; 32_768]), CODE),
        ("raw_deflate", good[2..good.len() - 4].to_vec(), CODE),
        ("not_compressed", vec![0; 64], CODE),
    ];
    for (name, bytes, code) in cases {
        direct(
            corpus,
            &format!("token_status_list_{name}"),
            code,
            "The bits do not inflate within their bounds, from exactly one zlib stream.",
            |scene| claims_of(scene)["status_list"]["lst"] = json!(base64url::encode(&bytes)),
        );
    }
}
