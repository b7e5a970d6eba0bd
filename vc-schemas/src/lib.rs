//! The normative JSON Schemas and JSON-LD contexts of the Chancery profile, as embedded constants.
//!
//! The files under `schemas/v1` (JSON Schema 2020-12) and `contexts` (JSON-LD 1.1) are the normative form of
//! the profile's papers. They are served under the addresses given here and never fetched: every reader has
//! them built in.
//!
//! INVARIANT: a file's `$id` is [`SCHEMA_BASE`] and its own name, and each schema that a paper names in
//! `credentialSchema` is named after the paper's type.

/// The base context of the Verifiable Credentials Data Model v2.0, first in every paper.
pub const CONTEXT_V2: &str = "https://www.w3.org/ns/credentials/v2";

/// The context of the Chancery profile, second in every paper.
pub const CONTEXT_CHANCERY: &str = "https://w3id.org/chancery/v1";

/// The JSON-LD document behind [`CONTEXT_CHANCERY`].
pub const CONTEXT_CHANCERY_DOCUMENT: &str = include_str!("../contexts/chancery-v1.jsonld");

/// The address under which the schemas of major version 1 stand.
pub const SCHEMA_BASE: &str = "https://w3id.org/chancery/schema/v1/";

/// One embedded JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// The schema's name, which for a paper is the paper's type.
    pub name: &'static str,
    /// The schema's `$id`.
    pub id: &'static str,
    /// The schema's text.
    pub text: &'static str,
}

macro_rules! schema {
    ($name:literal) => {
        Schema {
            name: $name,
            id: concat!("https://w3id.org/chancery/schema/v1/", $name, ".json"),
            text: include_str!(concat!("../schemas/v1/", $name, ".json")),
        }
    };
}

/// Every schema of major version 1: the five papers, the presentation, the trust policy and what they share.
pub const SCHEMAS: &[Schema] = &[
    schema!("AgentPassportCredential"),
    schema!("AgentCapabilityCredential"),
    schema!("AgentDelegationCredential"),
    schema!("AgentAttestationCredential"),
    schema!("ApprovalCredential"),
    schema!("AgentPresentation"),
    schema!("TrustPolicy"),
    schema!("paper"),
    schema!("capability"),
];

/// Finds an embedded schema by its name or its `$id`.
pub fn schema(name_or_id: &str) -> Option<&'static Schema> {
    SCHEMAS
        .iter()
        .find(|schema| schema.name == name_or_id || schema.id == name_or_id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jsonschema::Registry;
    use serde_json::{Value, json};

    use super::*;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    /// Compiles a schema with every other at hand, and nothing to be fetched.
    fn validates(name: &str, instance: &Value) -> bool {
        let registry = SCHEMAS.iter().fold(Registry::new(), |registry, schema| {
            registry.add(schema.id, parsed(schema.text)).unwrap()
        });
        let registry = registry.prepare().unwrap();
        let schema = parsed(schema(name).unwrap().text);
        jsonschema::options()
            .with_registry(&registry)
            .build(&schema)
            .unwrap()
            .is_valid(instance)
    }

    #[test]
    fn each_schema_is_json_schema_2020_12_under_its_own_address() {
        for schema in SCHEMAS {
            let value = parsed(schema.text);
            assert_eq!(
                value["$schema"], "https://json-schema.org/draft/2020-12/schema",
                "{}",
                schema.name
            );
            assert_eq!(value["$id"], schema.id);
            assert_eq!(schema.id, format!("{SCHEMA_BASE}{}.json", schema.name));
            assert!(jsonschema::meta::is_valid(&value), "{}", schema.name);
        }
    }

    #[test]
    fn each_file_is_embedded() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/v1");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), SCHEMAS.len());
    }

    #[test]
    fn a_schema_is_found_by_name_and_by_address_only() {
        assert_eq!(
            schema("paper").unwrap().id,
            "https://w3id.org/chancery/schema/v1/paper.json"
        );
        assert_eq!(
            schema("https://w3id.org/chancery/schema/v1/paper.json")
                .unwrap()
                .name,
            "paper"
        );
        for other in [
            "",
            "Paper",
            "paper.json",
            "https://w3id.org/chancery/schema/v2/paper.json",
        ] {
            assert_eq!(schema(other), None, "{other}");
        }
    }

    /// Every object of claims in the schemas says that it takes no other member.
    #[test]
    fn no_schema_leaves_an_object_open() {
        fn closed(at: &str, value: &Value) {
            if let Some(object) = value.as_object() {
                let open = [
                    "/properties/proof",
                    "/$defs/entry",
                    "/$defs/embedded",
                    "/properties/facts",
                ];
                let whole = at == "paper" || at == "paper/properties/credentialSubject";
                let shared = whole || open.iter().any(|open| at.contains(open));
                if object.get("type") == Some(&json!("object")) && !shared {
                    let shut = object
                        .get("additionalProperties")
                        .or(object.get("unevaluatedProperties"));
                    assert!(shut.is_some(), "{at}");
                }
                object
                    .iter()
                    .for_each(|(name, value)| closed(&format!("{at}/{name}"), value));
            }
            for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                closed(&format!("{at}/{index}"), value);
            }
        }
        for schema in SCHEMAS {
            closed(schema.name, &parsed(schema.text));
        }
    }

    fn policy() -> Value {
        json!({
            "version": 1,
            "audience": "https://globex.example",
            "maxStatusAge": "5m",
            "skew": 60,
            "anchors": [{
                "issuer": "did:web:acme.example",
                "papers": ["AgentPassportCredential", "AgentCapabilityCredential"],
                "keys": ["NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"],
                "subjects": ["did:key"],
                "grant": [{
                    "action": ["refund:create"],
                    "resource": ["https://api.globex.example/orders/*"],
                    "constraint": [{"type": "Amount", "fact": "amount", "max": "80.00", "currency": "EUR"}],
                }],
            }],
            "registries": [{
                "name": "acme", "did": "did:web:acme.example:trqp", "key": "z6Mkabc",
                "authority": "did:web:acme.example", "endpoint": "https://acme.example/trqp", "maxAge": "1m",
            }],
            "tools": [{
                "name": "refund", "action": "refund:create",
                "resource": "https://api.globex.example/orders/{order}",
                "facts": {
                    "amount": {"type": "Amount", "value": "/amount", "currency": "EUR"},
                    "note": {"type": "Text", "value": "/note"},
                },
            }],
            "require": {"attestation": false},
        })
    }

    #[test]
    fn a_policy_is_valid_and_an_empty_one_trusts_nobody() {
        assert!(validates("TrustPolicy", &policy()));
        assert!(validates(
            "TrustPolicy",
            &json!({"version": 1, "audience": "https://globex.example"})
        ));
    }

    #[test]
    fn a_policy_that_says_something_unknown_is_not_valid() {
        for (pointer, value) in [
            ("/version", json!(2)),
            ("/version", json!("1")),
            ("/audience", json!("")),
            ("/karma", json!(true)),
            ("/maxStatusAge", json!("5 minutes")),
            ("/maxStatusAge", json!(-1)),
            ("/maxDelegationDepth", json!(5)),
            ("/anchors/0/karma", json!(1)),
            ("/anchors/0/issuer", json!("acme.example")),
            ("/anchors/0/papers", json!([])),
            ("/anchors/0/papers", json!(["AgentDelegationCredential"])),
            ("/anchors/0/papers", json!(["*"])),
            ("/anchors/0/subjects", json!([])),
            ("/anchors/0/subjects", json!(["*"])),
            ("/anchors/0/keys", json!(["short"])),
            ("/anchors/0/grant/0/delegation", json!({"maxDepth": 1})),
            ("/anchors/0/grant/0/action", json!(["*"])),
            ("/anchors/0/grant/0/constraint", json!([{"type": "Karma"}])),
            ("/registries/0/endpoint", json!("http://acme.example/trqp")),
            ("/registries/0/key", json!("")),
            ("/registries/0/karma", json!(1)),
            ("/tools/0/action", json!("refund")),
            ("/tools/0/facts/amount/currency", json!("euro")),
            ("/tools/0/facts/amount/currencyPointer", json!("/currency")),
            ("/tools/0/facts/note/currency", json!("EUR")),
            ("/tools/0/facts/note/value", json!("note")),
            ("/tools/0/facts/note/type", json!("Karma")),
            ("/require/karma", json!(true)),
        ] {
            let mut policy = policy();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            policy.pointer_mut(parent).unwrap()[name] = value.clone();
            assert!(!validates("TrustPolicy", &policy), "{pointer} {value}");
        }
        let mut nobody = policy();
        nobody["anchors"][0].as_object_mut().unwrap().remove("issuer");
        assert!(!validates("TrustPolicy", &nobody));
    }

    /// The words of the data model's base context, which may not be given another meaning.
    const BASE: &[&str] = &[
        "id",
        "type",
        "name",
        "description",
        "digestMultibase",
        "digestSRI",
        "mediaType",
        "aud",
        "cnf",
        "exp",
        "iat",
        "iss",
        "jku",
        "kid",
        "nbf",
        "sub",
        "x5u",
        "issuer",
        "validFrom",
        "validUntil",
        "credentialStatus",
        "credentialSchema",
        "credentialSubject",
        "evidence",
        "holder",
        "proof",
        "verifiableCredential",
    ];

    #[test]
    fn the_context_protects_its_words_and_takes_none_of_the_base_contexts() {
        let document = parsed(CONTEXT_CHANCERY_DOCUMENT);
        let words = document["@context"].as_object().unwrap();
        assert_eq!(words["@protected"], true);
        for base in BASE {
            assert!(!words.contains_key(*base), "{base}");
        }
    }

    #[test]
    fn every_claim_of_the_schemas_is_a_word_of_the_context() {
        let document = parsed(CONTEXT_CHANCERY_DOCUMENT);
        let mut claims: BTreeSet<String> = BTreeSet::new();
        for schema in SCHEMAS
            .iter()
            .filter(|schema| schema.name.ends_with("Credential"))
        {
            assert!(document["@context"].get(schema.name).is_some(), "{}", schema.name);
            let value = parsed(schema.text);
            let subject = value["properties"]["credentialSubject"]["properties"]
                .as_object()
                .unwrap()
                .clone();
            claims.extend(subject.into_iter().map(|(name, _)| name));
        }
        for claim in claims.iter().filter(|claim| !BASE.contains(&claim.as_str())) {
            assert!(document["@context"].get(claim).is_some(), "{claim}");
        }
    }
}
