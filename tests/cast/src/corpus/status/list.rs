//! What a list says.

use chancery_proof::multibase;
use serde_json::{Value, json};

use super::{revocation, revoked};
use crate::corpus::{Corpus, remove};
use crate::scene::{encoded, gzip};

pub(in crate::corpus) fn lists(corpus: &mut Corpus) {
    let code = "status.unknown";
    for (name, text) in [
        ("empty", ""),
        ("not_json", "<html>404</html>"),
        ("null", "null"),
        ("empty_object", "{}"),
        ("truncated", "{\"@context\":"),
        ("duplicate_member", "{\"id\":\"a\",\"id\":\"b\"}"),
    ] {
        corpus.direct(
            &format!("status_list_{name}"),
            code,
            "What was fetched is no list.",
            |scene| {
                scene.evidence(move |evidence| evidence["statusLists"][revoked()] = json!(text));
            },
        );
    }
    for (name, pointer, value) in [
        (
            "of_another_address",
            "/id",
            json!("https://acme.example/status-lists/x"),
        ),
        (
            "of_the_other_list",
            "/id",
            json!("https://acme.example/status-lists/s"),
        ),
        (
            "of_another_purpose",
            "/credentialSubject/statusPurpose",
            json!("suspension"),
        ),
        (
            "of_an_unknown_purpose",
            "/credentialSubject/statusPurpose",
            json!("deletion"),
        ),
        ("of_no_purpose", "/credentialSubject/statusPurpose", json!([])),
        (
            "of_a_purpose_twice",
            "/credentialSubject/statusPurpose",
            json!(["revocation", "revocation"]),
        ),
        (
            "of_another_type",
            "/type",
            json!(["VerifiableCredential", "StatusList2021Credential"]),
        ),
        (
            "of_no_credential_type",
            "/type",
            json!(["BitstringStatusListCredential"]),
        ),
        (
            "of_another_subject_type",
            "/credentialSubject/type",
            json!("StatusList2021"),
        ),
        ("bits_number", "/credentialSubject/encodedList", json!(0)),
        ("bits_empty", "/credentialSubject/encodedList", json!("")),
        ("bits_in_base58", "/credentialSubject/encodedList", json!("z3FXQ")),
        (
            "bits_without_a_prefix",
            "/credentialSubject/encodedList",
            json!("H4sIAAAAAAAA"),
        ),
        (
            "bits_padded",
            "/credentialSubject/encodedList",
            json!("uH4sIAA=="),
        ),
        (
            "bits_not_gzip",
            "/credentialSubject/encodedList",
            json!("uAAAAAAAA"),
        ),
        ("ttl_negative", "/credentialSubject/ttl", json!(-1)),
        ("ttl_text", "/credentialSubject/ttl", json!("300000")),
        ("ttl_zero", "/credentialSubject/ttl", json!(0)),
        ("ttl_fraction", "/credentialSubject/ttl", json!(1.5)),
        ("ttl_null", "/credentialSubject/ttl", json!(null)),
        ("time_malformed", "/validFrom", json!("today")),
        ("time_number", "/validFrom", json!(1)),
        ("end_malformed", "/validUntil", json!("2026-06-17T24:00:00Z")),
        ("issuer_a_url", "/issuer", json!("https://acme.example")),
        ("issuer_number", "/issuer", json!(1)),
        (
            "context_another",
            "/@context",
            json!(["https://www.w3.org/2018/credentials/v1"]),
        ),
        ("subject_null", "/credentialSubject", json!(null)),
        ("subject_array", "/credentialSubject", json!([])),
    ] {
        corpus.direct(
            &format!("status_list_{name}"),
            code,
            "The list is signed and is not as the standard has it.",
            |scene| *revocation(scene).document.pointer_mut(pointer).unwrap() = value,
        );
    }
    for (name, pointer, member) in [
        ("without_bits", "/credentialSubject", "encodedList"),
        ("without_a_purpose", "/credentialSubject", "statusPurpose"),
        ("without_a_time", "", "validFrom"),
        ("without_an_issuer", "", "issuer"),
        ("without_a_type", "", "type"),
        ("without_a_subject", "", "credentialSubject"),
        ("without_a_subject_type", "/credentialSubject", "type"),
        ("without_a_context", "", "@context"),
    ] {
        corpus.direct(
            &format!("status_list_{name}"),
            code,
            "The list is signed and is not as the standard has it.",
            |scene| remove(revocation(scene).document.pointer_mut(pointer).unwrap(), member),
        );
    }
    for (name, entries) in [("short", 131_064_usize), ("tiny", 8), ("empty_bits", 0)] {
        corpus.direct(
            &format!("status_list_{name}"),
            code,
            "Fewer than 131,072 entries.",
            |scene| {
                revocation(scene).document["credentialSubject"]["encodedList"] = json!(encoded(entries, &[]))
            },
        );
    }
}

pub(in crate::corpus) fn compressed(corpus: &mut Corpus) {
    let code = "limit.decompression";
    let bits = |bytes: &[u8]| json!(multibase::encode_u(bytes));
    let cases: [(&str, Value, &str); 8] = [
        ("bomb", bits(&gzip(&vec![0; 4 * 1024 * 1024 + 1])), code),
        ("bomb_of_64_mib", bits(&gzip(&vec![0; 64 * 1024 * 1024])), code),
        (
            "two_members",
            bits(&[gzip(&[0; 16_384]), gzip(&[0; 16_384])].concat()),
            code,
        ),
        (
            "trailing_bytes",
            bits(&[gzip(&[0; 16_384]), vec![0]].concat()),
            code,
        ),
        (
            "truncated_gzip",
            bits(&gzip(&[0; 16_384])[..30]),
            "status.unknown",
        ),
        (
            "checksum_wrong",
            bits(&{
                let mut bytes = gzip(&[0; 16_384]);
                let at = bytes.len() - 8;
                bytes[at] ^= 1;
                bytes
            }),
            "status.unknown",
        ),
        (
            "length_wrong",
            bits(&{
                let mut bytes = gzip(&[0; 16_384]);
                let at = bytes.len() - 1;
                bytes[at] ^= 1;
                bytes
            }),
            "status.unknown",
        ),
        (
            "zlib",
            json!("ueJztwQENAAAAwqD3T20PBxQAAAAAAAAAAAAAAAAAAAAAAAAA"),
            "status.unknown",
        ),
    ];
    for (name, value, code) in cases {
        corpus.direct(
            &format!("status_list_{name}"),
            code,
            "The bits do not inflate within their bounds, from exactly one gzip member.",
            |scene| revocation(scene).document["credentialSubject"]["encodedList"] = value,
        );
    }
}
