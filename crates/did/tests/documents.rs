//! DID documents: what is read, which key is found for what, and what is refused (DID 1.0 section 5).

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use chancery_did::{Did, DidUrl, Document, KeyType, PublicKey, Relationship, SecretKey};
use serde_json::{Value, json};

const ACME: &str = "did:web:acme.example";

fn public(fill: u8) -> PublicKey {
    SecretKey::from_bytes(KeyType::Ed25519, &[fill; 32])
        .expect("a key")
        .public_key()
        .clone()
}

fn method(id: &str) -> Value {
    json!({ "id": id, "type": "Multikey", "controller": ACME, "publicKeyMultibase": public(1).to_multikey() })
}

fn document() -> Value {
    json!({ "id": ACME, "verificationMethod": [method("#k")], "assertionMethod": ["#k"] })
}

fn with(name: &str, value: Value) -> Value {
    let mut document = document();
    document[name] = value;
    document
}

fn url(text: &str) -> DidUrl {
    DidUrl::parse(text).expect("a DID URL")
}

fn refusal(document: &Value, id: &str, relationship: Relationship) -> &'static str {
    let document = Document::parse(document).expect("a document");
    document
        .key_for(&url(id), relationship)
        .expect_err("refused")
        .code()
}

#[test]
fn what_is_built_is_read_again() {
    let did = Did::parse(ACME).expect("a DID");
    let built = Document::builder(did.clone())
        .add_key("k", &public(1), &[Relationship::AssertionMethod])
        .add_service("status", "ChanceryStatus", json!("did:web:acme.example:status"))
        .also_known_as("https://acme.example")
        .controller(&did)
        .build()
        .expect("a document");
    assert_eq!(Document::parse(&built.to_value()).as_ref(), Ok(&built));
    let key = built.key_for(&url("did:web:acme.example#k"), Relationship::AssertionMethod);
    assert_eq!(key, Ok(public(1)));
    let service = built.service("ChanceryStatus").expect("a service");
    assert_eq!(
        (service.id(), service.endpoint()),
        (
            "did:web:acme.example#status",
            &json!("did:web:acme.example:status")
        )
    );
    assert_eq!(built.also_known_as(), ["https://acme.example"]);
    assert_eq!(built.controller(), [did]);
    assert!(built.service("Other").is_none());
}

#[test]
fn a_key_serves_exactly_the_relationships_that_name_it() {
    let id = "did:web:acme.example#k";
    let parsed = Document::parse(&document()).expect("a document");
    for relationship in Relationship::ALL {
        let found = parsed.key_for(&url(id), relationship);
        assert_eq!(
            found.is_ok(),
            relationship == Relationship::AssertionMethod,
            "{relationship}"
        );
    }
    assert_eq!(
        refusal(&document(), id, Relationship::Authentication),
        "key.relationship"
    );
    for other in [
        "did:web:acme.example#K",
        "did:web:acme.example",
        "did:web:acme.example/#k",
        "did:web:acme.example?a#k",
        "did:web:globex.example#k",
    ] {
        assert_eq!(
            refusal(&document(), other, Relationship::AssertionMethod),
            "key.not_found",
            "{other}"
        );
    }
}

#[test]
fn an_embedded_method_serves_only_where_it_stands() {
    let document = with("authentication", json!([method("#e")]));
    let id = "did:web:acme.example#e";
    assert!(
        Document::parse(&document)
            .expect("a document")
            .key_for(&url(id), Relationship::Authentication)
            .is_ok()
    );
    assert_eq!(
        refusal(&document, id, Relationship::AssertionMethod),
        "key.relationship"
    );
}

#[test]
fn a_method_of_another_controller_or_subject_gives_no_key() {
    let mut foreign = method("#f");
    foreign["controller"] = json!("did:web:globex.example");
    let document = with("authentication", json!([foreign]));
    assert_eq!(
        refusal(&document, "did:web:acme.example#f", Relationship::Authentication),
        "key.controller"
    );
    let document = with("authentication", json!([method("did:web:globex.example#k")]));
    assert_eq!(
        refusal(
            &document,
            "did:web:globex.example#k",
            Relationship::Authentication
        ),
        "key.not_found"
    );
}

#[test]
fn a_key_of_an_unknown_kind_fails_only_when_it_is_used() {
    let jwk =
        |jwk: Value| json!({ "id": "#u", "type": "JsonWebKey", "controller": ACME, "publicKeyJwk": jwk });
    let unknown = json!({ "id": "#u", "type": "FutureKey2030", "controller": ACME, "publicKeyFuture": 1 });
    for item in [
        jwk(json!({ "kty": "EC", "crv": "secp256k1", "x": "", "y": "" })),
        unknown,
    ] {
        let document = with("authentication", json!([item]));
        assert_eq!(
            refusal(&document, "did:web:acme.example#u", Relationship::Authentication),
            "key.unsupported"
        );
    }
    let mut encryption = public(1).to_jwk();
    encryption["use"] = json!("enc");
    let document = with("authentication", json!([jwk(encryption)]));
    assert_eq!(
        refusal(&document, "did:web:acme.example#u", Relationship::Authentication),
        "key.use"
    );
}

#[test]
fn a_key_for_agreement_asserts_nothing() {
    let key = PublicKey::from_raw(KeyType::X25519, &[9; 32]).expect("a key");
    let item = json!({ "id": "#x", "type": "Multikey", "controller": ACME, "publicKeyMultibase": key.to_multikey() });
    let document = with("assertionMethod", json!([item]));
    assert_eq!(
        refusal(&document, "did:web:acme.example#x", Relationship::AssertionMethod),
        "key.use"
    );
    let document = with("keyAgreement", json!(["#k"]));
    assert_eq!(
        refusal(&document, "did:web:acme.example#k", Relationship::KeyAgreement),
        "key.use"
    );
}

#[test]
fn private_keys_anywhere_refuse_the_document_and_are_not_shown() {
    let mut inside = method("#p");
    inside["privateKeyMultibase"] = json!("hidden");
    let mut secret = method("#p");
    secret["secretKeyMultibase"] = json!("hidden");
    for document in [
        with("verificationMethod", json!([inside])),
        with("authentication", json!([secret])),
        with("privateKeyJwk", json!({ "x": "hidden" })),
        with("note", json!({ "deep": [{ "kty": "OKP", "d": "hidden" }] })),
        with(
            "service",
            json!([{ "id": "#s", "type": "S", "serviceEndpoint": { "privateKeyBase58": "hidden" } }]),
        ),
    ] {
        let error = Document::parse(&document).expect_err("refused");
        assert_eq!(error.code(), "key.private_member");
        assert!(!format!("{error} {error:?}").contains("hidden"));
    }
}

#[test]
fn malformed_documents_are_refused() {
    let change = |name: &str, value: Value| {
        let mut method = method("#m");
        method[name] = value;
        with("authentication", json!([method]))
    };
    for document in [
        json!(null),
        json!([]),
        json!({}),
        with("id", json!(1)),
        with("id", json!("did:web:acme.example#k")),
        with("id", json!("did:web:acme%2eexample")),
        with("controller", json!(1)),
        with("controller", json!([])),
        with("controller", json!("acme")),
        with("verificationMethod", json!({})),
        with("verificationMethod", json!(["#k"])),
        with("verificationMethod", json!([method("#k"), method("#k")])),
        with(
            "verificationMethod",
            json!([method("#k"), method("did:web:acme.example#k")]),
        ),
        with(
            "verificationMethod",
            json!((0..129).map(|n| method(&format!("#k{n}"))).collect::<Vec<_>>()),
        ),
        with("authentication", json!([method("#k")])),
        with("authentication", json!("#k")),
        with("authentication", json!([1])),
        with("authentication", json!(["k"])),
        with("authentication", json!([method("did:web:acme.example")])),
        change("id", json!("m")),
        change("controller", json!(null)),
        change("type", json!(["Multikey"])),
        change("type", json!("JsonWebKey")),
        change("type", json!("X25519KeyAgreementKey2020")),
        change("publicKeyMultibase", json!(1)),
        change("publicKeyJwk", public(1).to_jwk()),
        with("alsoKnownAs", json!("https://acme.example")),
        with("alsoKnownAs", json!(["acme"])),
        with("service", json!({})),
        with("service", json!([{ "id": "#s", "type": "S" }])),
        with(
            "service",
            json!([{ "id": "#s", "type": [], "serviceEndpoint": "https://a.example" }]),
        ),
        with(
            "service",
            json!([{ "id": "s", "type": "S", "serviceEndpoint": "https://a.example" }]),
        ),
        with(
            "service",
            json!([{ "id": "#s", "type": "S", "serviceEndpoint": 1 }]),
        ),
        with(
            "service",
            json!([
                { "id": "#s", "type": "S", "serviceEndpoint": "https://a.example" },
                { "id": "did:web:acme.example#s", "type": "S", "serviceEndpoint": "https://b.example" },
            ]),
        ),
    ] {
        let error = Document::parse(&document).expect_err("refused");
        assert_eq!(error.code(), "resolve.invalid_document", "{document}");
    }
}

#[test]
fn malformed_and_weak_keys_fail_the_document() {
    for (text, code) in [
        ("z6Mk0", "key.invalid"),
        ("z6MkeTG3bFFSLYVU7VqhgZxqr6YzpaGrQtFMh1uvqGy1vDnP", "key.weak"),
    ] {
        let mut weak = method("#w");
        weak["publicKeyMultibase"] = json!(text);
        let error = Document::parse(&with("keyAgreement", json!([weak]))).expect_err("refused");
        assert_eq!(error.code(), code, "{text}");
    }
}
