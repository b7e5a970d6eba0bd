//! Documents: missing, foreign, malformed.

use serde_json::json;

use super::acme;
use crate::corpus::{Corpus, remove, slug};
use crate::party::{ACME, ACME_STATUS, HOSTED, MALLORY};
use crate::scene::Scene;

pub(in crate::corpus) fn resolving(corpus: &mut Corpus) {
    corpus.direct(
        "key_document_missing",
        "evidence.needed",
        "Acme's document has not been fetched.",
        |scene| {
            scene.documents.remove(&ACME.did());
        },
    );
    corpus.direct(
        "key_document_missing_jose",
        "evidence.needed",
        "Acme's document has not been fetched.",
        |scene| {
            scene.jose();
            scene.documents.clear();
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
        "resolve.not_found",
    ] {
        corpus.direct(
            &format!("key_document_{}", slug(code)),
            code,
            "Acme's document could not be had.",
            |scene| {
                scene.documents.remove(&ACME.did());
                scene.failed(json!({"kind": "document", "did": ACME.did()}), code);
            },
        );
    }
    corpus.direct(
        "key_document_failed_with_an_unknown_code",
        "fetch.failed",
        "A failure under a code that nobody knows is a failure.",
        |scene| {
            scene.documents.remove(&ACME.did());
            scene.failed(json!({"kind": "document", "did": ACME.did()}), "fetch.gremlins");
        },
    );
    corpus.direct(
        "key_document_failed_as_allowed",
        "fetch.failed",
        "No host can turn a failure into another verdict.",
        |scene| {
            scene.documents.remove(&ACME.did());
            scene.failed(json!({"kind": "document", "did": ACME.did()}), "ok");
        },
    );
    for (name, did, code) in [
        ("unknown", "did:example:acme", "resolve.unsupported_method"),
        ("webvh_here", "did:ethr:0x00", "resolve.unsupported_method"),
    ] {
        corpus.direct(
            &format!("key_method_{name}"),
            code,
            "An anchored issuer of a DID method that is not supported here.",
            |scene| {
                scene.policy["anchors"][0]["issuer"] = json!(did);
                for slip in &mut scene.papers {
                    slip.document["issuer"] = json!(did);
                    slip.method(&format!("{did}#key-1"));
                }
                scene.paper(1)["credentialSubject"]["organization"] = json!(did);
            },
        );
    }
    for (name, tail) in [
        ("dot_dot", "acme.example:..:x"),
        ("encoded_dot_dot", "acme.example:%2E%2E:x"),
        ("encoded_slash", "acme.example:a%2Fb"),
        ("empty_segment", "acme.example::x"),
        ("encoded_question_mark", "acme.example:a%3Fb"),
        ("encoded_hash", "acme.example:a%23b"),
        ("encoded_at_sign", "acme.example:a%40b"),
        ("encoded_backslash", "acme.example:a%5Cb"),
        ("loopback", "127.0.0.1"),
        ("private_address", "10.0.0.5"),
        ("decimal_address", "2130706433"),
        ("hexadecimal_address", "0x7f.1"),
        ("short_address", "127.1"),
        ("octal_address", "0177.0.0.1"),
        ("trailing_dot", "localhost."),
        ("upper_case", "ACME.example"),
        ("port_443", "acme.example%3A443"),
        ("port_zero", "acme.example%3A0"),
        ("port_too_large", "acme.example%3A65536"),
        ("port_text", "acme.example%3Ahttps"),
        ("punycode_of_ascii", "xn--example-.org"),
        ("punycode_invalid", "xn--999999999.example"),
        ("leading_hyphen", "-acme.example"),
        ("underscore", "acme_1.example"),
        ("ipv6", "%5B%3A%3A1%5D"),
        ("one_dot", "."),
    ] {
        let did = format!("did:web:{tail}");
        // What is no plain name is in no namespace either; what a DID cannot hold is refused with the proof's method.
        let code = match name {
            "dot_dot" | "empty_segment" | "one_dot" => "trust.subject_outside_namespace",
            "encoded_dot_dot" => "parse.did_url",
            _ => "parse.did",
        };
        corpus.direct(
            &format!("key_did_web_{name}"),
            code,
            "A did:web whose name is no plain host and path; nothing is fetched for it.",
            |scene| {
                let subjects = scene.policy["anchors"][0]["subjects"].as_array_mut().unwrap();
                subjects.push(json!("did:web"));
                for slip in &mut scene.papers {
                    slip.document["credentialSubject"]["id"] = json!(did);
                }
                scene.presentation.document["holder"] = json!(did);
                scene.presentation.proof["verificationMethod"] = json!(format!("{did}#key-1"));
            },
        );
    }
    corpus.bent(
        "key_agent_document_missing",
        "evidence.needed",
        "The document of an agent with a proven passport is asked for.",
        Scene::of(&[HOSTED]),
        |_| {},
    );
    corpus.bent(
        "key_agent_document_missing_with_a_forged_passport",
        "signature.invalid",
        "Nothing is fetched at a stranger's word.",
        Scene::of(&[HOSTED]),
        |scene| {
            scene.papers[1].afterwards(|item| item["credentialSubject"]["name"] = json!("Forged"));
        },
    );
    corpus.bent(
        "key_agent_document_fetch_blocked",
        "fetch.blocked",
        "The agent's host may not be fetched.",
        Scene::of(&[HOSTED]),
        |scene| {
            scene.failed(json!({"kind": "document", "did": HOSTED.did()}), "fetch.blocked");
        },
    );
}

pub(in crate::corpus) fn documents(corpus: &mut Corpus) {
    let invalid = "resolve.invalid_document";
    for (name, did) in [
        ("another", MALLORY.did()),
        ("a_longer_one", format!("{}:x", ACME.did())),
        ("its_status_did", ACME_STATUS.did()),
    ] {
        corpus.direct(
            &format!("key_document_of_{name}"),
            "resolve.mismatch",
            "The document's id is not the DID that was asked for.",
            |scene| {
                let mut document = acme(scene).to_string();
                document = document
                    .replace(&format!("\"{}\"", ACME.did()), &format!("\"{did}\""))
                    .replace(&format!("\"{}#", ACME.did()), &format!("\"{did}#"));
                scene
                    .documents
                    .insert(ACME.did(), serde_json::from_str(&document).unwrap());
            },
        );
    }
    for (name, text) in [
        ("empty", ""),
        ("not_json", "<html>"),
        ("array", "[]"),
        ("null", "null"),
        ("empty_object", "{}"),
        ("truncated", "{\"id\":\"did:web:acme.example\""),
        (
            "duplicate_id",
            "{\"id\":\"did:web:acme.example\",\"id\":\"did:web:acme.example\"}",
        ),
        (
            "lone_surrogate",
            "{\"id\":\"did:web:acme.example\",\"x\":\"\\ud800\"}",
        ),
        (
            "number_beyond_a_double",
            "{\"id\":\"did:web:acme.example\",\"x\":1e400}",
        ),
        ("byte_order_mark", "\u{feff}{\"id\":\"did:web:acme.example\"}"),
    ] {
        corpus.direct(
            &format!("key_document_{name}"),
            invalid,
            "The document is not one.",
            |scene| {
                scene.documents.insert(ACME.did(), json!(text));
            },
        );
    }
    corpus.direct(
        "key_document_too_deep",
        invalid,
        "A document of a hundred levels.",
        |scene| {
            let text = format!(
                "{{\"id\":\"did:web:acme.example\",\"x\":{}{}}}",
                "[".repeat(100),
                "]".repeat(100)
            );
            scene.documents.insert(ACME.did(), json!(text));
        },
    );
    for (name, member, value) in [
        ("methods_object", "verificationMethod", json!({})),
        ("methods_text", "verificationMethod", json!("#key-1")),
        (
            "relationship_text",
            "assertionMethod",
            json!("did:web:acme.example#key-1"),
        ),
        ("relationship_number", "assertionMethod", json!([1])),
        ("id_number", "id", json!(1)),
        ("services_text", "service", json!("none")),
        ("controller_number", "controller", json!(1)),
    ] {
        corpus.direct(
            &format!("key_document_{name}"),
            invalid,
            "A member of the document is of another type than it has to be.",
            |scene| acme(scene)[member] = value,
        );
    }
    corpus.direct(
        "key_document_method_twice",
        invalid,
        "Two methods of one id: there is no trying of all keys.",
        |scene| {
            let second = ACME.entry(1, MALLORY);
            acme(scene)["verificationMethod"]
                .as_array_mut()
                .unwrap()
                .push(second);
        },
    );
    corpus.direct(
        "key_document_method_without_a_fragment",
        invalid,
        "A method's id has a fragment.",
        |scene| acme(scene)["verificationMethod"][0]["id"] = json!(ACME.did()),
    );
    corpus.direct(
        "key_document_two_representations",
        invalid,
        "One representation of a key.",
        |scene| {
            acme(scene)["verificationMethod"][0]["publicKeyJwk"] = ACME.public().to_jwk();
        },
    );
    corpus.direct(
        "key_document_without_material",
        invalid,
        "A Multikey without a key.",
        |scene| remove(&mut acme(scene)["verificationMethod"][0], "publicKeyMultibase"),
    );
}
