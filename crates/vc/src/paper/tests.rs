//! What is refused of a paper, member by member.

use chancery_proof::{Securing, data_integrity, jose};
use serde_json::{Value, json};

use super::*;
use crate::cast::{acme, at, digest, drafts, first, limits, sealed};
use crate::credential::TYP_CREDENTIAL;

fn documents() -> Vec<Value> {
    drafts()
        .into_iter()
        .map(|(draft, _)| draft.document().clone())
        .collect()
}

fn document(kind: PaperType) -> Value {
    documents()
        .into_iter()
        .find(|document| document["type"][1] == kind.as_str())
        .unwrap()
}

fn code(document: &Value) -> &'static str {
    Paper::parse(document).unwrap_err().code()
}

fn changed(kind: PaperType, pointer: &str, value: Value) -> &'static str {
    let mut document = document(kind);
    *document
        .pointer_mut(pointer)
        .unwrap_or_else(|| panic!("{pointer}")) = value;
    code(&document)
}

fn added(kind: PaperType, pointer: &str, name: &str, value: Value) -> PaperError {
    let mut document = document(kind);
    document
        .pointer_mut(pointer)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .insert(name.to_owned(), value);
    Paper::parse(&document).unwrap_err()
}

/// Every object in a value, by its pointer.
fn objects(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(pointer.to_owned());
            members
                .iter()
                .for_each(|(name, value)| objects(value, &format!("{pointer}/{name}"), found));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, value)| objects(value, &format!("{pointer}/{at}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn each_kind_has_its_name_and_its_schema() {
    for kind in PaperType::ALL {
        assert_eq!(PaperType::parse(kind.as_str()), Some(kind));
        assert!(chancery_vc_schemas::schema(&kind.schema()).is_some(), "{kind}");
    }
    assert_eq!(PaperType::parse("VerifiableCredential"), None);
}

#[test]
fn an_unknown_member_is_refused_wherever_it_stands() {
    for document in documents() {
        let mut places = Vec::new();
        objects(&document, "", &mut places);
        for place in places {
            let mut edited = document.clone();
            let members = edited.pointer_mut(&place).unwrap().as_object_mut().unwrap();
            members.insert("karma".to_owned(), json!(1));
            if place.contains("/constraint/") {
                // An unknown member of a constraint is read, and denies.
                assert!(Paper::parse(&edited).is_ok(), "{place}");
                continue;
            }
            let error = Paper::parse(&edited).unwrap_err();
            let expected = if place.contains("credentialStatus") {
                "status.unknown"
            } else {
                "parse.unknown_member"
            };
            assert_eq!(error.code(), expected, "{place}");
            if expected == "parse.unknown_member" {
                assert_eq!(error.pointer(), Some(format!("{place}/karma").as_str()));
            }
        }
    }
}

#[test]
fn a_required_member_may_not_be_absent_nor_null() {
    let optional = [
        "credentialStatus",
        "team",
        "purpose",
        "composite",
        "dataAccess",
        "tools",
    ];
    for document in documents() {
        for parent in ["", "/credentialSubject"] {
            let names: Vec<String> = document
                .pointer(parent)
                .unwrap()
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect();
            for name in names {
                let mut absent = document.clone();
                absent
                    .pointer_mut(parent)
                    .unwrap()
                    .as_object_mut()
                    .unwrap()
                    .remove(&name);
                let kind = document["type"][1].as_str().unwrap();
                let may_go = optional.contains(&name.as_str()) && kind != "AgentAttestationCredential"
                    || name == "credentialStatus";
                assert_eq!(Paper::parse(&absent).is_ok(), may_go, "{kind} {parent}/{name}");
                if name == "capability" {
                    continue;
                }
                let mut null = document.clone();
                null.pointer_mut(parent).unwrap()[&name] = Value::Null;
                assert!(Paper::parse(&null).is_err(), "{kind} {parent}/{name}");
            }
        }
    }
}

#[test]
fn the_context_is_exactly_the_two() {
    let (v2, ours) = (CONTEXT_V2, CONTEXT_CHANCERY);
    for context in [
        json!([ours, v2]),
        json!([v2]),
        json!(v2),
        json!([v2, ours, ours]),
        json!([v2, ours, {}]),
        json!([v2, ours, "https://a.example"]),
        json!([v2, "https://w3id.org/chancery/v2"]),
        json!([]),
        json!({}),
        json!([v2, ours, {"owner": "https://a.example/#x"}]),
    ] {
        assert_eq!(
            changed(PaperType::Passport, "/@context", context.clone()),
            "context.mismatch",
            "{context}"
        );
    }
}

#[test]
fn the_type_is_exactly_the_papers() {
    for kind in [
        json!("AgentPassportCredential"),
        json!(["VerifiableCredential"]),
        json!(["AgentPassportCredential", "VerifiableCredential"]),
        json!([
            "VerifiableCredential",
            "AgentPassportCredential",
            "AgentCapabilityCredential"
        ]),
        json!(["VerifiableCredential", "agentpassportcredential"]),
        json!(["VerifiablePresentation", "AgentPassportCredential"]),
        json!(["VerifiableCredential", "BitstringStatusListCredential"]),
        json!([]),
        json!(null),
        json!(["VerifiableCredential", 1]),
    ] {
        assert_eq!(
            changed(PaperType::Passport, "/type", kind.clone()),
            "type.credential",
            "{kind}"
        );
    }
}

#[test]
fn a_schema_of_another_major_version_is_not_known() {
    for id in [
        "https://w3id.org/chancery/schema/v2/AgentPassportCredential.json",
        "https://w3id.org/chancery/schema/v10/AgentPassportCredential.json",
        "https://schemas.example/AgentPassportCredential.json",
        "https://w3id.org/chancery/schema/V1/AgentPassportCredential.json",
    ] {
        assert_eq!(
            changed(PaperType::Passport, "/credentialSchema/id", json!(id)),
            "parse.schema_version",
            "{id}"
        );
    }
    let other = PaperType::Capability.schema();
    assert_eq!(
        changed(PaperType::Passport, "/credentialSchema/id", json!(other)),
        "parse.structure"
    );
    assert_eq!(
        changed(
            PaperType::Passport,
            "/credentialSchema/type",
            json!("JsonSchemaCredential")
        ),
        "parse.structure"
    );
    let several = json!([document(PaperType::Passport)["credentialSchema"]]);
    assert_eq!(
        changed(PaperType::Passport, "/credentialSchema", several),
        "parse.structure"
    );
}

#[test]
fn a_passports_claims_keep_their_shape() {
    for (name, value, code) in [
        ("id", json!("urn:x"), "parse.did"),
        ("id", json!(["did:example:a"]), "parse.structure"),
        ("name", json!(""), "parse.structure"),
        ("name", json!({"@value": "x"}), "parse.structure"),
        ("owner", json!(["Ada"]), "parse.structure"),
        ("organization", json!("Acme"), "parse.did"),
        ("riskLevel", json!("none"), "parse.structure"),
        ("riskLevel", json!("Low"), "parse.structure"),
        ("autonomyLevel", json!(5), "parse.structure"),
        ("autonomyLevel", json!(-1), "parse.structure"),
        ("autonomyLevel", json!(1.5), "parse.structure"),
        ("autonomyLevel", json!("2"), "parse.structure"),
        ("autonomyLevel", json!(9_007_199_254_740_992_u64), "parse.number"),
        ("tools", json!([]), "parse.structure"),
        ("tools", json!("refund"), "parse.structure"),
        ("tools", json!(["a", "a"]), "parse.structure"),
        ("tools", json!([1]), "parse.structure"),
        ("composite", json!({}), "parse.structure"),
        ("composite/model", json!("sha256:00"), "parse.structure"),
        (
            "composite/model",
            json!(digest("x").as_str().replacen('z', "m", 1)),
            "parse.structure",
        ),
    ] {
        let pointer = format!("/credentialSubject/{name}");
        assert_eq!(
            changed(PaperType::Passport, &pointer, value.clone()),
            code,
            "{name} {value}"
        );
    }
}

#[test]
fn members_of_every_paper_keep_their_shape() {
    for kind in PaperType::ALL {
        for (pointer, value, code) in [
            ("/id", json!("https://acme.example/papers/1"), "parse.structure"),
            (
                "/id",
                json!("urn:uuid:0193A1B2-0000-7000-8000-000000000001"),
                "parse.structure",
            ),
            ("/issuer", json!({"id": acme().did.as_str()}), "parse.structure"),
            ("/issuer", json!("https://acme.example"), "parse.did"),
            ("/validFrom", json!("2026-03-04T09:00:00"), "parse.timestamp"),
            ("/validUntil", json!("2026-02-30T09:00:00Z"), "parse.timestamp"),
            ("/validUntil", json!("10000-01-01T00:00:00Z"), "parse.timestamp"),
            ("/validUntil", json!("2026-03-04T09:00:00Z"), "parse.structure"),
            (
                "/credentialSubject",
                json!([document(kind)["credentialSubject"]]),
                "parse.structure",
            ),
        ] {
            assert_eq!(
                changed(kind, pointer, value.clone()),
                code,
                "{kind} {pointer} {value}"
            );
        }
    }
}

#[test]
fn other_papers_claims_keep_their_shape() {
    for (kind, pointer, value, code) in [
        (
            PaperType::Delegation,
            "/credentialSubject/parent",
            json!({"id": "urn:x"}),
            "parse.structure",
        ),
        (
            PaperType::Delegation,
            "/credentialSubject/parent",
            json!("urn:uuid:x"),
            "parse.structure",
        ),
        (
            PaperType::Delegation,
            "/credentialSubject/capability",
            json!("all"),
            "parse.structure",
        ),
        (
            PaperType::Capability,
            "/credentialSubject/capability",
            json!({"*": "*"}),
            "parse.structure",
        ),
        (
            PaperType::Capability,
            "/credentialSubject/capability/0/action",
            json!(["*"]),
            "parse.action",
        ),
        (
            PaperType::Capability,
            "/credentialSubject/capability/0/resource",
            json!(["*"]),
            "parse.resource",
        ),
        (PaperType::Attestation, "/evidence", json!([]), "parse.structure"),
        (
            PaperType::Attestation,
            "/evidence",
            json!({"type": "x"}),
            "parse.structure",
        ),
        (
            PaperType::Attestation,
            "/evidence/0/id",
            json!("quote"),
            "parse.structure",
        ),
        (
            PaperType::Attestation,
            "/evidence/0/digestMultibase",
            json!("z1"),
            "parse.structure",
        ),
        (
            PaperType::Approval,
            "/credentialSubject/audience",
            json!(["https://a.example"]),
            "parse.structure",
        ),
        (
            PaperType::Approval,
            "/credentialSubject/actionDigest",
            json!("x"),
            "parse.structure",
        ),
        (
            PaperType::Approval,
            "/credentialSubject/jti",
            json!(7),
            "parse.structure",
        ),
    ] {
        assert_eq!(
            changed(kind, pointer, value.clone()),
            code,
            "{kind} {pointer} {value}"
        );
    }
    let capability = changed(
        PaperType::Capability,
        "/credentialSubject/capability/0/action",
        json!(["Refund:*"]),
    );
    assert_eq!(capability, "parse.action");
}

#[test]
fn a_members_place_belongs_to_its_kind() {
    let evidence = json!([{"type": "x", "digestMultibase": digest("x").as_str()}]);
    assert_eq!(
        added(PaperType::Passport, "", "evidence", evidence).code(),
        "parse.unknown_member"
    );
    let parent = json!(digest("x").as_str());
    let error = added(PaperType::Capability, "/credentialSubject", "parent", parent);
    assert_eq!(error.code(), "parse.unknown_member");
    let capability = document(PaperType::Capability)["credentialSubject"]["capability"].clone();
    let error = added(
        PaperType::Passport,
        "/credentialSubject",
        "capability",
        capability,
    );
    assert_eq!(error.code(), "parse.unknown_member");
    assert_eq!(
        added(PaperType::Passport, "", "proof", json!({})).code(),
        "parse.unknown_member"
    );
}

#[test]
fn status_entries_are_few_and_known() {
    let kind = PaperType::Passport;
    let entry = document(kind)["credentialStatus"][0].clone();
    assert_eq!(changed(kind, "/credentialStatus", json!([])), "parse.structure");
    assert_eq!(
        changed(
            kind,
            "/credentialStatus",
            json!([entry, entry, entry, entry, entry])
        ),
        "parse.structure"
    );
    assert_eq!(
        changed(kind, "/credentialStatus", json!("https://acme.example")),
        "status.unknown"
    );
    assert_eq!(
        changed(kind, "/credentialStatus/0/type", json!("StatusList2021Entry")),
        "status.unknown"
    );
    assert_eq!(
        changed(kind, "/credentialStatus/1/statusListIndex", json!(8)),
        "status.unknown"
    );
    let mut one = document(kind);
    one["credentialStatus"] = entry;
    assert_eq!(Paper::parse(&one).unwrap().status.len(), 1);
}

#[test]
fn unsigned_foreign_or_broken_text_is_no_paper() {
    let read = |text: &str| read_paper(text.as_bytes(), &limits()).unwrap_err().code();
    assert_eq!(
        read(&document(PaperType::Passport).to_string()),
        "signature.missing"
    );
    assert_eq!(read(""), "parse.jose");
    assert_eq!(read("[]"), "parse.jose");
    assert_eq!(read("{\"a\":1,\"\\u0061\":2}"), "parse.duplicate_member");
    let (draft, signer) = drafts().swap_remove(0);
    let token = sealed(&draft, &signer, Securing::Jose);
    assert_eq!(read(&format!("{token}.x.y")), "parse.jose");
    assert_eq!(read(&format!("{token}\n")), "parse.base64url");
    let text = sealed(&draft, &signer, Securing::DataIntegrity);
    assert_eq!(read(text.strip_prefix('{').unwrap()), "parse.jose");
    assert_eq!(read(text.strip_suffix('}').unwrap()), "parse.json");
}

#[test]
fn a_proof_inside_a_token_is_refused() {
    let (draft, signer) = drafts().swap_remove(0);
    let text = sealed(&draft, &signer, Securing::DataIntegrity);
    let whole: Value = serde_json::from_str(&text).unwrap();
    let token = jose::sign(TYP_CREDENTIAL, &signer.method, &whole, &signer.key).unwrap();
    assert_eq!(
        read_paper(token.as_bytes(), &limits()).unwrap_err().code(),
        "parse.unknown_member"
    );
}

#[test]
fn registered_claims_have_no_place_in_a_paper() {
    for claim in ["iss", "exp", "nbf", "vc"] {
        let mut payload = document(PaperType::Passport);
        payload[claim] = if claim == "iss" {
            json!(acme().did.as_str())
        } else {
            json!(1)
        };
        let token = jose::sign(TYP_CREDENTIAL, &acme().method, &payload, &acme().key).unwrap();
        assert!(read_paper(token.as_bytes(), &limits()).is_err(), "{claim}");
    }
}

#[test]
fn a_proof_for_another_purpose_does_not_hold() {
    let document = document(PaperType::Passport);
    let purpose = chancery_did::Relationship::Authentication;
    let mut options = data_integrity::ProofOptions::new(acme().method, purpose);
    options.created = Some(at("2026-03-04T09:00:00Z"));
    let signed = data_integrity::sign(document, &options, &acme().key).unwrap();
    let paper = read_paper(signed.to_string().as_bytes(), &limits()).unwrap();
    let purpose = PaperType::Passport.purpose();
    let expect = chancery_proof::Expectation {
        purpose,
        issuer: acme().did,
    };
    assert_eq!(
        paper.prove(&expect, &crate::cast::DidKeys).unwrap_err().code(),
        "key.relationship"
    );
    let expect = chancery_proof::Expectation {
        purpose,
        issuer: first().did,
    };
    assert_eq!(
        paper.prove(&expect, &crate::cast::DidKeys).unwrap_err().code(),
        "key.issuer_mismatch"
    );
}
