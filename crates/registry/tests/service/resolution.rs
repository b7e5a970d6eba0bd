//! `GET /1.0/identifiers/`: its own identities from memory, those that hold their document, and nobody else's.

use axum::body::Body;
use chancery::Guarded;
use chancery_registry::config::Resolve;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::cast::{Registry, agent};

const RESOLUTION: &str = "application/did-resolution";
const DEREFERENCING: &str = "application/did-url-dereferencing";
const LEGACY: &str = "application/ld+json;profile=\"https://w3id.org/did-resolution\"";

async fn resolve(registry: &Registry, path: &str, accept: &[&str]) -> (StatusCode, HeaderMap, Value) {
    let mut request = Request::get(format!("/1.0/identifiers/{path}"));
    for accept in accept {
        request = request.header(header::ACCEPT, *accept);
    }
    let response = registry.call(request.body(Body::empty()).unwrap()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let body = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).unwrap()
    };
    (status, headers, body)
}

#[tokio::test]
async fn own_identities_are_answered_without_asking_anybody() {
    let client = Guarded::offline();
    let acme = Registry::open("acme.example", 10, None, client.clone(), |_| {}).await;
    for did in [
        "did:web:acme.example",
        "did:web:acme.example:status",
        "did:web:acme.example:trqp",
    ] {
        let (status, headers, body) = resolve(&acme, did, &[RESOLUTION]).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(headers[header::CONTENT_TYPE], RESOLUTION);
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(body["didDocument"]["id"], did);
        assert_eq!(body["didResolutionMetadata"]["contentType"], RESOLUTION);
    }
    assert_eq!(client.calls().asked, 0);
}

#[tokio::test]
async fn result_is_in_the_form_that_is_accepted() {
    let acme = Registry::acme().await;
    let alice = agent(40).did().as_str().to_owned();
    let encoded = alice.replace(':', "%3A");
    for (path, accept, media) in [
        (&alice, RESOLUTION, RESOLUTION),
        (&encoded, RESOLUTION, RESOLUTION),
        (&alice, "", RESOLUTION),
        (&alice, "*/*", RESOLUTION),
        (&alice, DEREFERENCING, DEREFERENCING),
        (&alice, "application/did+json", "application/did+json"),
        (&alice, "application/did+ld+json", "application/did+ld+json"),
        (&alice, "application/ld+json", "application/ld+json"),
        (&alice, LEGACY, LEGACY),
    ] {
        let accept: &[&str] = if accept.is_empty() { &[] } else { &[accept] };
        let (status, headers, body) = resolve(&acme, path, accept).await;
        assert_eq!(status, StatusCode::OK, "{accept:?} {body}");
        assert_eq!(headers[header::CONTENT_TYPE], media, "{accept:?}");
        assert_eq!(headers[header::VARY], "accept");
    }
    let (_, _, bare) = resolve(&acme, &alice, &["application/did"]).await;
    assert_eq!(bare["id"], alice);
    let several = resolve(&acme, &alice, &["text/html", "application/did"]).await;
    assert_eq!(several.2["id"], alice, "two header lines count as one list");
}

#[tokio::test]
async fn strangers_are_not_resolved_unless_the_configuration_says_so() {
    let client = Guarded::offline();
    let acme = Registry::open("acme.example", 10, None, client.clone(), |_| {}).await;
    for path in [
        "did:web:globex.example",
        "did:web:acme.example:other",
        "did%3Aweb%3A127.0.0.1",
    ] {
        let (status, _, body) = resolve(&acme, path, &[RESOLUTION]).await;
        assert_eq!(status, StatusCode::NOT_IMPLEMENTED, "{path} {body}");
        assert_eq!(
            body["didResolutionMetadata"]["error"]["type"],
            "https://www.w3.org/ns/did#FEATURE_NOT_SUPPORTED"
        );
    }
    assert_eq!(
        client.calls().asked,
        0,
        "no stranger makes the service ask another host"
    );

    let client = Guarded::offline();
    let open = Registry::open("acme.example", 10, None, client.clone(), |config| {
        config.resolve = Resolve::Any;
    })
    .await;
    let (status, _, body) = resolve(&open, "did:web:globex.example", &[RESOLUTION]).await;
    assert_eq!(
        (status, client.calls().asked),
        (StatusCode::NOT_FOUND, 1),
        "{body}"
    );
    assert_eq!(
        body["didResolutionMetadata"]["error"]["detail"], "the DID's document could not be had",
        "what happened at another host is not told"
    );
}

#[tokio::test]
async fn every_error_has_the_status_of_the_standard_and_its_own_shape() {
    let acme = Registry::acme().await;
    for (path, accept, status, kind) in [
        ("not-a-did", RESOLUTION, 400, "INVALID_DID"),
        ("did:example", RESOLUTION, 400, "INVALID_DID"),
        ("", RESOLUTION, 400, "INVALID_DID"),
        (
            "did:unsupported:123456789abcdefghi",
            RESOLUTION,
            501,
            "METHOD_NOT_SUPPORTED",
        ),
        ("did:key:@", RESOLUTION, 400, "INVALID_DID"),
        (
            "did:web:acme.example?versionId=1",
            RESOLUTION,
            501,
            "FEATURE_NOT_SUPPORTED",
        ),
        (
            "did:web:acme.example?colour=red",
            RESOLUTION,
            501,
            "FEATURE_NOT_SUPPORTED",
        ),
        (
            "did:web:acme.example?versionTime=soon",
            RESOLUTION,
            400,
            "INVALID_OPTIONS",
        ),
        (
            "did:web:acme.example",
            "application/x-unsupported",
            406,
            "REPRESENTATION_NOT_SUPPORTED",
        ),
        (
            "did:web:acme.example/%2e%2e%2fsecret",
            RESOLUTION,
            400,
            "INVALID_DID",
        ),
    ] {
        let (got, headers, body) = resolve(&acme, path, &[accept]).await;
        assert_eq!(got.as_u16(), status, "{path} {body}");
        assert_eq!(headers[header::CONTENT_TYPE], RESOLUTION, "{path}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
        assert_eq!(body["didDocument"], Value::Null, "{path}");
        assert_eq!(body["didDocumentMetadata"], json!({}), "{path}");
        let error = &body["didResolutionMetadata"]["error"];
        assert_eq!(
            error["type"],
            format!("https://www.w3.org/ns/did#{kind}"),
            "{path}"
        );
        assert!(error["code"].as_str().unwrap().contains('.'), "{path}");
    }
    let (status, headers, body) = resolve(&acme, "not-a-did", &["application/did"]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(body["type"], "https://www.w3.org/ns/did#INVALID_DID");
}

#[tokio::test]
async fn did_urls_are_dereferenced() {
    let acme = Registry::acme().await;
    let (status, _, body) = resolve(&acme, "did%3Aweb%3Aacme.example%23key-1", &[DEREFERENCING]).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(body["contentStream"]["id"], "did:web:acme.example#key-1");
    let (status, _, body) = resolve(&acme, "did%3Aweb%3Aacme.example%23key-2", &[DEREFERENCING]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        body["dereferencingMetadata"]["error"]["type"],
        "https://www.w3.org/ns/did#NOT_FOUND"
    );
    for path in [
        "did:web:acme.example?service=trqp",
        "did%3Aweb%3Aacme.example%3Fservice%3Dtrqp",
    ] {
        let (status, headers, body) = resolve(&acme, path, &[DEREFERENCING]).await;
        assert_eq!((status, &body), (StatusCode::SEE_OTHER, &Value::Null), "{path}");
        assert_eq!(headers[header::LOCATION], "https://acme.example/trqp");
    }
}

#[tokio::test]
async fn only_reading_is_offered() {
    let acme = Registry::acme().await;
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let request = Request::builder()
            .method(method)
            .uri("/1.0/identifiers/did:web:acme.example")
            .body(Body::empty())
            .unwrap();
        assert_eq!(
            acme.call(request).await.status(),
            StatusCode::METHOD_NOT_ALLOWED,
            "{method}"
        );
    }
}

#[tokio::test]
async fn garbage_in_the_path_is_a_coded_refusal_and_asks_nobody() {
    let client = Guarded::offline();
    let acme = Registry::open("acme.example", 10, None, client.clone(), |_| {}).await;
    for path in [
        "'",
        "%27%20or%20%271%27=%271",
        "%25",
        "%00",
        "%ff",
        "%0d%0aX:1",
        "..%2f..%2fetc%2fpasswd",
        "../../etc/passwd",
        "%2e%2e",
        "did%3A",
        "did%3Akey",
        "did%3Akey%3A",
        "did%3Akey%3Az",
        "did:key:z6Mk%0a",
        "did:jwk:e30",
        "did:jwk:eyJkIjoic2VjcmV0In0",
        "did:web:%2e%2e",
        "did:web:localhost",
        "did:web:169.254.169.254",
        "did:webvh:x:127.0.0.1",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q&r",
        "did%3Akey%3Az6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp%23%23",
    ] {
        for accept in [RESOLUTION, DEREFERENCING, LEGACY, "application/did"] {
            let (status, _, body) = resolve(&acme, path, &[accept]).await;
            assert!(
                matches!(status.as_u16(), 400 | 404 | 501),
                "{path} {accept} {status} {body}"
            );
            assert!(!body.to_string().contains("secret"), "{path}");
        }
    }
    assert_eq!(client.calls().asked, 0);
}
