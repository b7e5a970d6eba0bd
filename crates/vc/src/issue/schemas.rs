//! The schemas of `vc-schemas` accept what is issued here, and refuse what the reader refuses.

use chancery_did::Timestamp;
use chancery_proof::{Securing, base64url};
use chancery_vc_schemas::SCHEMAS;
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use super::*;
use crate::cast::*;
use crate::paper::Paper;

/// Compiles the schema of this name with every other at hand and nothing to be fetched.
fn validates(name: &str, instance: &Value) -> bool {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let schemas: Vec<(&str, Value)> = SCHEMAS
        .iter()
        .map(|schema| (schema.id, parsed(schema.text)))
        .collect();
    let mut registry = Registry::new();
    for (id, schema) in &schemas {
        registry = registry.add(*id, schema.clone()).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let schema = parsed(chancery_vc_schemas::schema(name).unwrap().text);
    let validator: Validator = jsonschema::options()
        .with_registry(&registry)
        .build(&schema)
        .unwrap();
    validator.is_valid(instance)
}

fn kind(document: &Value) -> &str {
    document["type"][1].as_str().unwrap()
}

#[test]
fn every_paper_that_is_issued_is_valid_with_and_without_its_proof() {
    for (draft, signer) in drafts() {
        assert!(
            validates(kind(draft.document()), draft.document()),
            "{}",
            kind(draft.document())
        );
        let signed = serde_json::from_str(&sealed(&draft, &signer, Securing::DataIntegrity)).unwrap();
        assert!(validates(kind(draft.document()), &signed));
    }
}

#[test]
fn no_paper_is_valid_as_another() {
    for (draft, _) in drafts() {
        for schema in SCHEMAS
            .iter()
            .filter(|schema| schema.name.ends_with("Credential"))
        {
            let own = schema.name == kind(draft.document());
            assert_eq!(validates(schema.name, draft.document()), own, "{}", schema.name);
        }
    }
}

#[test]
fn both_forms_of_a_presentation_are_valid() {
    let papers = BOTH.map(root_paper).to_vec();
    let presenting = Presenting {
        papers,
        audience: "https://globex.example".into(),
        nonce: "n".into(),
        entry: 0,
        at: at(TEN),
        life_ms: 60_000,
        stapled: crate::Stapled {
            status_lists: [("https://acme.example/l".to_owned(), "{}".to_owned())].into(),
            token_status_lists: [("https://acme.example/l".to_owned(), "a.b.c".to_owned())].into(),
            trust_statements: vec!["a.b.c".to_owned()],
        },
    };
    let embedded = presenting
        .sign(Securing::DataIntegrity, &first().method, &first().key)
        .unwrap();
    let embedded: Value = serde_json::from_str(&embedded).unwrap();
    let token = presenting
        .sign(Securing::Jose, &first().method, &first().key)
        .unwrap();
    let payload = base64url::decode(token.split('.').nth(1).unwrap()).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    for document in [&embedded, &payload] {
        assert!(validates("AgentPresentation", document));
        for (pointer, value) in [
            ("/type", json!(["VerifiablePresentation"])),
            ("/holder", json!("first")),
            ("/capabilityEntry", json!(-1)),
            ("/stapled", json!({})),
            ("/stapled/documents", json!({})),
            ("/stapled/statusLists", json!({})),
            ("/stapled/statusLists", json!({"http://acme.example/l": "{}"})),
            ("/stapled/trustStatements", json!([])),
            ("/stapled/trustStatements/0", json!(7)),
            ("/verifiableCredential", json!([])),
            ("/verifiableCredential/0", json!("a.b.c")),
            (
                "/verifiableCredential/1/id",
                json!("data:application/vc+sd-jwt,a.b.c"),
            ),
            ("/verifiableCredential/0/credentialSubject/karma", json!(1)),
            ("/karma", json!(1)),
        ] {
            let mut document = document.clone();
            edit(&mut document, pointer, value);
            assert!(!validates("AgentPresentation", &document), "{pointer}");
        }
    }
    let mut both = payload.clone();
    both["proof"] = embedded["proof"].clone();
    assert!(!validates("AgentPresentation", &both));
}

/// Puts a value at a pointer, where its parent exists.
fn edit(document: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match name.parse::<usize>() {
        Ok(at) => parent[at] = value,
        Err(_) => parent[name] = value,
    }
}

#[test]
fn what_the_reader_refuses_the_schema_refuses_too() {
    let broken: &[(usize, &str, Value)] = &[
        (0, "/@context", json!(["https://www.w3.org/ns/credentials/v2"])),
        (0, "/type", json!(["VerifiableCredential"])),
        (0, "/id", json!("https://acme.example/1")),
        (0, "/issuer", json!({"id": "did:example:a"})),
        (0, "/validUntil", json!("2026-03-04T10:00:00")),
        (0, "/validUntil", json!(1)),
        (
            0,
            "/credentialSchema/id",
            json!("https://w3id.org/chancery/schema/v2/AgentPassportCredential.json"),
        ),
        (0, "/credentialSchema/type", json!("x")),
        (0, "/credentialSchema/karma", json!(1)),
        (0, "/credentialStatus/0/statusListIndex", json!(7)),
        (0, "/credentialStatus/0/statusListIndex", json!("-1")),
        (0, "/credentialStatus/0/type", json!("StatusList2021Entry")),
        (
            0,
            "/credentialStatus/0/statusListCredential",
            json!("http://acme.example/1"),
        ),
        (0, "/credentialStatus", json!([])),
        (0, "/karma", json!(1)),
        (0, "/evidence", json!([{"type": "x"}])),
        (0, "/credentialSubject/karma", json!(1)),
        (0, "/credentialSubject/owner", json!("")),
        (0, "/credentialSubject/riskLevel", json!("none")),
        (0, "/credentialSubject/autonomyLevel", json!(5)),
        (0, "/credentialSubject/autonomyLevel", json!("2")),
        (0, "/credentialSubject/tools", json!([])),
        (0, "/credentialSubject/tools", json!(["a", "a"])),
        (0, "/credentialSubject/composite", json!({})),
        (0, "/credentialSubject/composite/model", json!("sha256:00")),
        (0, "/credentialSubject/composite/karma", json!("x")),
        (1, "/credentialSubject/capability", json!("all")),
        (
            1,
            "/credentialSubject/capability/0/action",
            json!(["Refund:create"]),
        ),
        (1, "/credentialSubject/capability/0/action", json!(["*:*"])),
        (1, "/credentialSubject/capability/0/resource", json!(["*"])),
        (1, "/credentialSubject/capability/0/karma", json!(1)),
        (
            1,
            "/credentialSubject/capability/0/delegation",
            json!({"maxDepth": -1}),
        ),
        (2, "/credentialSubject/parent", json!("urn:uuid:x")),
        (2, "/credentialSubject/capability/0/from", json!("0")),
        (3, "/evidence", json!([])),
        (3, "/evidence/0/digestMultibase", json!("z1")),
        (3, "/evidence/0/karma", json!(1)),
        (4, "/credentialSubject/audience", json!(["a"])),
        (4, "/credentialSubject/root", json!("x")),
        (4, "/credentialSubject/jti", json!(7)),
    ];
    let drafts = drafts();
    for (which, pointer, value) in broken {
        let mut document = drafts[*which].0.document().clone();
        edit(&mut document, pointer, value.clone());
        let schema = kind(drafts[*which].0.document());
        assert!(Paper::parse(&document).is_err(), "read: {pointer} {value}");
        assert!(!validates(schema, &document), "valid: {pointer} {value}");
    }
}

#[test]
fn what_may_not_be_issued_is_not_valid() {
    let drafts = drafts();
    for (which, pointer, value) in [
        (1, "/credentialSubject/capability", json!([])),
        (1, "/credentialSubject/capability/0/from", json!(0)),
        (1, "/credentialSubject/capability/0/action", json!([])),
        (
            1,
            "/credentialSubject/capability/0/constraint/0/type",
            json!("Karma"),
        ),
        (1, "/credentialSubject/capability/0/constraint/0/karma", json!(1)),
        (1, "/credentialSubject/capability/0/constraint/0/max", json!(100)),
        (
            1,
            "/credentialSubject/capability/0/constraint/0/max",
            json!("1e2"),
        ),
        (
            1,
            "/credentialSubject/capability/0/constraint/0/max",
            json!("0100"),
        ),
        (
            1,
            "/credentialSubject/capability/0/constraint/0/currency",
            json!("eur"),
        ),
        (1, "/credentialSubject/capability/0/constraint/1/days", json!([])),
        (
            1,
            "/credentialSubject/capability/0/constraint/1/from",
            json!("9:00"),
        ),
        (
            1,
            "/credentialSubject/capability/0/constraint/1/timeZone",
            json!(""),
        ),
        (
            2,
            "/credentialSubject/capability/0/constraint",
            json!([{"type": "OneOf", "fact": "region", "values": []}]),
        ),
    ] {
        let mut document = drafts[which].0.document().clone();
        edit(&mut document, pointer, value.clone());
        assert!(!validates(kind(&document), &document), "{pointer} {value}");
    }
}

#[test]
fn every_constraint_that_may_be_issued_is_valid() {
    let constraints = json!([
        {"type": "Amount", "fact": "amount", "max": "0.50", "currency": "EUR"},
        {"type": "AtMost", "fact": "class", "scale": "Sensitivity", "max": "internal"},
        {"type": "AtMost", "fact": "size", "scale": "Size", "max": 1024},
        {"type": "OneOf", "fact": "region", "values": ["eu"]},
        {"type": "Hours", "days": ["Sa"], "from": "22:00", "until": "06:00", "timeZone": "Europe/Berlin"},
        {"type": "Argument", "pointer": "/order/id", "match": {"equals": "7"}, "closed": true},
        {"type": "Argument", "pointer": "/order/kind", "match": {"oneOf": ["a", 1, true]}},
        {"type": "Argument", "pointer": "/path", "match": {"prefix": "/a/b"}},
        {"type": "Argument", "pointer": "/count", "match": {"range": {"min": 1, "max": 5}}},
        {"type": "Argument", "pointer": "/note", "match": {"maxLength": 100}},
        {"type": "Audience", "services": ["https://globex.example"]},
        {"type": "Budget", "id": "b", "fact": "amount", "cap": "500.00", "currency": "EUR", "window": "P1D"},
        {"type": "Budget", "id": "u", "fact": "tokens", "cap": "9", "unit": "token", "window": "PT1H"},
        {"type": "Rate", "id": "r", "count": 10, "window": "PT1M"},
        {"type": "Uses", "id": "n", "count": 3},
        {"type": "Session", "id": "s"},
        {"type": "Composite", "digests": {"model": digest("model").as_str()}},
        {
            "type": "Approval", "approvers": [acme().did.as_str()], "quorum": 1,
            "unless": {"type": "Amount", "fact": "amount", "max": "20", "currency": "EUR"},
        },
    ]);
    let mut entry = refunds("100.00");
    entry["constraint"] = constraints;
    let capability = crate::capability::Capability::parse(&json!([entry])).unwrap();
    let draft = Draft::capability(&terms(&acme(), &first(), 1), &capability).unwrap();
    assert!(validates("AgentCapabilityCredential", draft.document()));
}

#[test]
fn times_are_written_as_the_schema_has_them() {
    for millis in [0, 1, 1_772_614_800_000, 1_772_614_800_120] {
        let mut document = drafts().swap_remove(0).0.document().clone();
        document["validFrom"] = json!(Timestamp::from_millis(millis).to_string());
        assert!(validates("AgentPassportCredential", &document), "{millis}");
    }
}
