//! DID Resolution as a client meets it: one text has one meaning, and every error its type, status and code.
//!
//! INVARIANT: what was checked here is what `GET /1.0/identifiers/` and `chancery did resolve` answer.

use std::sync::Arc;

use chancery_official as official;
use serde_json::json;

use super::*;
use crate::clock::SettableClock;
use crate::http::Guarded;
use crate::resolver::Resolver;

const ALICE: &str = "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b";

/// A book of documents, so that every shape of a document can be asked for.
struct Book(Value, Map<String, Value>);

#[async_trait]
impl Source for Book {
    async fn find(&self, did: &Did, version: &Version) -> Result<Found, DidError> {
        if did.method() == "gone" {
            let metadata = Map::from_iter([("deactivated".to_owned(), json!(true))]);
            return Ok(Found {
                document: None,
                metadata,
            });
        }
        if !version.is_newest() {
            return Err(DidError::unsupported("no versions"));
        }
        if self.0["id"] == did.as_str() {
            Ok(Found {
                document: Some(self.0.clone()),
                metadata: self.1.clone(),
            })
        } else {
            Err(DidError::absent("not in the book"))
        }
    }
}

fn book() -> Book {
    Book(
        json!({
            "@context": ["https://www.w3.org/ns/did/v1"],
            "id": "did:web:acme.example",
            "verificationMethod": [
                { "id": "#key-1", "type": "Multikey", "controller": "did:web:acme.example", "publicKeyMultibase": "z6Mk" },
                { "id": "did:web:acme.example#key-2", "type": "Multikey", "controller": "did:web:acme.example" },
            ],
            "assertionMethod": ["#key-1"],
            "authentication": [{ "id": "#key-3", "type": "Multikey", "controller": "did:web:acme.example" }],
            "service": [
                { "id": "#files", "type": "Files", "serviceEndpoint": "https://acme.example/files/" },
                { "id": "#mail", "type": ["Mail", "Post"], "serviceEndpoint": "mailto:a@acme.example" },
                { "id": "#many", "type": "Post", "serviceEndpoint": [{ "uri": "x" }, "https://post.example/"] },
            ],
        }),
        Map::from_iter([("created".to_owned(), json!("2026-01-01T00:00:00Z"))]),
    )
}

async fn asked(path: &str, query: Option<&str>, accept: &str) -> Answer {
    let form = Form::preferred(accept).unwrap();
    match Inquiry::from_path(path, query) {
        Ok(inquiry) => answer(&book(), &inquiry, form).await,
        Err(error) => Answer::refused(&Inquiry::of(""), &error),
    }
}

async fn local(identifier: &str, query: Option<&str>, accept: &str) -> Answer {
    let resolver = Resolver::new(
        Guarded::offline(),
        Arc::new(SettableClock::new(crate::cast::wednesday())),
    );
    let encoded = identifier
        .replace('%', "%25")
        .replace(':', "%3A")
        .replace('#', "%23")
        .replace('?', "%3F");
    let inquiry = Inquiry::from_path(&encoded, query).unwrap();
    answer(&resolver, &inquiry, Form::preferred(accept).unwrap()).await
}

fn body(answer: &Answer) -> &Value {
    answer.body.as_ref().unwrap()
}

#[tokio::test]
async fn a_result_names_its_own_media_type_and_holds_all_three_members() {
    let found = asked("did:web:acme.example", None, RESOLUTION).await;
    assert_eq!((found.status, found.media_type), (200, RESOLUTION));
    assert_eq!(body(&found)["didResolutionMetadata"]["contentType"], RESOLUTION);
    assert_eq!(body(&found)["didDocument"]["id"], "did:web:acme.example");
    assert_eq!(
        body(&found)["didDocumentMetadata"]["created"],
        "2026-01-01T00:00:00Z"
    );
    let bare = asked("did:web:acme.example", None, "application/did+json").await;
    assert_eq!((bare.status, bare.media_type), (200, "application/did+json"));
    assert_eq!(body(&bare)["id"], "did:web:acme.example");
}

#[tokio::test]
async fn an_encoded_did_is_decoded_once_and_a_raw_one_never() {
    for path in [
        "did:web:acme.example",
        "did%3Aweb%3Aacme.example",
        "did%3aweb%3aacme.example",
    ] {
        assert_eq!(asked(path, None, RESOLUTION).await.status, 200, "{path}");
    }
    for (path, status) in [
        ("did%253Aweb%253Aacme.example", 400),
        ("did:web%3Aacme.example", 400),
        ("did:web:acme.example%23key-1", 404),
        ("did%3Aweb%3Aacme.example%00", 400),
        ("did%3Aweb%3Aacme.example%FF", 400),
        ("did%3Aweb%3Aacme.example%", 400),
        ("did%3Aweb%3Aacme.example%2", 400),
        ("not-a-did", 400),
        ("did:example", 400),
        ("", 400),
    ] {
        let refused = asked(path, None, RESOLUTION).await;
        assert_eq!(refused.status, status, "{path}");
        assert_eq!(body(&refused)["didDocument"], Value::Null);
        assert_eq!(body(&refused)["didDocumentMetadata"], json!({}));
        assert!(
            body(&refused)["didResolutionMetadata"]["error"]["type"].is_string(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn errors_have_the_types_and_statuses_of_the_standard() {
    for (did, accept, status, kind) in [
        ("not-a-did", RESOLUTION, 400, "INVALID_DID"),
        ("did:key:@", RESOLUTION, 400, "INVALID_DID"),
        ("did:key:z6Mk", RESOLUTION, 400, "INVALID_DID"),
        (
            "did:unsupported:123456789abcdefghi",
            RESOLUTION,
            501,
            "METHOD_NOT_SUPPORTED",
        ),
        ("did:web:acme.example", RESOLUTION, 404, "NOT_FOUND"),
        ("did:web:localhost%3A8443", RESOLUTION, 404, "NOT_FOUND"),
    ] {
        let refused = local(did, None, accept).await;
        assert_eq!(refused.status, status, "{did}");
        let error = &body(&refused)["didResolutionMetadata"]["error"];
        assert_eq!(
            error["type"],
            format!("https://www.w3.org/ns/did#{kind}"),
            "{did}"
        );
        assert_eq!(error["status"], status);
        assert!(error["code"].as_str().unwrap().contains('.'));
    }
    let refused = local(ALICE, Some("versionId=1"), RESOLUTION).await;
    assert_eq!((refused.status, refused.code), (501, Some("resolve.feature")));
}

#[tokio::test]
async fn options_are_read_strictly() {
    for (path, query, status) in [
        ("did%3Aweb%3Aacme.example", "expandRelativeUrls=true", 200),
        ("did%3Aweb%3Aacme.example", "expandRelativeUrls=perhaps", 400),
        ("did%3Aweb%3Aacme.example", "versionTime=yesterday", 400),
        ("did%3Aweb%3Aacme.example", "versionNumber=-1", 400),
        ("did%3Aweb%3Aacme.example", "versionId=", 400),
        ("did%3Aweb%3Aacme.example", "versionId=1&versionId=2", 400),
        ("did%3Aweb%3Aacme.example%3FversionId=1", "versionId=1", 400),
        ("did%3Aweb%3Aacme.example", "colour=red", 501),
        ("did%3Aweb%3Aacme.example", "service=files", 501),
        ("did:web:acme.example", "colour=red", 501),
        ("did%3Aweb%3Aacme.example", "a=%FF", 400),
        ("did:web:acme.example", "a=%", 400),
    ] {
        assert_eq!(
            asked(path, Some(query), RESOLUTION).await.status,
            status,
            "{path} {query}"
        );
    }
    let many = (0..40).map(|n| format!("o{n}=1")).collect::<Vec<_>>().join("&");
    assert_eq!(
        asked("did%3Aweb%3Aacme.example", Some(&many), RESOLUTION)
            .await
            .status,
        400
    );
    let long = format!("did:web:{}", "a".repeat(5000));
    assert_eq!(asked(&long, None, RESOLUTION).await.status, 400);
}

#[tokio::test]
async fn a_did_url_is_dereferenced_and_never_resolved() {
    let url = "did%3Aweb%3Aacme.example%23key-1";
    assert_eq!(asked(url, None, RESOLUTION).await.status, 400);
    let found = asked(url, None, DEREFERENCING).await;
    assert_eq!((found.status, found.media_type), (200, DEREFERENCING));
    assert_eq!(body(&found)["contentStream"]["id"], "#key-1");
    assert_eq!(
        body(&found)["dereferencingMetadata"]["contentType"],
        DEREFERENCING
    );
    assert_eq!(body(&found)["contentMetadata"], json!({}));
    let bare = asked(url, None, "application/json").await;
    assert_eq!(body(&bare)["type"], "Multikey");
    let whole = asked("did:web:acme.example", None, DEREFERENCING).await;
    assert_eq!(body(&whole)["contentStream"]["id"], "did:web:acme.example");
    assert_eq!(body(&whole)["contentMetadata"]["created"], "2026-01-01T00:00:00Z");
    assert_eq!(asked(url, None, "*/*").await.media_type, DEREFERENCING);
    assert_eq!(
        asked("did:web:acme.example", None, "").await.media_type,
        RESOLUTION
    );
    let expanded = asked(url, Some("expandRelativeUrls=true"), "application/did").await;
    assert_eq!(body(&expanded)["id"], "did:web:acme.example#key-1");
}

#[tokio::test]
async fn what_a_did_url_does_not_name_is_not_found() {
    for (path, status, kind) in [
        ("did%3Aweb%3Aacme.example%23key-9", 404, "NOT_FOUND"),
        ("did%3Aweb%3Aother.example%23key-1", 404, "NOT_FOUND"),
        ("did%3Aweb%3Aacme.example/path", 404, "NOT_FOUND"),
        ("did%3Aweb%3Aacme.example%3Fcolour=red", 404, "NOT_FOUND"),
        ("did%3Aweb%3Aacme.example%3FrelativeRef=%252Fa", 404, "NOT_FOUND"),
        ("did%3Aweb%3Aacme.example%3Fservice=nowhere", 404, "NOT_FOUND"),
        ("did%3Aweb%3Aacme.example%3Fservice=mail", 404, "NOT_FOUND"),
        ("did%3Aweb%3Aacme.example%23", 400, "INVALID_DID_URL"),
        ("did%3Aweb%3Aacme.example/^x^", 400, "INVALID_DID_URL"),
        ("did%3AWEB%3Aacme.example%23x", 400, "INVALID_DID_URL"),
    ] {
        let refused = asked(path, None, DEREFERENCING).await;
        assert_eq!(refused.status, status, "{path}");
        let error = &body(&refused)["dereferencingMetadata"]["error"];
        assert_eq!(
            error["type"],
            format!("https://www.w3.org/ns/did#{kind}"),
            "{path}"
        );
        assert_eq!(body(&refused)["contentStream"], Value::Null);
    }
}

#[tokio::test]
async fn a_service_is_where_its_address_is() {
    for (query, location) in [
        ("service=files", "https://acme.example/files/"),
        ("service=%23files", "https://acme.example/files/"),
        ("serviceType=Files", "https://acme.example/files/"),
        ("serviceType=Post", "https://post.example/"),
        (
            "service=files&relativeRef=%2Fcv%3Fversion%3Dlatest",
            "https://acme.example/cv?version=latest",
        ),
        (
            "service=files&relativeRef=cv.pdf",
            "https://acme.example/files/cv.pdf",
        ),
    ] {
        for accept in [DEREFERENCING, "text/uri-list", "", "application/json"] {
            let found = asked(
                "did:web:acme.example",
                Some(query),
                if accept.is_empty() { DEREFERENCING } else { accept },
            )
            .await;
            assert_eq!(
                (found.status, found.location.as_deref()),
                (303, Some(location)),
                "{query} {accept}"
            );
            assert_eq!(found.body, None);
        }
    }
    let narrowed = asked("did:web:acme.example", Some("service=files"), "application/did").await;
    assert_eq!(narrowed.status, 200);
    assert_eq!(body(&narrowed)["service"].as_array().unwrap().len(), 1);
    for query in [
        "service=files&relativeRef=https%3A%2F%2Fevil.example%2F",
        "service=files&relativeRef=%2F%2Fevil.example%2F",
    ] {
        assert_eq!(
            asked("did:web:acme.example", Some(query), DEREFERENCING)
                .await
                .status,
            400,
            "{query}"
        );
    }
    let whole = "did%3Aweb%3Aacme.example%3Fservice=files%23top";
    assert_eq!(
        asked(whole, None, DEREFERENCING).await.location.as_deref(),
        Some("https://acme.example/files/#top")
    );
    assert_eq!(
        asked("did:web:acme.example", None, "text/uri-list").await.status,
        406
    );
}

#[tokio::test]
async fn a_method_must_stand_in_the_relationship_that_is_asked_for() {
    for (name, relationship, status) in [
        ("key-1", "assertionMethod", 200),
        ("key-3", "authentication", 200),
        ("key-1", "authentication", 500),
        ("key-2", "assertionMethod", 500),
        ("files", "assertionMethod", 500),
        ("key-1", "everything", 400),
    ] {
        let path = format!("did%3Aweb%3Aacme.example%23{name}");
        let query = format!("verificationRelationship={relationship}");
        assert_eq!(
            asked(&path, Some(&query), DEREFERENCING).await.status,
            status,
            "{name} {relationship}"
        );
    }
}

#[tokio::test]
async fn a_deactivated_did_is_gone() {
    for (accept, member) in [
        (RESOLUTION, "didDocumentMetadata"),
        (DEREFERENCING, "contentMetadata"),
        (LEGACY, "didDocumentMetadata"),
    ] {
        let gone = asked("did:gone:1", None, accept).await;
        assert_eq!(gone.status, 410, "{accept}");
        assert_eq!(body(&gone)[member]["deactivated"], true, "{accept}");
    }
    let gone = asked("did:gone:1", None, "application/did").await;
    assert_eq!((gone.status, gone.code), (410, Some("resolve.deactivated")));
}

/// The rules of the did:key suite: its wrong identifiers and options, each with its word.
#[tokio::test]
async fn the_older_form_has_the_words_of_did_key() {
    let key = ALICE.trim_start_matches("did:key:");
    let agreement = format!("{ALICE}#z6LSfHfAMAopsuBxaBzvp51GXrPf38Az13j2fmwqadbwwrzJ");
    let unknown = Some("publicKeyFormat=unknown");
    let experimental =
        Some("publicKeyFormat=Ed25519VerificationKey2018&enableExperimentalPublicKeyTypes=false");
    let cases = [
        (
            ALICE.replacen("did:", "notDid:", 1),
            None,
            "didResolutionMetadata",
            "invalidDid",
        ),
        (
            ALICE.replacen("key", "experimental", 1),
            None,
            "didResolutionMetadata",
            "methodNotSupported",
        ),
        (
            format!("did:key:-4:{key}"),
            None,
            "didResolutionMetadata",
            "invalidDid",
        ),
        (
            ALICE.replacen(":z", ":", 1),
            None,
            "didResolutionMetadata",
            "invalidDid",
        ),
        (
            "did:key:@".to_owned(),
            None,
            "didResolutionMetadata",
            "invalidDid",
        ),
        (
            "did:key:zTjsVPtY".to_owned(),
            None,
            "didResolutionMetadata",
            "invalidPublicKeyLength",
        ),
        (
            format!("{ALICE}/^bar^/?query=`#{key}"),
            None,
            "didDereferencingMetadata",
            "invalidDidUrl",
        ),
        (
            ALICE.to_owned(),
            unknown,
            "didResolutionMetadata",
            "unsupportedPublicKeyType",
        ),
        (
            format!("{ALICE}#{key}"),
            experimental,
            "didDereferencingMetadata",
            "invalidPublicKeyType",
        ),
        (
            agreement.clone(),
            experimental,
            "didDereferencingMetadata",
            "invalidPublicKeyType",
        ),
        (
            agreement.clone(),
            Some("enableEncryptionKeyDerivation=false"),
            "didDereferencingMetadata",
            "notFound",
        ),
        (
            ALICE.to_owned(),
            Some("publicKeyFormat=X25519KeyAgreementKey2020"),
            "didResolutionMetadata",
            "invalidPublicKeyType",
        ),
        (
            ALICE.to_owned(),
            Some("enableEncryptionKeyDerivation=yes"),
            "didResolutionMetadata",
            "invalidOptions",
        ),
    ];
    for (identifier, query, metadata, word) in &cases {
        let refused = local(identifier, *query, LEGACY).await;
        assert!((400..600).contains(&refused.status), "{identifier}");
        assert_eq!(refused.media_type, LEGACY);
        assert_eq!(body(&refused)[metadata]["error"], *word, "{identifier} {query:?}");
        assert_eq!(body(&refused)["didDocument"], json!({}), "{identifier}");
        assert!(body(&refused)["@context"].is_string() && body(&refused)["didDocumentMetadata"].is_object());
    }
    let found = local(&format!("{ALICE}#{key}"), None, LEGACY).await;
    assert_eq!(
        (found.status, &body(&found)["didDocument"]["controller"]),
        (200, &json!(ALICE))
    );
    let found = local(&agreement, None, LEGACY).await;
    assert_eq!(
        (found.status, &body(&found)["didDocument"]["publicKeyMultibase"]),
        (200, &json!(agreement.rsplit('#').next()))
    );
    official::report("did-key suite's wrong identifiers and options", "13 refused");
}

/// A did:key without the key that is derived from it, for who does not want one key in two protocols.
#[tokio::test]
async fn the_older_form_leaves_a_derived_key_out_on_demand() {
    const NIST: &str = "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv";
    for (did, flag, methods, agreement) in [
        (ALICE, "true", 2, true),
        (ALICE, "false", 1, false),
        (NIST, "true", 1, true),
        (NIST, "false", 1, true),
    ] {
        let query = format!("enableEncryptionKeyDerivation={flag}");
        let found = local(did, Some(&query), LEGACY).await;
        let document = &body(&found)["didDocument"];
        assert_eq!(
            document["verificationMethod"].as_array().unwrap().len(),
            methods,
            "{did}"
        );
        assert_eq!(document["keyAgreement"].is_array(), agreement, "{did} {flag}");
    }
}

/// Each official document whole, its keys written as that document writes them.
#[tokio::test]
async fn the_official_did_key_documents_come_back_in_their_own_formats() {
    let Some(folder) = official::folder("did-key") else {
        return;
    };
    let (mut same, mut unsupported) = (0, 0);
    for file in ["ed25519-x25519.json", "nist-curves.json"] {
        let cases: Value = serde_json::from_slice(&std::fs::read(folder.join(file)).unwrap()).unwrap();
        for (did, case) in cases.as_object().unwrap() {
            let official = &case["didDocument"];
            let method = &official["verificationMethod"][0];
            let format = method["type"].as_str().unwrap();
            let query = format!("publicKeyFormat={format}&enableExperimentalPublicKeyTypes=true");
            let found = local(did, Some(&query), LEGACY).await;
            if format == "P256Key2021" {
                assert_eq!(
                    body(&found)["didResolutionMetadata"]["error"],
                    "unsupportedPublicKeyType"
                );
                unsupported += 1;
                continue;
            }
            assert_eq!(found.status, 200, "{did}: {found:?}");
            assert_eq!(&body(&found)["didDocument"], official, "{did}");
            same += 1;
        }
    }
    assert_eq!((same, unsupported), (11, 1));
    official::report(
        "did-key documents",
        "11 equal, 1 of a type that no context defines refused",
    );
}

/// A DID whose method says what paths mean: files below its own folder, and nowhere else.
#[tokio::test]
async fn a_path_of_a_webvh_did_is_a_file_of_its_own() {
    const LOGGED: &str = "did:webvh:QmQyDxVnosYTzHAMbzYDRZkVrD32ea9Sr2YNs8NkgMB5mn:acme.example";
    let source = Book(
        json!({
            "id": LOGGED,
            "service": [
                { "id": "#files", "type": "relativeRef", "serviceEndpoint": "https://acme.example/" },
                { "id": "#whois", "type": "LinkedVerifiablePresentation", "serviceEndpoint": "https://acme.example/whois.vp" },
            ],
        }),
        Map::new(),
    );
    let path = |path: &str| Inquiry::from_path(&format!("{LOGGED}{path}"), None).unwrap();
    for (at, location) in [
        ("/whois", "https://acme.example/whois.vp"),
        ("/a/b.json", "https://acme.example/a/b.json"),
        ("/a/b.json#x", "https://acme.example/a/b.json#x"),
    ] {
        let found = answer(&source, &path(at), Some(Form::Dereferencing)).await;
        assert_eq!(
            (found.status, found.location.as_deref()),
            (303, Some(location)),
            "{at}"
        );
    }
    for at in [
        "/",
        "/../x",
        "/a/../../x",
        "/a%2F..%2Fx",
        "/a?b=1",
        "/whois?service=none",
    ] {
        let refused = answer(&source, &path(at), Some(Form::Dereferencing)).await;
        assert_eq!((refused.status, refused.location), (404, None), "{at}");
    }
}
