//! The registry description: what it says, who signs it, and what is refused.

use super::*;
use chancery_did::{KeyType, SecretKey};

const NOON: i64 = 1_750_000_000;
const DAY: i64 = 86_400_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(NOON.saturating_add(seconds))
}

fn signer(seed: u8) -> SecretKey {
    SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32]).unwrap()
}

fn key(seed: u8) -> PublicKey {
    signer(seed).public_key().clone()
}

fn acme() -> Did {
    Did::parse("did:web:acme.example").unwrap()
}

fn kid() -> DidUrl {
    DidUrl::parse("did:web:acme.example#issue").unwrap()
}

fn description() -> Description {
    Description::new(acme(), "Acme GmbH", &key(1), at(0), DAY)
        .with_service(TRQP, Did::parse("did:web:acme.example:trqp").unwrap(), &key(2))
        .with_service(
            STATUS,
            Did::parse("did:web:acme.example:status").unwrap(),
            &key(3),
        )
        .with_endpoint(TRQP, "https://acme.example/trqp")
}

/// The keys of Acme's DID document: the issuing key and another one of the same organization.
struct Document;

impl Keys for Document {
    fn key(&self, method: &DidUrl, relationship: Relationship) -> Result<PublicKey, (&'static str, String)> {
        match (method.as_str(), relationship) {
            ("did:web:acme.example#issue", Relationship::AssertionMethod) => Ok(key(1)),
            ("did:web:acme.example#other", Relationship::AssertionMethod) => Ok(key(4)),
            _ => Err(("key.not_found", method.as_str().to_owned())),
        }
    }
}

fn verify(token: &str) -> Result<Description, DescriptionError> {
    Description::verify(token, &acme(), &Document, &Limits::default(), at(10), 60_000)
}

/// What comes of verifying these claims, signed by the issuing key.
fn verified(change: impl Fn(&mut serde_json::Map<String, Value>)) -> Result<Description, DescriptionError> {
    let mut claims = description().claims();
    change(claims.as_object_mut().unwrap());
    verify(&jose::sign(DESCRIPTION_TYP, &kid(), &claims, &signer(1)).unwrap())
}

#[test]
fn signed_description_reads_back() {
    let token = description().sign(&kid(), &signer(1)).unwrap();
    assert_eq!(
        *Description::read(&token, &Limits::default())
            .unwrap()
            .unverified(),
        description()
    );
    assert_eq!(verify(&token).unwrap(), description());
}

#[test]
fn fingerprint_is_the_issuing_keys() {
    let fingerprint = description().fingerprint();
    assert_eq!(fingerprint.thumbprint(), key(1).thumbprint());
    assert!(fingerprint.matches(&fingerprint.to_string()));
    assert!(!fingerprint.matches(&key(2).thumbprint()));
}

#[test]
fn description_is_signed_by_the_key_whose_fingerprint_it_shows() {
    assert_eq!(
        description().sign(&kid(), &signer(4)).unwrap_err().code(),
        "trust.key_changed"
    );
    let other = DidUrl::parse("did:web:acme.example#other").unwrap();
    let token = jose::sign(DESCRIPTION_TYP, &other, &description().claims(), &signer(4)).unwrap();
    assert_eq!(verify(&token).unwrap_err().code(), "trust.key_changed");
}

#[test]
fn description_under_a_key_that_is_not_the_dids_is_refused() {
    let token = jose::sign(DESCRIPTION_TYP, &kid(), &description().claims(), &signer(5)).unwrap();
    assert!(matches!(verify(&token).unwrap_err(), DescriptionError::Proof(_)));
    let foreign = DidUrl::parse("did:web:evil.example#issue").unwrap();
    let token = jose::sign(DESCRIPTION_TYP, &foreign, &description().claims(), &signer(1)).unwrap();
    assert!(matches!(verify(&token).unwrap_err(), DescriptionError::Proof(_)));
}

#[test]
fn description_of_another_did_is_refused() {
    let evil = Did::parse("did:web:evil.example").unwrap();
    let token = description().sign(&kid(), &signer(1)).unwrap();
    let refusal = Description::verify(&token, &evil, &Document, &Limits::default(), at(0), 0).unwrap_err();
    assert!(matches!(refusal, DescriptionError::OtherDid { .. }), "{refusal}");
}

#[test]
fn description_of_another_type_is_refused() {
    for typ in ["JWT", "chancery-trqp+jwt", "vc+jwt"] {
        let token = jose::sign(typ, &kid(), &description().claims(), &signer(1)).unwrap();
        assert!(verify(&token).is_err(), "{typ}");
    }
    for token in ["", "..", "{}", "a.b.c"] {
        assert!(verify(token).is_err(), "{token}");
    }
}

#[test]
fn description_holds_between_its_times() {
    let token = description().sign(&kid(), &signer(1)).unwrap();
    let judge = |seconds: i64| {
        Description::verify(
            &token,
            &acme(),
            &Document,
            &Limits::default(),
            at(seconds),
            60_000,
        )
        .map(|_| ())
        .map_err(|error| error.code())
    };
    assert_eq!(judge(-60), Ok(()));
    assert_eq!(judge(-61), Err("trust.statement_invalid"));
    assert_eq!(judge(86_399), Ok(()));
    assert_eq!(judge(86_400), Err("trust.statement_expired"));
}

#[test]
fn claim_that_is_missing_or_unknown_is_refused() {
    for name in KNOWN {
        assert!(verified(|claims| drop(claims.remove(*name))).is_err(), "{name}");
    }
    for name in ["anchors", "trusted", "sub", "jwks"] {
        assert!(
            verified(|claims| drop(claims.insert(name.to_owned(), json!("x")))).is_err(),
            "{name}"
        );
    }
}

#[test]
fn claim_that_cannot_be_taken_is_refused() {
    let many: serde_json::Map<String, Value> = (0..33)
        .map(|index| (format!("e{index}"), json!("https://acme.example")))
        .collect();
    let thumbprint = key(1).thumbprint();
    let cases = [
        ("organization", json!("")),
        ("organization", json!("Acme\u{1b}[2J")),
        ("organization", json!("x".repeat(201))),
        ("exp", json!(NOON)),
        ("exp", json!(NOON + 2_678_401)),
        ("exp", json!("soon")),
        ("keys", json!({})),
        ("keys", json!({ "issue": "short" })),
        ("keys", json!({ "status": thumbprint })),
        ("keys", json!([thumbprint])),
        ("services", json!({ "status": "did:web:evil.example:status" })),
        ("services", json!({ "status": "did:web:acme.example.evil" })),
        ("services", json!({ "status": "did:web:acme.example" })),
        ("services", json!({ "status": "acme" })),
        ("endpoints", json!({ "trqp": "http://acme.example/trqp" })),
        ("endpoints", json!({ "trqp": "javascript:alert(1)" })),
        ("endpoints", json!({ "trqp": "https://user@acme.example/" })),
        ("endpoints", Value::Object(many)),
    ];
    for (name, value) in cases {
        let result = verified(|claims| drop(claims.insert(name.to_owned(), value.clone())));
        assert!(result.is_err(), "{name} {value}");
    }
}

#[test]
fn writer_refuses_what_readers_refuse() {
    let foreign = description().with_endpoint("api", "http://acme.example");
    assert!(matches!(
        foreign.sign(&kid(), &signer(1)),
        Err(DescriptionError::Claim(_))
    ));
}

#[test]
fn anchor_from_a_description_pins_its_keys_and_grants_nothing_by_itself() {
    let anchor = description().to_anchor(vec!["did:key".to_owned()], Vec::new());
    assert_eq!(anchor.issuer, Some(acme()));
    assert_eq!(anchor.keys, [key(1).thumbprint()]);
    assert_eq!(anchor.papers, [PaperType::Passport, PaperType::Capability]);
    assert!(anchor.grant.is_empty());
    assert!(
        crate::Policy::builder("https://a.example")
            .anchor(anchor)
            .build()
            .is_ok()
    );
}

#[test]
fn announced_keys_are_the_issuing_ones_only() {
    let mut description = description();
    description.keys.insert(NEXT.to_owned(), key(6).thumbprint());
    assert_eq!(
        description.announced_keys(),
        [key(1).thumbprint(), key(6).thumbprint()]
    );
}

#[test]
fn registry_from_a_description_has_the_key_that_the_description_names() {
    let registry = description().to_registry("acme", &key(2), 60_000).unwrap();
    assert_eq!(registry.did.as_str(), "did:web:acme.example:trqp");
    assert_eq!(
        (registry.authority, registry.endpoint.as_str()),
        (acme(), "https://acme.example/trqp")
    );
    assert_eq!(
        description()
            .to_registry("acme", &key(3), 60_000)
            .unwrap_err()
            .code(),
        "trust.key_changed"
    );
    let bare = Description::new(acme(), "Acme", &key(1), at(0), DAY);
    assert!(bare.to_registry("acme", &key(2), 60_000).is_err());
}

/// The name stands beside the fingerprint that a person compares.
#[test]
fn organization_name_shows_as_it_is() {
    for name in [
        "Acme\u{202e}GmbH",
        "Acme\u{200b}",
        "Ac\u{ad}me",
        "Acme\u{2028}SHA256: AAAA",
        "\u{feff}Acme",
        "Acme\u{2066}x",
        "Acme\u{e0041}",
        "Acme\n",
        "Acme\u{9b}2J",
        "",
    ] {
        let refusal = verified(|claims| {
            claims.insert("organization".to_owned(), name.into());
        });
        let refusal = refusal.unwrap_err();
        assert_eq!(refusal.code(), "trust.statement_invalid", "{name:?}");
        assert!(!refusal.to_string().contains('\u{202e}'));
    }
    for name in [
        "Acme GmbH & Co. KG",
        "\u{682a}\u{5f0f}\u{4f1a}\u{793e}",
        "Caf\u{e9} S.A.",
    ] {
        let read = verified(|claims| {
            claims.insert("organization".to_owned(), name.into());
        });
        assert!(read.is_ok(), "{name}");
    }
}

/// A description is read before it is proven, so what its errors repeat is anybody's.
#[test]
fn errors_repeat_no_control_characters_and_not_without_end() {
    for name in ["\u{1b}[2J\u{202e}".to_owned(), "x".repeat(100_000)] {
        let refusal = verified(|claims| {
            claims.insert(name.clone(), 1.into());
        });
        let text = refusal.unwrap_err().to_string();
        assert!(
            text.len() < 4_000 && !text.contains(['\u{1b}', '\u{202e}']),
            "{text}"
        );
        let refusal = verified(|claims| {
            claims.insert("services".to_owned(), json!({ "status": name }));
        });
        let text = refusal.unwrap_err().to_string();
        assert!(
            text.len() < 4_000 && !text.contains(['\u{1b}', '\u{202e}']),
            "{text}"
        );
    }
}

#[test]
fn key_of_a_service_never_issues_papers() {
    for (role, issuing) in [(STATUS, ISSUE), (TRQP, ISSUE), ("bundle", ISSUE), (STATUS, NEXT)] {
        let refusal = verified(|claims| {
            let (hot, cold) = (key(7).thumbprint(), key(1).thumbprint());
            claims["keys"][NEXT] = hot.clone().into();
            claims["keys"][role] = if issuing == NEXT { hot } else { cold }.into();
        });
        assert_eq!(
            refusal.unwrap_err().code(),
            "trust.statement_invalid",
            "{role} {issuing}"
        );
    }
    let announced = verified(|claims| {
        claims["keys"][NEXT] = key(7).thumbprint().into();
    });
    assert!(announced.is_ok());
}

#[test]
fn organization_that_is_named_by_a_log_has_its_services_at_the_same_place() {
    let scid = "QmZ4Z2mV1wUJwPjV6mQ6aFPp9c5hZk3oP1Vq7dZ9Y3sTuv";
    let own = |host: &str| Did::parse(&format!("did:webvh:{scid}:{host}")).unwrap();
    let service = |text: &str| Did::parse(text).unwrap();
    let acme = own("acme.example");
    for (text, due) in [
        ("did:web:acme.example:status", true),
        ("did:web:acme.example%3A8443:status", false),
        ("did:web:acme.example.evil.example:status", false),
        ("did:web:evil.example:status", false),
        ("did:web:evil.example:acme.example:status", false),
    ] {
        assert_eq!(is_own(&service(text), &acme), due, "{text}");
    }
    assert!(is_own(
        &service("did:web:acme.example%3A8443:bundle"),
        &own("acme.example%3A8443")
    ));
    assert!(!is_own(
        &service("did:web:b.example"),
        &service("did:web:a.example")
    ));
}
