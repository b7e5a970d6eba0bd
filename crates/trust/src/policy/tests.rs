//! The policy file: what is read, and everything that is refused with its path.

use super::*;
use chancery_did::{KeyType, SecretKey};
use proptest::prelude::*;
use serde_json::json;

const THUMBPRINT: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

fn multikey(seed: u8) -> String {
    SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32])
        .unwrap()
        .public_key()
        .to_multikey()
}

/// Globex's policy: Acme by name, others by the word of a federation's registry, one tool.
fn globex() -> Value {
    json!({
        "version": 1,
        "audience": "https://api.globex.example",
        "maxStatusAge": "1s",
        "skew": 30,
        "maxValidity": "24h",
        "maxDelegationDepth": 2,
        "unregisteredDelegationLife": "30m",
        "require": { "attestation": true, "passportShows": ["owner", "tools"] },
        "registries": [{
            "name": "federation",
            "did": "did:web:federation.example:trqp",
            "key": multikey(9),
            "authority": "did:web:federation.example",
            "endpoint": "https://federation.example/trqp",
            "maxAge": "1m"
        }],
        "anchors": [
            {
                "issuer": "did:web:acme.example",
                "papers": ["AgentPassportCredential", "AgentCapabilityCredential"],
                "keys": [THUMBPRINT],
                "subjects": ["did:key", "did:web:acme.example"],
                "grant": [{
                    "action": ["refund:create"],
                    "resource": ["https://api.globex.example/orders/*"],
                    "constraint": [{ "type": "Amount", "fact": "amount", "max": "80.00", "currency": "EUR" }]
                }]
            },
            { "recognizedBy": "federation", "papers": ["AgentPassportCredential"], "subjects": ["did:key"] }
        ],
        "tools": [{
            "name": "refund",
            "action": "refund:create",
            "resource": "https://api.globex.example/orders/{order}",
            "facts": {
                "amount": { "type": "Amount", "value": "/amount", "currencyPointer": "/currency" },
                "note": { "type": "Text", "value": "/note" }
            }
        }]
    })
}

fn parsed() -> Policy {
    Policy::parse_value(&globex()).unwrap()
}

fn refusal(value: &Value) -> String {
    let error = Policy::parse_value(value).expect_err(&value.to_string());
    assert_eq!(error.code(), "policy.invalid");
    error.to_string()
}

/// The policy with the member at `pointer` set, or taken away.
fn with(pointer: &str, value: Option<Value>) -> Value {
    let mut policy = globex();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match (policy.pointer_mut(parent).unwrap(), value) {
        (Value::Object(map), Some(value)) => {
            map.insert(name.to_owned(), value);
        }
        (Value::Object(map), None) => {
            assert!(map.remove(name).is_some(), "{pointer}");
        }
        (Value::Array(items), Some(value)) => {
            let index: usize = name.parse().unwrap();
            if index == items.len() {
                items.push(value)
            } else {
                items[index] = value
            }
        }
        other => panic!("{pointer}: {other:?}"),
    }
    policy
}

#[test]
fn policy_says_what_its_document_says() {
    let policy = parsed();
    assert_eq!(policy.audience, "https://api.globex.example");
    assert_eq!((policy.max_status_age, policy.skew), (1_000, 30_000));
    assert_eq!(
        (policy.max_validity, policy.unregistered_delegation_life),
        (86_400_000, 1_800_000)
    );
    assert_eq!(policy.max_delegation_depth, 2);
    assert!(policy.require.attestation);
    assert_eq!(policy.require.passport_shows, [Member::Owner, Member::Tools]);
    assert_eq!(policy.registry("federation").unwrap().max_age_ms, 60_000);
    assert_eq!(policy.anchors.len(), 2);
    assert_eq!(policy.anchors[0].grant.len(), 1);
    assert!(policy.anchors[1].grant.is_empty());
    assert_eq!(policy.tool("refund").unwrap().facts.len(), 2);
    assert!(policy.tool("Refund").is_none());
}

#[test]
fn what_is_left_out_has_its_secure_default() {
    let policy = Policy::parse_toml("version = 1\naudience = \"https://a.example\"").unwrap();
    assert_eq!((policy.max_status_age, policy.skew), (300_000, 60_000));
    assert_eq!(
        (policy.max_validity, policy.unregistered_delegation_life),
        (86_400_000, 3_600_000)
    );
    assert_eq!(policy.max_delegation_depth, 4);
    assert!(policy.anchors.is_empty() && policy.registries.is_empty() && policy.tools.is_empty());
    assert!(!policy.require.attestation);
    assert!(policy.require.passport_shows.is_empty());
}

#[test]
fn toml_and_json_are_the_same_policy() {
    let policy = parsed();
    let by_json = Policy::parse_json(globex().to_string().as_bytes()).unwrap();
    let by_toml =
        Policy::parse_toml(&policy.to_toml()).unwrap_or_else(|e| panic!("{e}\n{}", policy.to_toml()));
    assert_eq!(by_json.to_value(), policy.to_value());
    assert_eq!(by_toml.to_value(), policy.to_value());
}

#[test]
fn written_policy_explains_itself() {
    let text = parsed().to_toml();
    assert!(text.starts_with("# Trust policy."), "{text}");
    assert!(text.contains("\n[[anchors.grant]]\n"), "{text}");
    assert!(
        text.contains("No grant: the papers of this issuer's agents hold here and allow nothing."),
        "{text}"
    );
    assert!(
        text.lines().filter(|line| line.starts_with('#')).count() >= 10,
        "{text}"
    );
}

#[test]
fn builder_goes_through_the_same_door() {
    let policy = parsed();
    let mut builder = Policy::builder("https://api.globex.example")
        .max_status_age(1_000)
        .skew(30_000);
    for registry in policy.registries.clone() {
        builder = builder.registry(registry);
    }
    for anchor in policy.anchors.clone() {
        builder = builder.anchor(anchor);
    }
    let built = builder
        .tool(policy.tools[0].clone())
        .max_validity(86_400_000)
        .max_delegation_depth(2)
        .unregistered_delegation_life(1_800_000)
        .require(Requirements {
            attestation: true,
            passport_shows: [Member::Owner, Member::Tools].into(),
        })
        .build()
        .unwrap();
    assert_eq!(built.to_value(), policy.to_value());
    assert!(Policy::builder("").build().is_err());
    assert!(Policy::builder("a").skew(-1).build().is_err());
    let acme = Did::parse("did:web:acme.example").unwrap();
    assert!(Policy::builder("a").anchor(Anchor::issuer(acme)).build().is_err());
    assert!(
        Policy::builder("a")
            .anchor(Anchor::recognized_by("nobody"))
            .build()
            .is_err()
    );
}

#[test]
fn unknown_key_is_refused_with_its_path_at_every_level() {
    for (pointer, path) in [
        ("/anchor", "`anchor`"),
        ("/max_status_age", "`max_status_age`"),
        ("/require/passport", "`require.passport`"),
        ("/registries/0/url", "`registries[0].url`"),
        ("/anchors/0/paper", "`anchors[0].paper`"),
        ("/anchors/1/recognized_by", "`anchors[1].recognized_by`"),
        ("/anchors/0/grant/0/actions", "`anchors[0].grant[0].actions`"),
        (
            "/anchors/0/grant/0/delegation",
            "`anchors[0].grant[0].delegation`",
        ),
        ("/anchors/0/grant/0/from", "`anchors[0].grant[0].from`"),
        ("/tools/0/args", "`tools[0].args`"),
        ("/tools/0/facts/amount/pointer", "`tools[0].facts.amount.pointer`"),
    ] {
        let text = refusal(&with(pointer, Some(json!(1))));
        assert!(
            text.contains(&format!("{path} is not known here")),
            "{pointer}: {text}"
        );
    }
}

#[test]
fn required_member_may_not_be_left_out() {
    for pointer in [
        "/version",
        "/audience",
        "/registries/0/name",
        "/registries/0/did",
        "/registries/0/key",
        "/registries/0/authority",
        "/registries/0/endpoint",
        "/anchors/0/issuer",
        "/anchors/0/papers",
        "/anchors/0/subjects",
        "/anchors/0/keys",
        "/anchors/0/grant/0/action",
        "/anchors/0/grant/0/resource",
        "/tools/0/name",
        "/tools/0/action",
        "/tools/0/resource",
        "/tools/0/facts/amount/type",
        "/tools/0/facts/amount/value",
        "/tools/0/facts/amount/currencyPointer",
    ] {
        refusal(&with(pointer, None));
    }
}

#[test]
fn member_that_cannot_be_taken_is_refused() {
    let acme = json!({
        "issuer": "did:web:acme.example", "keys": [THUMBPRINT],
        "papers": ["AgentPassportCredential"], "subjects": ["did:key"]
    });
    let cases = [
        ("/version", json!(2)),
        ("/version", json!("1")),
        ("/audience", json!("")),
        ("/audience", json!("a b")),
        ("/audience", json!(["a"])),
        ("/maxStatusAge", json!("0s")),
        ("/maxStatusAge", json!("25h")),
        ("/maxStatusAge", json!(null)),
        ("/maxStatusAge", json!("5 minutes")),
        ("/skew", json!("6m")),
        ("/skew", json!(-1)),
        ("/maxValidity", json!("0s")),
        ("/maxValidity", json!("401d")),
        ("/unregisteredDelegationLife", json!("25h")),
        ("/maxDelegationDepth", json!(17)),
        ("/maxDelegationDepth", json!(256)),
        ("/maxDelegationDepth", json!("2")),
        ("/require", json!([])),
        ("/require/attestation", json!("true")),
        ("/require/passportShows", json!("owner")),
        ("/require/passportShows", json!([1])),
        ("/require/passportShows", json!(["owner", "owner"])),
        ("/require/passportShows", json!(["Owner"])),
        ("/require/passportShows", json!(["riskLevel"])),
        ("/require/passportShows", json!([""])),
        ("/registries", json!({})),
        ("/registries/1", globex()["registries"][0].clone()),
        ("/registries/0/did", json!("did:web:")),
        ("/registries/0/key", json!("z6Mk")),
        ("/registries/0/endpoint", json!("http://federation.example/trqp")),
        ("/registries/0/endpoint", json!("https://")),
        (
            "/registries/0/endpoint",
            json!("https://user@federation.example/trqp"),
        ),
        (
            "/registries/0/endpoint",
            json!("https://federation.example/trqp?x=1"),
        ),
        (
            "/registries/0/endpoint",
            json!("https://federation.example/trqp#x"),
        ),
        ("/registries/0/maxAge", json!("0s")),
        ("/registries/0/maxAge", json!("2d")),
        ("/anchors", json!(null)),
        ("/anchors/0", json!("did:web:acme.example")),
        ("/anchors/2", acme),
        ("/anchors/2", globex()["anchors"][1].clone()),
        ("/anchors/0/issuer", json!("acme.example")),
        ("/anchors/0/issuer", json!("did:web:*")),
        ("/anchors/0/papers", json!([])),
        ("/anchors/0/papers", json!("AgentPassportCredential")),
        ("/anchors/0/papers", json!(["AgentDelegationCredential"])),
        ("/anchors/0/papers", json!(["VerifiableCredential"])),
        (
            "/anchors/0/papers",
            json!(["AgentPassportCredential", "AgentPassportCredential"]),
        ),
        ("/anchors/0/keys", json!([])),
        ("/anchors/0/keys", json!(["SHA256:NzbL"])),
        ("/anchors/0/keys", json!([format!("{THUMBPRINT}=")])),
        ("/anchors/0/subjects", json!([])),
        ("/anchors/0/subjects", json!(null)),
        ("/anchors/0/subjects", json!(["*"])),
        ("/anchors/0/subjects", json!(["did:"])),
        ("/anchors/0/subjects", json!(["did:web:"])),
        ("/anchors/0/subjects", json!(["did:WEB"])),
        ("/anchors/0/subjects", json!(["did:web:acme.example:*"])),
        ("/anchors/0/subjects", json!(["acme.example"])),
        ("/anchors/1/recognizedBy", json!("nobody")),
        ("/anchors/1/recognizedBy", json!("")),
        ("/anchors/0/grant", json!(null)),
        ("/anchors/0/grant", json!({})),
        ("/anchors/0/grant/0/action", json!([])),
        ("/anchors/0/grant/0/resource", json!([])),
        ("/anchors/0/grant/0/action", json!(["*"])),
        ("/anchors/0/grant/0/constraint", json!([{ "type": "Vibes" }])),
        (
            "/anchors/0/grant/0/constraint",
            json!([{ "type": "Amount", "fact": "amount", "max": 80, "currency": "EUR" }]),
        ),
        ("/tools/1", globex()["tools"][0].clone()),
        ("/tools/0/action", json!("refund:*")),
        ("/tools/0/action", json!("refund")),
        ("/tools/0/resource", json!("https://api.globex.example/*")),
        ("/tools/0/resource", json!("https://{host}/orders")),
        ("/tools/0/facts", json!([])),
        ("/tools/0/facts/amount/type", json!("Money")),
        ("/tools/0/facts/amount/type", json!("Text")),
        ("/tools/0/facts/amount/value", json!("amount")),
        ("/tools/0/facts/amount/value", json!("")),
        ("/tools/0/facts/amount/value", json!("/a~2b")),
        ("/tools/0/facts/amount/currency", json!("EUR")),
        ("/tools/0/facts/note/currency", json!("EUR")),
    ];
    for (pointer, value) in cases {
        refusal(&with(pointer, Some(value)));
    }
}

#[test]
fn authority_may_not_be_recognized_by_itself() {
    let mut policy = with("/anchors/0/recognizedBy", Some(json!("federation")));
    assert!(Policy::parse_value(&policy).is_ok());
    policy["registries"][0]["authority"] = json!("did:web:acme.example");
    let text = refusal(&policy);
    assert!(text.contains("`anchors[0].recognizedBy`"), "{text}");
}

#[test]
fn currency_is_fixed_or_drawn_and_three_capital_letters() {
    for code in ["eur", "EURO", "€", ""] {
        let source = json!({ "type": "Amount", "value": "/amount", "currency": code });
        refusal(&with("/tools/0/facts/amount", Some(source)));
    }
}

#[test]
fn text_that_is_no_document_is_refused() {
    for text in [
        "",
        "version",
        "version = ",
        "version = 1\nversion = 1",
        "\u{feff}\u{feff}version = 1",
        "[[version]]",
    ] {
        assert!(Policy::parse_toml(text).is_err(), "{text:?}");
    }
    for text in [
        "",
        "[]",
        "null",
        "{",
        r#"{"version":1,"version":1,"audience":"a"}"#,
    ] {
        assert!(Policy::parse_json(text.as_bytes()).is_err(), "{text:?}");
    }
    let long = format!("# {}\nversion = 1", "x".repeat(Limits::default().bytes));
    assert!(matches!(
        Policy::parse_toml(&long),
        Err(PolicyError::TooLong { .. })
    ));
}

#[test]
fn named_anchor_shuts_out_the_open_ones() {
    let policy = parsed();
    let acme = Did::parse("did:web:acme.example").unwrap();
    let other = Did::parse("did:web:initech.example").unwrap();
    assert_eq!(policy.anchors_for(&acme).len(), 1);
    assert_eq!(policy.anchor_for(&acme).unwrap().issuer.as_ref(), Some(&acme));
    assert_eq!(
        policy.anchor_for(&other).unwrap().recognized_by.as_deref(),
        Some("federation")
    );
    assert!(Policy::new("a").anchor_for(&acme).is_none());
}

#[test]
fn joining_again_replaces_the_pins_and_nothing_else() {
    let mut policy = parsed();
    let mut again = policy.anchors[0].clone();
    again.keys = vec!["BvNFHDgg6BT2AaAzTxNwDk8pQWFYtKvMc8i2Q2EVFHc".to_owned()];
    policy.join(again.clone());
    assert_eq!(policy.anchors.len(), 2);
    assert_eq!(policy.anchors[0].keys, again.keys);
    let mut initech = again;
    initech.issuer = Some(Did::parse("did:web:initech.example").unwrap());
    policy.join(initech);
    assert_eq!(policy.anchors.len(), 3);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[ -~\n]{0,200}") {
        let _ = Policy::parse_toml(&text);
        let _ = Policy::parse_json(text.as_bytes());
    }

    #[test]
    fn any_audience_that_is_accepted_survives_the_file(audience in "\\PC{1,40}") {
        if let Ok(policy) = Policy::builder(audience).build() {
            let again = Policy::parse_toml(&policy.to_toml()).unwrap();
            prop_assert_eq!(again.to_value(), policy.to_value());
        }
    }
}

#[test]
fn deep_and_long_documents_end_in_an_error() {
    let deep = format!("version = 1\nx = {}{}", "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(Policy::parse_toml(&deep).unwrap_err().code(), "policy.invalid");
    let tables = format!("[{}a]\n", "a.".repeat(50_000));
    assert_eq!(Policy::parse_toml(&tables).unwrap_err().code(), "policy.invalid");
    let inline = format!("x = {}1{}", "{a = ".repeat(30_000), "}".repeat(30_000));
    assert_eq!(Policy::parse_toml(&inline).unwrap_err().code(), "policy.invalid");
    let json = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(
        Policy::parse_json(json.as_bytes()).unwrap_err().code(),
        "policy.invalid"
    );
    let many: Vec<String> = (0..20_000).map(|at| format!("\"did:web:a{at}\"")).collect();
    let list = format!(
        "version = 1\naudience = \"x\"\n[[anchors]]\nissuer = \"did:key:z6Mk\"\npapers = [{}]",
        many.join(",")
    );
    assert!(Policy::parse_toml(list.get(..200_000).unwrap_or(&list)).is_err());
}

#[test]
fn toml_members_given_twice_are_refused() {
    for text in [
        "version = 1\nversion = 1\naudience = \"x\"",
        "version = 1\n\"version\" = 1\naudience = \"x\"",
        "version = 1\n\"\\u0076ersion\" = 1\naudience = \"x\"",
        "version = 1\naudience = \"x\"\n[require]\n[require]",
        "version = 1.0\naudience = \"x\"",
        "version = 0x1\naudience = \"x\"\nVersion = 1",
    ] {
        assert_eq!(
            Policy::parse_toml(text).unwrap_err().code(),
            "policy.invalid",
            "{text}"
        );
    }
}
