//! Members of another shape.

use serde_json::{Value, json};

use crate::corpus::{Corpus, remove, slug};
use crate::paper::digest;
use crate::party::{ACME, ADA};

pub(in crate::corpus) fn shapes(corpus: &mut Corpus) {
    for member in ["@context", "type", "holder", "verifiableCredential"] {
        corpus.direct(
            &format!("read_presentation_without_{}", slug(member)),
            "parse.structure",
            "A member that has to be there is not.",
            |scene| {
                let papers = scene.papers.iter().map(crate::seal::Slip::item).collect();
                scene.presentation.document["verifiableCredential"] = papers;
                remove(&mut scene.presentation.document, member);
                if member == "verifiableCredential" {
                    scene.presentation.document[member] = json!(null);
                    scene.presentation.document["verifiableCredential"] = json!({});
                }
            },
        );
    }
    for member in [
        "@context",
        "id",
        "type",
        "credentialSchema",
        "issuer",
        "validFrom",
        "validUntil",
        "credentialSubject",
    ] {
        corpus.direct(
            &format!("read_capability_without_{}", slug(member)),
            "parse.structure",
            "A member that has to be there is not.",
            |scene| {
                remove(scene.paper(0), member);
            },
        );
    }
    for member in [
        "id",
        "name",
        "version",
        "instanceOf",
        "organization",
        "owner",
        "riskLevel",
        "autonomyLevel",
    ] {
        corpus.direct(
            &format!("read_passport_without_{}", slug(member)),
            "parse.structure",
            "A passport has to say it.",
            |scene| {
                remove(&mut scene.paper(1)["credentialSubject"], member);
            },
        );
    }
    for member in ["id", "parent", "capability"] {
        corpus.delegated(
            &format!("read_delegation_without_{}", slug(member)),
            "parse.structure",
            "A delegation has to say it.",
            |scene| {
                scene.paper(1)["credentialSubject"]["parent"] = json!(digest("x"));
                scene.papers[1].afterwards(|_| {});
                remove(&mut scene.paper(1)["credentialSubject"], member);
                if member == "parent" {
                    scene.paper(1)["credentialSubject"]["parent"] = json!(null);
                }
            },
        );
    }
    let wrong = [json!(7), json!(null), json!(true), json!([]), json!({})];
    for (member, values) in [
        ("id", &wrong[..]),
        ("issuer", &wrong[..]),
        ("validFrom", &wrong[..3]),
        ("validUntil", &wrong[..3]),
        ("credentialSubject", &wrong[..4]),
        ("credentialSchema", &wrong[..4]),
        ("credentialStatus", &wrong[3..4]),
    ] {
        for value in values {
            let kind = match value {
                Value::Null => "null",
                Value::Bool(_) => "a_boolean",
                Value::Number(_) => "a_number",
                Value::Array(_) => "an_empty_array",
                Value::String(_) | Value::Object(_) => "an_empty_object",
            };
            corpus.direct(
                &format!("read_capability_{}_is_{kind}", slug(member)),
                "parse.structure",
                "A member is of another type than it has to be.",
                |scene| {
                    scene.paper(0)[member] = value.clone();
                },
            );
        }
    }
    for (name, member, value) in [
        (
            "issuer_as_an_object",
            "issuer",
            json!({"id": ACME.did(), "name": "Acme"}),
        ),
        (
            "subject_in_an_array",
            "credentialSubject",
            json!([{"id": ADA.did()}]),
        ),
        ("id_that_is_no_uuid", "id", json!("urn:uuid:1")),
        (
            "id_in_upper_case",
            "id",
            json!("urn:uuid:00000000-0000-4000-8000-00000000ABCD"),
        ),
        (
            "id_that_is_a_url",
            "id",
            json!("https://acme.example/credentials/1"),
        ),
        ("id_empty", "id", json!("")),
        ("validity_of_no_time", "validUntil", json!("2026-06-17T06:00:00Z")),
        ("validity_reversed", "validUntil", json!("2026-06-17T05:59:59Z")),
        (
            "five_status_entries",
            "credentialStatus",
            json!(vec![
                crate::paper::status_entry(
                    "revocation",
                    "https://acme.example/status-lists/r",
                    5
                );
                5
            ]),
        ),
    ] {
        corpus.direct(
            &format!("read_{name}"),
            "parse.structure",
            "A member is not as the schema has it.",
            |scene| {
                scene.paper(0)[member] = value;
            },
        );
    }
    for (name, member, value) in [
        ("risk_level_unknown", "riskLevel", json!("extreme")),
        ("risk_level_upper_case", "riskLevel", json!("Low")),
        ("autonomy_level_too_high", "autonomyLevel", json!(5)),
        ("autonomy_level_negative", "autonomyLevel", json!(-1)),
        ("autonomy_level_fraction", "autonomyLevel", json!(1.5)),
        ("autonomy_level_text", "autonomyLevel", json!("2")),
        ("owner_empty", "owner", json!("")),
        ("owner_null", "owner", json!(null)),
        ("owner_object", "owner", json!({"name": "Ann"})),
        ("name_too_long", "name", json!("x".repeat(4_097))),
        ("tools_empty", "tools", json!([])),
        ("tools_text", "tools", json!("refund")),
        ("tools_twice", "tools", json!(["refund", "refund"])),
        ("data_access_number", "dataAccess", json!([1])),
        ("composite_empty", "composite", json!({})),
        (
            "composite_not_a_digest",
            "composite",
            json!({"model": "sha256:abc"}),
        ),
        (
            "composite_other_multihash",
            "composite",
            json!({"model": "zQmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMn"}),
        ),
        ("composite_text", "composite", json!("gpt")),
        ("platform_null", "platform", json!(null)),
    ] {
        corpus.direct(
            &format!("read_passport_{name}"),
            "parse.structure",
            "A claim of the passport is not as the schema has it.",
            |scene| {
                scene.paper(1)["credentialSubject"][member] = value;
            },
        );
    }
    for (name, value) in [
        ("text", json!("yesterday's")),
        ("number", json!(1)),
        ("object", json!({"id": "x"})),
        ("null", json!(null)),
        (
            "base64url_digest",
            json!("uEiBzbmlwc25pcHNuaXBzbmlwc25pcHNuaXBzbmlwc25pcA"),
        ),
        ("hexadecimal_digest", json!("1220aa")),
    ] {
        corpus.delegated(
            &format!("read_parent_is_a_{name}"),
            "parse.structure",
            "The parent is named by something else than its digest.",
            |scene| {
                scene.paper(1)["credentialSubject"]["parent"] = value;
            },
        );
    }
    for (name, number) in [
        ("two_to_the_53", json!(9_007_199_254_740_992_u64)),
        ("two_to_the_64_less_one", json!(u64::MAX)),
        ("negative", json!(-9_007_199_254_740_992_i64)),
        ("as_a_double", json!(1e20)),
    ] {
        corpus.direct(
            &format!("read_integer_{name}"),
            "parse.number",
            "An integer beyond 2^53-1 in a paper.",
            |scene| {
                scene.constraints(
                    0,
                    json!([{"type": "AtMost", "fact": "amount", "scale": "Size", "max": number}]),
                );
            },
        );
    }
}
