//! The document rules, against the W3C suite's inputs and what they leave out.

use chancery_proof::{Securing, jose};
use serde_json::{Value, json};

use super::*;
use crate::cast::{BOTH, acme, at, drafts, limits, sealed};

/// The suite posts these to an issuer, which puts itself in; times stand as words.
fn completed(name: &str, mut document: Value) -> Value {
    let members = document.as_object_mut().unwrap();
    match members.get_mut("issuer") {
        None if !name.contains("no-issuer") => {
            members.insert("issuer".into(), json!("did:example:issuer"));
        }
        Some(Value::Object(issuer)) => {
            issuer.insert("id".into(), json!("did:example:issuer"));
        }
        _ => {}
    }
    for value in members.values_mut() {
        match value.as_str() {
            Some("PAST DATE") => *value = json!("2020-01-01T00:00:00Z"),
            Some("FUTURE DATE") => *value = json!("2090-01-01T00:00:00Z"),
            _ => {}
        }
    }
    document
}

#[test]
fn the_suites_credentials_are_judged_as_their_names_say() {
    let Some(folder) = chancery_official::folder("vcdm2") else {
        return;
    };
    let mut counts = [0, 0];
    for folder in [folder.clone(), folder.join("names-and-descriptions")] {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if !(name.starts_with("credential-") || name.starts_with("issuer-")) {
                continue;
            }
            let document = json::parse(&std::fs::read(&path).unwrap(), &limits()).unwrap();
            let result = Credential::parse(&completed(&name, document));
            let ok = name.ends_with("-ok.json");
            assert_eq!(result.is_ok(), ok, "{name}: {result:?}");
            counts[usize::from(ok)] += 1;
        }
    }
    assert_eq!(counts, [24, 32]);
    chancery_official::report("vcdm2 credentials", "56 judged: 32 accepted, 24 refused");
}

fn foreign() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "https://issuer.example/1",
        "type": ["VerifiableCredential", "Diploma"],
        "issuer": {"id": acme().did.as_str(), "name": "Acme"},
        "validFrom": "2026-03-04T09:00:00Z",
        "credentialSubject": {"id": "did:example:holder", "degree": "BSc"},
    })
}

fn with(name: &str, value: Value) -> Result<Credential, PaperError> {
    let mut document = foreign();
    document[name] = value;
    Credential::parse(&document)
}

#[test]
fn a_foreign_credential_shows_what_it_says() {
    let entry = json!({
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "5",
        "statusListCredential": "https://issuer.example/list",
    });
    let credential = with("credentialStatus", json!([entry, {"type": "Karma"}])).unwrap();
    assert_eq!(credential.issuer, acme().did.as_str());
    assert_eq!(
        (credential.valid_from, credential.valid_until),
        (Some(at("2026-03-04T09:00:00Z")), None)
    );
    assert_eq!(credential.status[0].as_ref().unwrap().index, 5);
    assert_eq!(
        credential.status[1].as_ref().unwrap_err().code(),
        "status.unknown"
    );
}

#[test]
fn members_of_another_shape_are_refused() {
    for (name, value, code) in [
        (
            "@context",
            json!("https://www.w3.org/ns/credentials/v2"),
            "context.mismatch",
        ),
        ("@context", json!([]), "context.mismatch"),
        (
            "@context",
            json!(["https://www.w3.org/2018/credentials/v1"]),
            "context.mismatch",
        ),
        ("@context", json!([CONTEXT, null]), "context.mismatch"),
        (
            "@context",
            json!([CONTEXT, ["https://a.example"]]),
            "context.mismatch",
        ),
        (
            "@context",
            json!([CONTEXT, {"iss": "https://a.example/#iss"}]),
            "context.mismatch",
        ),
        (
            "@context",
            json!([CONTEXT, {"@import": "http://169.254.169.254/"}]),
            "context.mismatch",
        ),
        (
            "@context",
            json!([CONTEXT, {"a": {"@id": "not an iri"}}]),
            "context.mismatch",
        ),
        ("type", json!("Diploma"), "type.credential"),
        ("type", json!(["VerifiablePresentation"]), "type.credential"),
        ("type", json!([]), "parse.structure"),
        ("type", json!(["VerifiableCredential", 7]), "parse.structure"),
        ("type", json!(["VerifiableCredential", ""]), "parse.structure"),
        ("id", json!(["https://a.example/1"]), "parse.structure"),
        ("issuer", json!({}), "parse.structure"),
        ("issuer", json!("Acme"), "parse.structure"),
        ("issuer", json!([acme().did.as_str()]), "parse.structure"),
        (
            "issuer",
            json!({"id": "https://a.example", "name": {"@value": 7}}),
            "parse.structure",
        ),
        ("credentialSubject", json!([]), "parse.structure"),
        ("credentialSubject", json!({}), "parse.structure"),
        ("credentialSubject", json!("did:example:x"), "parse.structure"),
        ("credentialSubject", json!({"id": "x"}), "parse.structure"),
        ("validFrom", json!(1), "parse.structure"),
        ("validFrom", json!("2026-02-30T00:00:00Z"), "parse.timestamp"),
        ("validFrom", json!("2026-01-01T24:00:00Z"), "parse.timestamp"),
        ("validFrom", json!("2026-01-01T00:00:00"), "parse.timestamp"),
        ("validUntil", json!("2026-03-04T08:59:59Z"), "parse.structure"),
        (
            "credentialSchema",
            json!({"id": "https://a.example"}),
            "parse.structure",
        ),
        ("credentialSchema", json!([]), "parse.structure"),
        ("evidence", json!("seen"), "parse.structure"),
        ("evidence", json!([{"type": []}]), "parse.structure"),
        ("proof", json!({"proofValue": "z1"}), "parse.structure"),
        (
            "name",
            json!({"@value": "x", "@direction": "up"}),
            "parse.structure",
        ),
        (
            "name",
            json!({"@value": "x", "@language": "not a tag"}),
            "parse.structure",
        ),
        ("name", json!({"@language": "en"}), "parse.structure"),
        ("name", json!([]), "parse.structure"),
        ("name", json!(7), "parse.structure"),
        (
            "relatedResource",
            json!({"id": "https://a.example"}),
            "parse.structure",
        ),
        (
            "relatedResource",
            json!([{"id": "https://a.example", "digestSRI": "x"}, {"id": "https://a.example", "digestSRI": "y"}]),
            "parse.structure",
        ),
    ] {
        assert_eq!(
            with(name, value.clone()).unwrap_err().code(),
            code,
            "{name} {value}"
        );
    }
    const CONTEXT: &str = crate::CONTEXT_V2;
}

#[test]
fn what_is_no_object_is_no_credential() {
    for value in [json!(null), json!([]), json!("x"), json!({})] {
        assert_eq!(Credential::parse(&value).unwrap_err().code(), "parse.structure");
    }
    for name in ["@context", "type", "issuer", "credentialSubject"] {
        let mut document = foreign();
        document.as_object_mut().unwrap().remove(name);
        assert_eq!(
            Credential::parse(&document).unwrap_err().code(),
            "parse.structure",
            "{name}"
        );
    }
}

#[test]
fn every_paper_is_a_credential() {
    for securing in BOTH {
        for (draft, signer) in drafts() {
            let read = read_credential(sealed(&draft, &signer, securing).as_bytes(), &limits()).unwrap();
            assert_eq!(read.unverified().issuer, signer.did.as_str());
        }
    }
}

#[test]
fn the_claims_of_a_token_agree_with_the_credential_and_narrow_its_times() {
    let nine = at("2026-03-04T09:00:00Z").seconds();
    let signed = |claims: Value| {
        let mut document = foreign();
        document
            .as_object_mut()
            .unwrap()
            .extend(claims.as_object().unwrap().clone());
        let token = jose::sign(TYP_CREDENTIAL, &acme().method, &document, &acme().key).unwrap();
        read_credential(token.as_bytes(), &limits())
    };
    let agreeing = json!({
        "iss": acme().did.as_str(), "jti": "https://issuer.example/1", "sub": "did:example:holder",
        "nbf": nine + 1, "exp": nine + 2, "iat": nine,
    });
    let read = signed(agreeing).unwrap();
    assert_eq!(read.securing(), Securing::Jose);
    let credential = read.unverified();
    assert_eq!(credential.valid_from, Some(at("2026-03-04T09:00:01Z")));
    assert_eq!(credential.valid_until, Some(at("2026-03-04T09:00:02Z")));
    for (name, value) in [
        ("iss", json!("did:example:other")),
        ("jti", json!("https://issuer.example/2")),
        ("sub", json!("did:example:other")),
        ("exp", json!("1772614800")),
        ("nbf", json!(1.5)),
        ("exp", json!(-1)),
        ("iat", json!(null)),
    ] {
        assert!(signed(json!({name: value})).is_err(), "{name} {value}");
    }
}
